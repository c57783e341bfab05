// grammY with its conversations plugin, kept in Redis. It does what its documentation shows and no more.
// Arguments: a port, a port of Redis, the platform's port, a JSON file with the talk, the secret, the token.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { conversations, createConversation } from "@grammyjs/conversations";
import { RedisAdapter } from "@grammyjs/storage-redis";
import { Bot, webhookCallback } from "grammy";
import { Redis } from "ioredis";

const [port, redis, platform, talk, secret, token] = process.argv.slice(2);
const lines = JSON.parse(readFileSync(talk, "utf8"));
const bot = new Bot(token, { client: { apiRoot: `http://127.0.0.1:${platform}` } });

async function walk(conversation, ctx) {
  for (let at = 0; ; at++) {
    const line = lines[at % lines.length];
    const rows = line.choices.map(([text, callback_data]) => [{ text, callback_data }]);
    await ctx.reply(line.text, { reply_markup: { inline_keyboard: rows } });
    ctx = await conversation.waitFor("message:text");
  }
}

bot.use(conversations({ storage: new RedisAdapter({ instance: new Redis(Number(redis), "127.0.0.1") }) }));
bot.use(createConversation(walk));
bot.on("message", (ctx) => ctx.conversation.enter("walk"));
await bot.init();
const handle = webhookCallback(bot, "http", { secretToken: secret, onTimeout: "return", timeoutMilliseconds: 60_000 });
createServer(handle).listen(Number(port), "127.0.0.1");

// The stranger's Telegram on a loopback port: node serve.js PORT
const TelegramServer = require('telegram-test-api');

const server = new TelegramServer({ host: '127.0.0.1', port: Number(process.argv[2]), storeTimeout: 600 });
server.start().then(() => console.log('ready'));

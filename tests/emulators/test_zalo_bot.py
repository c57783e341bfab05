"""The Zalo Bot Platform refuses what docs/zalo.md part B says it refuses, and takes what it takes."""

import json
from typing import Any

import httpx
import pytest

from tests.emulators.emulator import Json, NotDelivered
from tests.emulators.inbox import Inbox, get, post, samples, shape
from tests.emulators.zalo_bot import ZaloBotEmulator


def ask(bot: ZaloBotEmulator, method: str, **params: Any) -> httpx.Response:
    return post(f"{bot.base}/bot{bot.token}/{method}", json=params)


HOME = "https://bot.example.gov.vn/hook"
BAD_BOT_CALLS: list[tuple[str, Json, int]] = [
    ("sendMessage", {"chat_id": "unknown", "text": "a"}, 400),
    ("sendMessage", {"chat_id": "hoa"}, 400),
    ("sendMessage", {"chat_id": "hoa", "text": " "}, 400),
    ("sendMessage", {"chat_id": "hoa", "text": "a" * 2001}, 400),
    ("sendMessage", {"chat_id": "hoa", "text": "a", "parse_mode": "HTML5"}, 400),
    ("sendPhoto", {"chat_id": "hoa", "photo": "file:///a.jpg"}, 400),
    ("sendPhoto", {"chat_id": "hoa", "photo": "https://x.vn/a.jpg", "caption": "a" * 2001}, 400),
    ("sendSticker", {"chat_id": "hoa"}, 400),
    ("sendVoice", {"chat_id": "hoa", "voice_url": "https://x.vn/a.mp3"}, 400),
    ("testWebhook", {}, 400),
    ("sendChatAction", {"chat_id": "hoa", "action": "upload_photo"}, 400),
    ("setWebhook", {"url": HOME}, 400),
    ("setWebhook", {"url": HOME, "secret_token": "a" * 7}, 400),
    ("setWebhook", {"url": HOME, "secret_token": "a" * 257}, 400),
    ("setWebhook", {"url": "http://bot.example.gov.vn", "secret_token": "a" * 8}, 400),
    ("setWebhook", {"url": "https://localhost/hook", "secret_token": "a" * 8}, 400),
    ("setWebhook", {"url": "https://10.0.0.1/hook", "secret_token": "a" * 8}, 400),
    ("setWebhook", {"url": "https://bot.zaloplatforms.com/hook", "secret_token": "a" * 8}, 400),
    ("getWebhookInfo", {}, 404),
    ("getme", {}, 404),
    ("editMessageText", {}, 404),
]


@pytest.mark.parametrize(("method", "params", "code"), BAD_BOT_CALLS)
def test_the_bot_platform_refuses(strict_bot: ZaloBotEmulator, method: str, params: Json, code: int) -> None:
    answer = ask(strict_bot, method, **params)
    assert answer.status_code == answer.json()["error_code"] == code
    assert not answer.json()["ok"] and not strict_bot.sent


def test_errors_may_come_with_200(bot: ZaloBotEmulator) -> None:
    bot.errors_with_200 = True
    answer = ask(bot, "getWebhookInfo")
    assert (answer.status_code, answer.json()["error_code"]) == (200, 404)


def test_the_bot_platform_refuses_a_foreign_token(bot: ZaloBotEmulator) -> None:
    answer = get(f"{bot.base}/botother/getMe")
    assert (answer.status_code, answer.json()["error_code"]) == (401, 401)


def test_the_bot_platform_takes_messages_and_ignores_buttons(bot: ZaloBotEmulator) -> None:
    bot.learn(bot.user("hoa").text("Chào"))
    answer = ask(bot, "sendMessage", chat_id="hoa", text="a" * 2000, reply_markup={"inline_keyboard": []}).json()
    assert answer["ok"] and answer["error_code"] == 0 and answer["result"]["message_id"] == bot.sent[0].message_id
    assert bot.sent[0].buttons == ()
    assert ask(bot, "sendPhoto", chat_id="hoa", photo="https://x.vn/qr.png", caption="Mã QR").json()["ok"]
    assert ask(bot, "sendChatAction", chat_id="hoa", action="typing").json() == {"ok": True}
    bot.monthly_quota = 2
    assert ask(bot, "sendMessage", chat_id="hoa", text="a").json()["description"] == "Quota exceeded"


def test_a_voice_arrives_in_a_private_chat_and_is_lost_in_a_group(bot: ZaloBotEmulator) -> None:
    hoa, group = bot.user("hoa"), "zgr-d0a1a6afd9c0309e69d1"
    bot.learn(hoa.text("Chào"))
    bot.learn(hoa.group_text(group, "Chào"))
    for chat in ("hoa", group):
        assert ask(bot, "sendVoice", chat_id=chat, voice_url="https://x.vn/a.aac").json()["ok"]
    assert ask(bot, "sendSticker", chat_id="hoa", sticker="0e078a2fb66a5f34067b").json()["ok"]
    assert [(sent.chat_id, sent.method) for sent in bot.sent] == [("hoa", "sendVoice"), ("hoa", "sendSticker")]


def test_the_webhook_can_be_tested_a_few_times_a_day(bot: ZaloBotEmulator, inbox: Inbox, hook: str) -> None:
    ask(bot, "setWebhook", url=hook, secret_token="bi-mat-01")
    bot.webhooks_a_day = 1
    assert ask(bot, "testWebhook").json()["result"]["outcome"] == "webhook.ok"
    assert ask(bot, "testWebhook").json()["errorCode"] == 426


def test_the_bot_platform_probes_and_posts(bot: ZaloBotEmulator, inbox: Inbox, hook: str) -> None:
    with pytest.raises(NotDelivered):
        bot.post(bot.user().text("Chào"))
    verification = ask(bot, "setWebhook", url=hook, secret_token="bi-mat-01").json()["result"]["verification"]
    assert verification["ok"] and inbox.got[0][1] == b"" and "content-type" not in inbox.got[0][0]
    event = bot.user().text("Chào")
    bot.post(event)
    bot.post(event, wrapped=True)
    headers = inbox.got[1][0]
    assert (headers["x-bot-api-secret-token"], headers["user-agent"]) == ("bi-mat-01", "Java/1.8.0_192")
    assert [json.loads(raw) for _, raw in inbox.got[1:]] == [event, {"ok": True, "result": event}]
    assert ask(bot, "getUpdates", timeout="0.01").status_code == 400
    assert ask(bot, "deleteWebhook").json()["result"]["url"] == ""


def test_a_webhook_that_fails_its_probe_is_kept(bot: ZaloBotEmulator, inbox: Inbox, hook: str) -> None:
    inbox.status = 403
    answer = ask(bot, "setWebhook", url=hook, secret_token="bi-mat-01").json()
    assert answer["result"]["verification"]["outcome"] == "webhook.http.403"
    assert ask(bot, "getWebhookInfo").json()["result"]["url"] == hook
    bot.webhooks_a_day = 1
    assert ask(bot, "setWebhook", url=hook, secret_token="bi-mat-01").json()["errorCode"] == 426


def test_polling_loses_what_nobody_waits_for(bot: ZaloBotEmulator) -> None:
    event = bot.user().text("Chào")
    assert not bot.offer(event)
    assert ask(bot, "getUpdates", timeout="0.01").status_code == 408
    bot.keep_updates = True
    assert bot.offer(event)
    assert ask(bot, "getUpdates", timeout=1).json()["result"] == event


def test_made_bot_events_look_like_the_samples(bot: ZaloBotEmulator) -> None:
    hoa, group = bot.user(), "zgr-d0a1a6afd9c0309e69d1"
    made = [hoa.text("a"), hoa.image(), hoa.voice(), hoa.sticker(), hoa.file(), hoa.group_text(group, "nhận ca")]
    known = [event for event in samples("zalo_bot.jsonl") if "event_name" in event]
    assert sorted_shapes(made) == sorted_shapes(known)
    assert bot.user(protected=True).text("a")["event_name"] == "message.unsupported.received"
    with pytest.raises(NotDelivered):
        hoa.group_text(group, "nhận ca", called=False)


def sorted_shapes(events: list[Json]) -> list[str]:
    return sorted(json.dumps(shape(event), sort_keys=True) for event in events)


def test_the_fifty_first_user_is_not_served(bot: ZaloBotEmulator) -> None:
    bot.max_users = 1
    bot.learn(bot.user("hoa").text("Chào"))
    bot.learn(bot.user("hoa").text("Chào"))
    with pytest.raises(NotDelivered):
        bot.learn(bot.user("lan").text("Chào"))

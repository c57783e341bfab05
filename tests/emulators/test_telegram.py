"""The Bot API refuses what Telegram refuses, and takes what it takes."""

import asyncio
import json
from typing import Any

import httpx
import pytest
import telegram as ptb

from tests import patient
from tests.emulators.emulator import Clock, Json, NotDelivered
from tests.emulators.inbox import Inbox, get, post
from tests.emulators.server import wait_for
from tests.emulators.telegram import Sent, TelegramEmulator


def call(telegram: TelegramEmulator, method: str, **params: Any) -> Json:
    return dict(post(f"{telegram.base}/bot{telegram.token}/{method}", json=params).json())


def say(telegram: TelegramEmulator, chat_id: int, text: str = "Có chưa?", **params: Any) -> Sent:
    assert call(telegram, "sendMessage", chat_id=chat_id, text=text, **params)["ok"]
    return telegram.sent[-1]


def keyboard(data: str = "3:co", label: str = "Có") -> Json:
    return {"inline_keyboard": [[{"text": label, "callback_data": data}]]}


HOA = 700_000_001
BAD_TELEGRAM_CALLS: list[tuple[str, Json, int, str]] = [
    ("sendMessage", {"text": "a"}, 400, "chat_id is empty"),
    ("sendMessage", {"chat_id": 5, "text": "a"}, 400, "Bad Request: chat not found"),
    ("sendMessage", {"chat_id": HOA}, 400, "message text is empty"),
    ("sendMessage", {"chat_id": HOA, "text": " \n"}, 400, "message text is empty"),
    ("sendMessage", {"chat_id": HOA, "text": "<b></b>", "parse_mode": "HTML"}, 400, "message text is empty"),
    ("sendMessage", {"chat_id": HOA, "text": "a" * 4097}, 400, "Bad Request: message is too long"),
    ("sendMessage", {"chat_id": HOA, "text": "👶" * 2049}, 400, "message is too long"),
    ("sendMessage", {"chat_id": HOA, "text": "a", "parse_mode": "MarkdownV2"}, 400, "unsupported parse_mode"),
    (
        "sendMessage",
        {"chat_id": HOA, "text": "<b>a", "parse_mode": "HTML"},
        400,
        "can't parse entities: Can't find end",
    ),
    ("sendMessage", {"chat_id": HOA, "text": "<b>a</i>", "parse_mode": "HTML"}, 400, "can't parse entities: Unmatched"),
    ("sendMessage", {"chat_id": HOA, "text": "a</b>", "parse_mode": "HTML"}, 400, "can't parse entities: Unexpected"),
    ("sendMessage", {"chat_id": HOA, "text": "a<br>b", "parse_mode": "HTML"}, 400, "can't parse entities: Unsupported"),
    ("sendMessage", {"chat_id": HOA, "text": "tuổi < 6", "parse_mode": "HTML"}, 400, "can't parse entities"),
    ("sendMessage", {"chat_id": HOA, "text": "a", "reply_markup": keyboard("ă" * 33)}, 400, "BUTTON_DATA_INVALID"),
    ("sendMessage", {"chat_id": HOA, "text": "a", "reply_markup": keyboard("")}, 400, "BUTTON_DATA_INVALID"),
    ("sendMessage", {"chat_id": HOA, "text": "a", "reply_markup": keyboard(label=" ")}, 400, "text must be non-empty"),
    ("sendMessage", {"chat_id": HOA, "text": "a", "reply_markup": "{"}, 400, "can't parse JSON object"),
    ("sendMessage", {"chat_id": HOA, "text": "a", "reply_markup": {"x": 1}}, 400, "object expected as reply markup"),
    ("sendMessage", {"chat_id": HOA, "text": "a", "reply_markup": {"inline_keyboard": [{"text": "a"}]}}, 400, "Array"),
    ("sendMessage", {"chat_id": HOA, "text": "a", "reply_parameters": {"message_id": 9}}, 400, "replied not found"),
    ("sendMessage", {"chat_id": HOA, "text": "a", "message_thread_id": 9}, 400, "message thread not found"),
    ("editMessageText", {"chat_id": HOA, "text": "a"}, 400, "message identifier is not specified"),
    ("editMessageText", {"chat_id": HOA, "text": "a", "message_id": 999}, 400, "message to edit not found"),
    ("editMessageText", {"chat_id": HOA, "text": "a", "message_id": "x"}, 400, "invalid message_id"),
    ("editMessageReplyMarkup", {"chat_id": HOA, "message_id": 999}, 400, "message to edit not found"),
    ("answerCallbackQuery", {"callback_query_id": "1"}, 400, "query is too old and response timeout expired"),
    ("sendChatAction", {"chat_id": HOA, "action": "dance"}, 400, "wrong parameter action"),
    ("setWebhook", {"url": "http://bot.example.gov.vn"}, 400, "An HTTPS URL must be provided"),
    ("setWebhook", {"url": "http://127.0.0.1:8080/hook"}, 400, "An HTTPS URL must be provided"),
    ("setWebhook", {"url": "https://127.0.0.1/hook"}, 400, "is reserved"),
    ("setWebhook", {"url": "https://bot.example.gov.vn:8080"}, 400, "only on ports"),
    ("setWebhook", {"url": "https://bot.example.gov.vn", "secret_token": "có dấu"}, 400, "unallowed characters"),
    ("setWebhook", {"url": "https://bot.example.gov.vn", "secret_token": "a" * 257}, 400, "secret token"),
    ("setMyCommands", {"commands": [{"command": "Giúp", "description": "a"}]}, 400, "BOT_COMMAND_INVALID"),
    ("setMyCommands", {"commands": [{"command": "giup", "description": ""}]}, 400, "BOT_COMMAND_DESCRIPTION_INVALID"),
    ("setMyDescription", {"description": "a" * 513}, 400, "description is too long"),
    ("setMyShortDescription", {"short_description": "a" * 121}, 400, "short description is too long"),
    ("createForumTopic", {"chat_id": HOA, "name": "Ca 1"}, 400, "not a forum"),
    ("sendMesage", {}, 404, "Not Found"),
]


@pytest.mark.parametrize(("method", "params", "code", "description"), BAD_TELEGRAM_CALLS)
def test_telegram_refuses(
    strict_telegram: TelegramEmulator, method: str, params: Json, code: int, description: str
) -> None:
    answer = post(f"{strict_telegram.base}/bot{strict_telegram.token}/{method}", json=params)
    assert answer.status_code == answer.json()["error_code"] == code
    assert description in answer.json()["description"]
    assert not strict_telegram.sent and not answer.json()["ok"]


def test_telegram_refuses_a_foreign_token(telegram: TelegramEmulator) -> None:
    answer = get(f"{telegram.base}/bot1:other/getMe")
    assert answer.status_code == 401
    assert answer.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}


def test_telegram_takes_query_form_multipart_and_json(telegram: TelegramEmulator) -> None:
    telegram.learn(telegram.user().text("Chào"))
    url = f"{telegram.base}/bot{telegram.token}/sendMessage"
    params = {"chat_id": str(HOA), "text": "Có chưa?", "reply_markup": json.dumps(keyboard())}
    with patient.client(trust_env=False, verify=False) as client:
        answers = [
            client.get(url, params=params),
            client.post(url, data=params),
            client.post(url, data=params, files={"spare": b"x"}),
            client.post(url, json={**params, "chat_id": HOA, "reply_markup": keyboard()}),
        ]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert [sent.buttons for sent in telegram.sent] == [((("Có", "3:co"),),)] * 4


def test_telegram_shows_html_as_people_see_it(telegram: TelegramEmulator) -> None:
    telegram.learn(telegram.user().text("Chào"))
    text = ' <b>Bước <i>3</i></b> &lt; <a href="https://x.vn/?a=1&amp;b=2">trang</a> & <tg-spoiler>ẩn</tg-spoiler>\n'
    assert say(telegram, HOA, text, parse_mode="HTML").text == "Bước 3 < trang & ẩn"
    assert say(telegram, HOA, "<b>" + "a" * 4096 + "</b>", parse_mode="HTML")


def test_a_blocked_bot_is_forbidden_to_write(telegram: TelegramEmulator) -> None:
    hoa = telegram.user()
    telegram.learn(hoa.text("Chào"))
    telegram.learn(hoa.blocked())
    assert (
        call(telegram, "sendMessage", chat_id=HOA, text="a")["description"] == "Forbidden: bot was blocked by the user"
    )
    telegram.learn(hoa.unblocked())
    assert say(telegram, HOA)


def test_an_edit_changes_the_message_or_is_refused(telegram: TelegramEmulator) -> None:
    telegram.learn(telegram.user().text("Chào"))
    sent = say(telegram, HOA, reply_markup=keyboard())
    place = {"chat_id": HOA, "message_id": sent.message_id}
    same = call(telegram, "editMessageText", **place, text=sent.text, reply_markup=keyboard())
    assert same["description"].startswith("Bad Request: message is not modified")
    assert call(telegram, "editMessageReplyMarkup", **place)["ok"]
    assert "not modified" in call(telegram, "editMessageReplyMarkup", **place)["description"]
    assert telegram.sent[-1].buttons == () and "reply_markup" not in telegram.message(sent)


def test_a_citizens_message_cannot_be_edited(telegram: TelegramEmulator) -> None:
    update = telegram.user().text("Chào")
    telegram.learn(update)
    answer = call(telegram, "editMessageText", chat_id=HOA, message_id=update["message"]["message_id"], text="Sửa")
    assert answer["description"] == "Bad Request: message can't be edited"


def test_a_tap_is_answered_once(telegram: TelegramEmulator) -> None:
    hoa = telegram.user()
    telegram.learn(hoa.text("Chào"))
    update = hoa.tap(say(telegram, HOA, reply_markup=keyboard()), "Có")
    telegram.learn(update)
    query = update["callback_query"]["id"]
    assert call(telegram, "answerCallbackQuery", callback_query_id=query)["ok"]
    assert "query is too old" in call(telegram, "answerCallbackQuery", callback_query_id=query)["description"]


def test_telegram_posts_to_the_webhook_with_its_secret(inbox: Inbox, hook: str) -> None:
    with TelegramEmulator(allow_loopback=True) as telegram:
        update = telegram.user().text("Chào")
        with pytest.raises(NotDelivered):
            telegram.post(update)
        assert call(telegram, "setWebhook", url=hook, secret_token="bi_mat", allowed_updates=["message"])["ok"]
        assert telegram.post(update).status_code == 200
        with pytest.raises(NotDelivered):
            telegram.post(telegram.user().blocked())
        assert call(telegram, "getWebhookInfo")["result"]["url"] == hook
        assert call(telegram, "getUpdates")["error_code"] == 409
    assert inbox.events == [update]
    assert inbox.got[0][0]["x-telegram-bot-api-secret-token"] == "bi_mat"


def test_polling_gives_each_update_until_it_is_confirmed(telegram: TelegramEmulator) -> None:
    first, second = telegram.user().text("Một"), telegram.user().text("Hai")
    telegram.queue(first)
    telegram.queue(second)
    assert call(telegram, "getUpdates")["result"] == [first, second]
    assert call(telegram, "getUpdates", offset=second["update_id"])["result"] == [second]
    assert call(telegram, "getUpdates", offset=second["update_id"] + 1)["result"] == []


def test_telegram_fails_as_asked(telegram: TelegramEmulator) -> None:
    telegram.learn(telegram.user().text("Chào"))
    telegram.too_many(7, only="sendMessage")
    telegram.faults.fail(502, "Bad Gateway")
    answer = call(telegram, "sendMessage", chat_id=HOA, text="a")
    assert (answer["error_code"], answer["parameters"]) == (429, {"retry_after": 7})
    assert post(f"{telegram.base}/bot{telegram.token}/getMe").status_code == 502
    telegram.faults.drop()
    with pytest.raises(httpx.RemoteProtocolError):
        call(telegram, "sendMessage", chat_id=HOA, text="a")
    assert len(telegram.sent) == 1
    assert say(telegram, HOA)


def test_a_slow_answer_comes_after_the_deed(telegram: TelegramEmulator) -> None:
    telegram.learn(telegram.user().text("Chào"))
    telegram.faults.slow(30)
    url = f"{telegram.base}/bot{telegram.token}/sendMessage"
    with httpx.Client(trust_env=False, verify=False, timeout=0.2) as client, pytest.raises(httpx.ReadTimeout):
        client.post(url, json={"chat_id": HOA, "text": "a"})
    wait_for(lambda: telegram.sent)


def every_update(telegram: TelegramEmulator) -> dict[str, Json]:
    hoa, group = telegram.user(last_name="Nguyễn Thị"), telegram.group(forum=True)
    text = hoa.text("Chào 👶 @motcua_bot")
    telegram.learn(text)
    telegram.learn(hoa.group_text(group, "Chào"))
    sent = say(telegram, HOA, reply_markup=keyboard())
    return {
        "text": text,
        "start": hoa.start("p-khai_sinh"),
        "reply": hoa.text("Ý này?", reply_to=sent),
        "tap": hoa.tap(sent, "3:co"),
        "edited": hoa.edited(text, "Chào bạn"),
        "photo": hoa.photo("Giấy"),
        "voice": hoa.voice(),
        "document": hoa.document(),
        "sticker": hoa.sticker(),
        "location": hoa.location(),
        "contact": hoa.contact(),
        "blocked": hoa.blocked(),
        "unblocked": hoa.unblocked(),
        "group_text": hoa.group_text(group, "Ai trực?", thread=7),
        "group_mention": hoa.group_mention(group, "nhận ca"),
        "group_command": hoa.group_command(group, "start"),
        "adds_bot": hoa.adds_bot(group),
        "bot_joined": hoa.bot_joined(group),
        "bot_removed": hoa.bot_removed(group),
    }


def test_python_telegram_bot_reads_every_made_update(telegram: TelegramEmulator) -> None:
    updates = every_update(telegram)
    read = {name: ptb.Update.de_json(update, None) for name, update in updates.items()}
    assert [each.update_id for each in read.values()] == [update["update_id"] for update in updates.values()]
    assert all(each.effective_chat and each.effective_user for each in read.values())
    # `api_kwargs` holds what the library does not know
    assert not any(each.api_kwargs for each in read.values())
    assert_read_messages(read)
    tap = read["tap"].callback_query
    assert tap and tap.data == "3:co" and tap.chat_instance and isinstance(tap.message, ptb.Message)
    assert tap.message.text == "Có chưa?" and tap.message.reply_markup
    change = read["blocked"].my_chat_member
    assert change and change.new_chat_member.status == "kicked"


def assert_read_messages(read: dict[str, ptb.Update]) -> None:
    messages = {name: each.effective_message for name, each in read.items() if each.message or each.edited_message}
    assert all(message and message.date for message in messages.values())
    seen: dict[str, Any] = messages
    assert seen["start"].text == "/start p-khai_sinh"
    assert list(seen["start"].parse_entities(["bot_command"]).values()) == ["/start"]
    assert list(seen["text"].parse_entities(["mention"]).values()) == ["@motcua_bot"]
    assert seen["reply"].reply_to_message.text == "Có chưa?"
    assert seen["edited"].text == "Chào bạn" and seen["edited"].edit_date
    assert seen["photo"].caption == "Giấy" and seen["photo"].photo[-1].file_size > seen["photo"].photo[0].file_size
    assert seen["document"].document.file_name == "don_xin.pdf" and seen["voice"].voice.file_id
    assert seen["sticker"].sticker.emoji and seen["location"].location.latitude
    assert seen["contact"].contact.user_id == HOA
    assert seen["group_text"].message_thread_id == 7 and seen["group_text"].chat.is_forum
    assert list(seen["group_mention"].parse_entities(["mention"]).values()) == ["@motcua_bot"]
    assert list(seen["group_command"].parse_entities(["bot_command"]).values()) == ["/start@motcua_bot"]
    assert seen["adds_bot"].new_chat_members[0].is_bot


@pytest.mark.filterwarnings("ignore:.*retry_after:DeprecationWarning")
def test_a_real_client_drives_the_bot_api(telegram: TelegramEmulator) -> None:
    asyncio.run(drive(telegram))
    assert [sent.method for sent in telegram.sent] == ["sendMessage", "editMessageText", "editMessageReplyMarkup"]
    assert telegram.commands["default", ""] == [{"command": "giup", "description": "Trợ giúp"}]
    assert telegram.descriptions == {"description": "Một cửa", "short_description": "Một cửa"}


async def drive(telegram: TelegramEmulator) -> None:
    hoa, button = telegram.user(), ptb.InlineKeyboardMarkup.from_button
    telegram.learn(hoa.text("Chào"))
    async with ptb.Bot(telegram.token, base_url=f"{telegram.base}/bot") as bot:
        assert bot.username == "motcua_bot"
        yes = button(ptb.InlineKeyboardButton("Có", callback_data="3:co"))
        message = await bot.send_message(HOA, "<b>Có chưa?</b>", "HTML", reply_markup=yes)
        tap = hoa.tap(telegram.sent[-1], "Có")
        telegram.learn(tap)
        assert await bot.answer_callback_query(tap["callback_query"]["id"], "Đã ghi")
        await bot.edit_message_text("Rồi", HOA, message.message_id, reply_markup=yes)
        await bot.edit_message_reply_markup(HOA, message.message_id)
        assert await bot.set_my_commands([("giup", "Trợ giúp")])
        assert await bot.set_my_description("Một cửa") and await bot.set_my_short_description("Một cửa")
        assert await bot.send_chat_action(HOA, "typing")
        assert await bot.set_webhook("https://bot.example.gov.vn/t", secret_token="bi-mat", allowed_updates=["message"])
        assert (await bot.get_webhook_info()).allowed_updates == ("message",)
        assert await bot.delete_webhook() and await bot.get_updates() == ()
        with pytest.raises(ptb.error.BadRequest, match=r"[Cc]hat not found"):
            await bot.send_message(1, "a")
        telegram.too_many(3)
        with pytest.raises(ptb.error.RetryAfter):
            await bot.send_message(HOA, "a")


def test_a_topic_is_opened_and_closed(telegram: TelegramEmulator) -> None:
    group = telegram.group(forum=True)
    telegram.learn(telegram.user().group_text(group, "Chào"))
    topic = call(telegram, "createForumTopic", chat_id=group.id, name="Ca 1024")["result"]["message_thread_id"]
    assert say(telegram, group.id, message_thread_id=topic).thread_id == topic
    assert call(telegram, "closeForumTopic", chat_id=group.id, message_thread_id=topic)["ok"]
    assert not call(telegram, "closeForumTopic", chat_id=group.id, message_thread_id=topic)["ok"]


def test_messages_are_deleted_for_two_days(clock: Clock) -> None:
    with TelegramEmulator(now=clock) as telegram:
        hoa = telegram.user()
        telegram.learn(typed := hoa.text("tôi tên Sính"))
        first, second = say(telegram, HOA, "một"), say(telegram, HOA, "hai")
        ids = [typed["message"]["message_id"], first.message_id, 999_999]
        assert call(telegram, "deleteMessages", chat_id=HOA, message_ids=ids)["ok"]
        assert telegram.reads(HOA) == ["hai"]
        again = call(telegram, "deleteMessage", chat_id=HOA, message_id=first.message_id)
        assert "message to delete not found" in again["description"]
        clock.forward(hours=48)
        late = call(telegram, "deleteMessages", chat_id=HOA, message_ids=[second.message_id])
        assert "message can't be deleted" in late["description"]
        many = call(telegram, "deleteMessages", chat_id=HOA, message_ids=list(range(1, 102)))
        assert "too many message identifiers" in many["description"]


def test_what_others_said_in_a_group_is_deleted_with_the_right_to(telegram: TelegramEmulator) -> None:
    hoa, group = telegram.user(), telegram.group(forum=True)
    telegram.learn(typed := hoa.group_text(group, "chào"))
    thread = call(telegram, "createForumTopic", chat_id=group.id, name="#1")["result"]["message_thread_id"]
    say(telegram, group.id, "thẻ", message_thread_id=thread)
    telegram.chats.may_delete = False
    refused = call(telegram, "deleteMessages", chat_id=group.id, message_ids=[typed["message"]["message_id"]])
    assert "message can't be deleted" in refused["description"]
    refused = call(telegram, "deleteForumTopic", chat_id=group.id, message_thread_id=thread)
    assert "not enough rights" in refused["description"]
    telegram.chats.may_delete = True
    assert call(telegram, "deleteForumTopic", chat_id=group.id, message_thread_id=thread)["ok"]
    assert telegram.reads(group.id) == ["chào"]
    gone = call(telegram, "deleteForumTopic", chat_id=group.id, message_thread_id=thread)
    assert "message thread not found" in gone["description"]

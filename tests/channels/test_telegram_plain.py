"""What is read and written without python-telegram-bot's objects, held against what they read and write."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.request import BaseRequest, RequestData

from bot.channels.telegram import Telegram
from bot.channels.telegram_plain import read_plain, write_plain
from bot.settings import Settings
from bot.store.database import Database
from flows.messages import Choice, Reply
from tests.emulators.emulator import Json
from tests.emulators.inbox import samples
from tests.emulators.telegram import TelegramEmulator

TOKEN = "7000000001:AAEmotcua-test-token_0123456789abcd"
UNKNOWN = {"a_field_of_tomorrow": 1}  # with it an update has no shape that we know: the objects read it


@pytest.fixture(scope="module")
def channel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Telegram]:
    folder: Path = tmp_path_factory.mktemp("plain")
    database = Database(f"sqlite:///{folder / 'test.db'}")
    yield Telegram(Settings(telegram_token=SecretStr(TOKEN), data_dir=folder), database)
    database.close()


def updates() -> list[Json]:
    """Those of the Bot API's documentation, and what a person of the emulator does."""
    telegram = TelegramEmulator(TOKEN)
    hoa = telegram.user(last_name="Nguyễn", username="hoa")
    made = [hoa.text("xin chào"), hoa.start("p-khai_sinh"), hoa.text("xem https://dichvucong.gov.vn"), hoa.sticker()]
    return [*samples("telegram.jsonl"), *made, hoa.photo("giấy"), hoa.edited(made[0], "chào em"), hoa.blocked()]


def written(update: Json) -> bytes:
    return json.dumps(update, ensure_ascii=False).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("update", updates())
def test_every_update_is_read_as_the_objects_read_it(channel: Telegram, update: Json) -> None:
    assert channel.parse(written(update)) == channel.parse(written(update | UNKNOWN))


def test_words_and_taps_in_private_chats_need_no_objects() -> None:
    plain = [update for update in updates() if read_plain(written(update))]
    assert sum("message" in update for update in plain) >= 5
    assert any("callback_query" in update for update in plain)
    assert read_plain(written(plain[0] | UNKNOWN)) is None


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False),
    st.text(max_size=8),
    st.sampled_from(["private", "group", "/start", "/start x", "", 0, 1, -5, [], {}, [{}], "\ud800", 253402300800]),
)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every part of an update."""
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield (*at, key)
        yield from places(value[key], (*at, key))


@given(data=st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_changed_in_an_update_both_read_the_same(channel: Telegram, data: st.DataObject) -> None:
    plain = [update for update in updates() if read_plain(written(update))]
    update = copy.deepcopy(data.draw(st.sampled_from(plain)))
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(sorted(places(update), key=str)))
        part = update
        for key in way:
            part = part[key]
        if isinstance(part, dict) and data.draw(st.booleans()):
            del part[last]
        else:
            part[last] = data.draw(JUNK)
        if not update:
            break
    assert channel.parse(written(update)) == channel.parse(written(update | UNKNOWN))


class Recorder(BaseRequest):
    """Takes down what python-telegram-bot would send."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Json]] = []

    read_timeout = None

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        assert request_data
        self.calls.append((url.rpartition("/")[2], dict(request_data.parameters)))
        return 200, b'{"ok":true,"result":true}'


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def theirs(recorder: Recorder) -> Bot:
    return Bot(TOKEN, request=recorder, get_updates_request=recorder)


@pytest.mark.parametrize(("text", "told"), [("", None), ("Cũ rồi ạ", "Cũ rồi ạ")])
async def test_the_answer_to_a_tap_is_written_as_they_write_it(
    recorder: Recorder, theirs: Bot, text: str, told: str | None
) -> None:
    await theirs.answer_callback_query("123", told, show_alert=bool(told))
    assert recorder.calls == [write_plain({"call": "answer", "query": "123", "text": text}, "5")]


async def test_buttons_are_taken_away_but_for_the_chosen_one_as_they_do_it(recorder: Recorder, theirs: Bot) -> None:
    left = InlineKeyboardMarkup([[InlineKeyboardButton("✓ Có rồi", callback_data="1:co-dat:co")]])
    await theirs.edit_message_reply_markup("5", 90, reply_markup=left)
    button = {"text": "✓ Có rồi", "callback_data": "1:co-dat:co"}
    assert recorder.calls == [write_plain({"call": "retire", "message": 90, "left": [button]}, "5")]


WORDS = st.text(min_size=1, max_size=60)
REPLIES = st.builds(
    Reply,
    said=st.one_of(WORDS, st.just("Ảnh: https://x.vn/tep/abc"), st.text(min_size=4000, max_size=4200)),
    choices=st.lists(st.builds(Choice, label=WORDS, token=WORDS), max_size=4).map(tuple),
    nav=st.lists(st.builds(Choice, label=WORDS, token=WORDS), max_size=2).map(tuple),
    link=st.one_of(st.none(), st.tuples(WORDS, st.just("https://dichvucong.gov.vn"))),
)


@given(reply=REPLIES)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_words_are_written_as_they_write_them(
    channel: Telegram, recorder: Recorder, theirs: Bot, reply: Reply
) -> None:
    """In the same order, with the same buttons; a call that they would refuse is never made."""
    recorder.calls.clear()
    ours = []
    for outgoing in channel.render(reply, "5"):
        call = outgoing.payload
        ours.append(write_plain(call, "5"))
        rows = [[InlineKeyboardButton(**button) for button in row] for row in call["rows"]]
        options = LinkPreviewOptions(is_disabled=True) if "/tep/" in call["text"] else None
        keyboard = InlineKeyboardMarkup(rows) if rows else None
        await theirs.send_message("5", call["text"], reply_markup=keyboard, link_preview_options=options)
    assert recorder.calls == ours

"""Strangers judge: another Telegram carries a whole talk, and other people's types read every update and every call."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.conftest import SECRETS, running
from tests.emulators.emulator import Call, Json, NotDelivered
from tests.emulators.server import wait_for
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.telegram_user import Group, TelegramUser
from tests.simulation.helpers import team
from tests.simulation.persona import read
from tests.simulation.run import days, people, work_chat
from tests.simulation.town import town
from tests.strangers.readers import Readers
from tests.strangers.second_telegram import SecondTelegram, second_telegram

HOA = 700_000_001


@pytest.fixture
def here(strangers: Path | None) -> Path:
    if strangers is None:
        pytest.skip("no npm here: see scripts/strangers")
    return strangers


@pytest.fixture
def judges(readers: Readers | None) -> Readers:
    if readers is None:
        pytest.skip("no npm here: see scripts/strangers")
    return readers


def newest(telegram: SecondTelegram, count: int) -> Json:
    """The last of at least so many messages to Hoa."""
    wait_for(lambda: len(telegram.heard(HOA)) >= count)
    return telegram.heard(HOA)[-1]


def test_a_whole_procedure_on_another_telegram(here: Path, tmp_path: Path) -> None:
    with second_telegram(here) as telegram:
        chosen = {"telegram_token": telegram.token, "telegram_secret": telegram.secret, "telegram_api": telegram.base}
        settings = Settings(data_dir=tmp_path, telegram_paced=False, **SECRETS, **chosen)  # type: ignore[arg-type]
        with running(settings) as (url, _):
            telegram.connect(f"{url}/webhook/telegram")
            telegram.say(HOA, "/start na-ri_khai-tu")
            for turn in range(1, 60):
                shown = newest(telegram, turn)
                first = shown["message"]["reply_markup"]["inline_keyboard"][0][0]
                if first["text"] == "Việc khác":
                    break
                telegram.tap(HOA, shown, first["callback_data"])
            else:
                pytest.fail("no end in sight")
            assert turn > 5
            assert set(telegram.answers) == {200}


def test_without_the_secret_header_it_is_not_let_in(here: Path, tmp_path: Path) -> None:
    with second_telegram(here, secret="sai") as telegram:
        chosen = {"telegram_token": telegram.token, "telegram_secret": "bi-mat", "telegram_api": telegram.base}
        with running(Settings(data_dir=tmp_path, **SECRETS, **chosen)) as (url, _):  # type: ignore[arg-type]
            telegram.connect(f"{url}/webhook/telegram")
            with pytest.raises(NotDelivered, match="401"):
                telegram.say(HOA, "xin chào")


def test_strangers_find_nothing_in_a_town_on_telegram(judges: Readers, tmp_path: Path) -> None:
    """With the content that we ship, every persona, and a member of the team at work in a chat."""
    with town(tmp_path, ["telegram"]) as here:
        lives = people(here, list(read().values()), ["telegram"], 7, seed=3)
        with team(here, work_chat(here, 7)):
            days(here, lives, until=float("inf"))
        emulator = here.emulators["telegram"]
        assert len(emulator.made) > 50 and len(emulator.calls) > 50
        assert judges.problems(emulator) == []


MAKERS: list[Callable[[TelegramUser, Group], Json]] = [
    lambda hoa, group: hoa.text("xem https://dichvucong.gov.vn nhé"),
    lambda hoa, group: hoa.start("na-ri_lop-1"),
    lambda hoa, group: hoa.edited(hoa.text("một"), "hai"),
    lambda hoa, group: hoa.photo("giấy khai sinh"),
    lambda hoa, group: hoa.voice(),
    lambda hoa, group: hoa.document(),
    lambda hoa, group: hoa.sticker(),
    lambda hoa, group: hoa.location(),
    lambda hoa, group: hoa.contact(),
    lambda hoa, group: hoa.blocked(),
    lambda hoa, group: hoa.unblocked(),
    lambda hoa, group: hoa.group_text(group, "chào", thread=5),
    lambda hoa, group: hoa.group_mention(group, "chào"),
    lambda hoa, group: hoa.group_command(group, "menu"),
    lambda hoa, group: hoa.adds_bot(group),
    lambda hoa, group: hoa.group_photo(group, thread=5),
    lambda hoa, group: hoa.bot_joined(group),
    lambda hoa, group: hoa.bot_removed(group),
]


def test_strangers_read_every_kind_of_update(judges: Readers) -> None:
    telegram = TelegramEmulator()
    for make in MAKERS:
        make(telegram.user(), telegram.group(forum=True))
    assert len(telegram.made) > len(MAKERS)
    assert judges.about_updates(telegram.made) == []


def _call(name: str, **params: str) -> Call:
    return Call(name, params, {}, b"")


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (_call("sendMesage"), "no method"),
        (_call("sendMessage", text="a"), "chat_id: Field required"),
        (_call("sendMessage", chat_id="1", text="a" * 4097), "too long"),
        (_call("sendMessage", chat_id="1", text="<b>a", parse_mode="HTML"), "can't parse entities"),
        (_call("sendMessage", chat_id="1", text="a", colour="red"), "no field colour"),
        (
            _call("sendMessage", chat_id="1", text="a", reply_markup='{"inline_keyboard": [[{"text": "a"}]]}'),
            "exactly one",
        ),
    ],
)
def test_strangers_object_to_a_bad_call(judges: Readers, call: Call, problem: str) -> None:
    found = judges.about_calls([call])
    assert len(found) == 1 and problem in found[0]


def test_strangers_object_to_a_bad_update(judges: Readers) -> None:
    update = TelegramEmulator().user().text("Chào")
    del update["message"]["chat"]["type"]
    assert "chat.type: Field required" in judges.about_updates([update])[0]
    update["message"] |= {"chat": {"id": 1, "type": "private"}, "colour": "red"}
    assert "no field colour" in judges.about_updates([update])[0]

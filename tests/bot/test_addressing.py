"""Who helps five people in one chat: nothing reaches anybody whom they did not name, or just said yes to."""

import asyncio
import re
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.service import build_service
from bot.settings import Settings
from tests.bot.conftest import Office
from tests.conftest import SECRETS
from tests.library import files

HOUSE = "Làm nhà"


async def several(office: Office, *citizens: str) -> None:
    """Lan holds the tickets of these citizens, beside Hoa's; she spoke with nobody yet but took them in this order."""
    await office.hire("Lan")
    for contact in citizens:
        await office.say(contact, start="ban-moi_lam-nha")
    for number, contact in enumerate(("hoa", *citizens), 1):
        await office.say(contact, "gặp người")
        await office.say("lan", f"nhận {number}")
    for contact in ("hoa", *citizens):
        await office.hears(contact)


def line(number: int) -> str:
    return f"[ticket_line] {number} {HOUSE}"


def asked(text: str, first: int, *others: int) -> str:
    ways = [f"[way_yes] {line(first)}", *(f"[way_number] {other} {line(other)}" for other in others)]
    return f"[which_ticket] {text} " + "\n".join(ways)


async def test_a_number_before_the_words_names_whom_they_are_for(office: Office) -> None:
    await several(office, "tao")
    for typed in ("1: bác Hoa ơi", "#1 bác Hoa ơi", "#1: bác Hoa ơi", "1 : bác Hoa ơi"):
        assert await office.say("lan", typed) == [f"[sent_to] {line(1)}"]
        assert await office.hears("hoa") == ["[person_says] bác Hoa ơi"]
    assert await office.hears("tao") == []


async def test_who_holds_several_reads_to_whom_each_text_went(office: Office) -> None:
    await several(office, "tao")
    assert await office.say("lan", "chào bác Tảo") == [f"[sent_to] {line(2)}"]
    assert await office.hears("tao") == ["[person_says] chào bác Tảo"]
    await office.say("lan", "xong 1")
    assert await office.say("lan", "còn bác thôi") == []
    assert await office.hears("tao") == ["[person_says] còn bác thôi"]


async def test_what_is_typed_after_another_citizen_wrote_is_asked_about(office: Office) -> None:
    await several(office, "tao")
    await office.say("hoa", "tôi bấm rồi mà không được")
    assert (await office.hears("lan"))[-1] == "[says_other] 1 tôi bấm rồi mà không được"
    assert await office.say("lan", "bác tắt máy rồi mở lại") == [asked("bác tắt máy rồi mở lại", 2, 1)]
    assert await office.hears("hoa") == await office.hears("tao") == []


async def test_the_question_is_answered_with_a_yes_or_a_number(office: Office) -> None:
    await several(office, "tao")
    for answer, reached, other in (("gửi", "tao", "hoa"), ("1", "hoa", "tao"), ("#1", "hoa", "tao")):
        await office.say("lan", "nói 2")
        await office.say("hoa", "tôi bấm rồi mà không được")
        await office.hears("lan")
        assert await office.say("lan", "bác mở lại máy") == [asked("bác mở lại máy", 2, 1)]
        assert await office.hears("hoa") == await office.hears("tao") == []
        number = {"hoa": 1, "tao": 2}[reached]
        assert await office.say("lan", answer) == [f"[sent_to] {line(number)}"]
        assert await office.hears(reached) == ["[person_says] bác mở lại máy"]
        assert await office.hears(other) == []
        assert await office.say("lan", "thế nhé") == [f"[sent_to] {line(number)}"]
        await office.hears(reached)


async def test_all_that_was_typed_before_the_question_was_read_waits_in_its_order(office: Office) -> None:
    await several(office, "tao")
    await office.say("hoa", "chị ơi")
    await office.say("lan", "một")
    await office.say("lan", "hai")
    await office.say("lan", "1")
    assert await office.hears("hoa") == ["[person_says] một", "[person_says] hai"]
    assert await office.say("lan", "gửi") == ["[nothing_to_send]"]


async def test_a_yes_counts_for_an_hour_and_for_a_ticket_that_is_still_ones_own(office: Office) -> None:
    await several(office, "tao")
    await office.say("hoa", "chị ơi")
    await office.say("lan", "một")
    await office.say("hoa", "quay lại bot")
    await office.hears("hoa")
    assert await office.say("lan", "1") == [f"[not_yours] 1\n\n{asked('một', 2)}"]
    await office.passes(minutes=61)
    assert await office.say("lan", "gửi") == ["[nothing_to_send]"]
    assert not any("một" in said for said in [*await office.hears("hoa"), *await office.hears("tao")])


async def test_a_bare_number_may_be_anything_and_is_asked(office: Office) -> None:
    await several(office, "tao")
    assert await office.say("lan", "1") == [f"[bare_number] 1 {line(2)}"]
    assert await office.say("lan", "1") == [f"[bare_number] 1 {line(2)}"]
    assert await office.hears("hoa") == await office.hears("tao") == []
    await office.say("lan", "gửi")
    assert await office.hears("tao") == ["[person_says] 1"]


async def test_a_time_of_the_day_names_no_ticket(office: Office) -> None:
    await several(office, "tao")
    await office.say("lan", "1:30 chiều bác ra xã")
    assert await office.hears("tao") == ["[person_says] 1:30 chiều bác ra xã"]


async def test_words_for_a_ticket_that_is_not_ones_own_reach_nobody(office: Office) -> None:
    await several(office, "tao")
    for typed in ("9: chào bác", "#9 chào bác"):
        assert await office.say("lan", typed) == ["[not_sent] [not_yours] 9"]
    assert await office.hears("hoa") == await office.hears("tao") == []


async def test_naming_another_in_passing_leaves_the_next_words_open(office: Office) -> None:
    await several(office, "tao")
    await office.say("lan", "1: bác Hoa đợi em")
    assert await office.say("lan", "xong ngay đây") == [asked("xong ngay đây", 1, 2)]


@pytest.mark.parametrize("typed", ["nhận 9", "nói 9", "nhận 2", "nói 2"])
async def test_who_could_not_have_whom_they_named_is_asked_before_the_next_words_go_out(
    office: Office, typed: str
) -> None:
    await several(office)
    await office.hire("Minh")
    await office.say("tao", start="ban-moi_lam-nha")
    await office.say("tao", "gặp người")
    await office.say("minh", "nhận 2")
    await office.say("lan", "nói 1")
    await office.hears("hoa")
    await office.say("lan", typed)
    assert await office.say("lan", "bác Tảo ơi") == [asked("bác Tảo ơi", 1)]
    assert await office.hears("hoa") == []


@pytest.mark.parametrize("typed", ["xong", "thả", "nói"])
async def test_a_command_that_may_mean_either_of_two_asks_for_the_number(office: Office, typed: str) -> None:
    await several(office, "tao")
    await office.say("lan", "1: chào bác")
    (told,) = await office.say("lan", typed)
    assert told.startswith("[which_number]\n")


async def test_a_ready_answer_is_shown_before_it_is_sent(office: Office) -> None:
    await several(office, "tao")
    await office.say("lan", "câu")
    (shown,) = await office.say("lan", "câu 1")
    assert shown.startswith("[canned_shown] Chào bác, Lan đây: Làm nhà")
    assert shown.endswith(line(2))
    assert await office.hears("tao") == []
    await office.say("lan", "gửi")
    assert (await office.hears("tao"))[0].startswith("[person_says] Chào bác, Lan đây")


async def test_a_note_goes_into_the_named_ticket_and_to_no_citizen(office: Office) -> None:
    await several(office, "tao")
    assert await office.say("lan", "1: // bác Hoa hay quên") == ["[noted] 1"]
    assert await office.hears("hoa") == await office.hears("tao") == []


async def test_what_waits_is_mended_in_its_place(office: Office) -> None:
    await several(office, "tao")
    await office.say("hoa", "chị ơi")
    await office.hears("lan")
    await office.say("lan", "thứ ba bác ra xã")
    assert await office.say("lan", "thứ tư bác ra xã", edited=True) == [asked("thứ tư bác ra xã", 2, 1)]
    assert await office.say("lan", "1: thứ năm bác ra xã", edited=True) == [f"[sent_to] {line(1)}"]
    assert await office.hears("hoa") == ["[person_says] thứ năm bác ra xã"]
    assert await office.hears("tao") == []


async def test_a_number_that_is_not_theirs_shows_what_still_waits(office: Office) -> None:
    await several(office, "tao")
    await office.say("hoa", "chị ơi")
    await office.hears("lan")
    await office.say("lan", "thứ ba bác ra xã")
    again = asked("thứ ba bác ra xã", 2, 1)
    assert await office.say("lan", "7: mai bác nhé") == [f"[not_sent] [not_yours] 7\n\n{again}"]
    assert await office.say("lan", "7") == [f"[not_yours] 7\n\n{again}"]
    assert await office.say("lan", "1") == [f"[sent_to] {line(1)}"]
    assert await office.hears("hoa") == ["[person_says] thứ ba bác ra xã"]


async def test_what_waits_goes_when_the_citizen_erases_their_data(office: Office) -> None:
    await several(office, "tao")
    await office.say("hoa", "chị ơi")
    await office.say("lan", "chuyện riêng của bác Hoa")
    await office.say("hoa", "xoá dữ liệu")
    await office.say("hoa", "1")
    assert await office.say("lan", "gửi") == ["[nothing_to_send]"]


# --- any order of events ---

CITIZENS = ["c1", "c2", "c3", "c4", "c5"]
TICKET = re.compile(r"\[ticket_line\] (\d)")

moves = st.one_of(
    st.tuples(st.sampled_from(["write", "leave", "come back"]), st.integers(1, 5)),
    st.tuples(st.sampled_from(["nhận", "nói", "xong", "thả", "chuyển", "name", "number"]), st.integers(1, 5)),
    st.tuples(st.sampled_from(["type", "type", "type", "gửi", "xong", "câu", "câu 1", "phiếu", "wait"]), st.just(0)),
)


@dataclass
class Desk:
    """Lan's chat as she reads it. `named`: whom she named, as long as she can still mean it; `open`: what the bot asked about, and
    to whom a yes would send it."""

    office: Office
    named: int | None = None
    open: tuple[list[str], int] | None = None
    may: dict[str, int] = field(default_factory=dict)  # what was typed -> whom it may reach
    typed: int = 0

    async def read(self, lines: list[str]) -> None:
        """What comes by itself: after something about another ticket nobody is named any more."""
        for said in lines:
            about = re.match(r"\[(?:says|says_other|citizen_left|handed|taken_back|moved|rated)\] (\d)", said)
            if about and (int(about[1]) != self.named or not said.startswith("[says]")):
                self.named = None

    async def type(self, words: str, whom: int | None) -> None:
        """`whom`: whom these words name, if anybody."""
        await self.read(await self.office.hears("lan"))
        self.typed += 1
        text = f"t{self.typed}."
        told = " ".join(await self.office.say("lan", f"{words}{text}"))
        if "[which_ticket]" in told:
            waiting = self.open[0] if self.open else []
            held = [] if "[not_sent]" in told else [text]
            self.open = ([*waiting, *held], int(TICKET.findall(told)[0]))
        elif whom:
            self.may[text] = whom
            self.named = self.named if self.named == whom or "[not_sent]" in told else None
            self.open = self.open if self.named else None
        elif self.named:
            self.may[text] = self.named

    async def command(self, words: str, number: int = 0) -> None:
        await self.read(await self.office.hears("lan"))
        told = " ".join(await self.office.say("lan", f"{words} {number}" if number else words))
        begun = re.search(r"\[(?:talking|claimed)\] (\d)", told)
        if begun:
            self.named, self.open = int(begun[1]), None
        elif "[talk_next]" in told or re.search(rf"\[(?:done|released|group_handed)\] {self.named}", told):
            self.named, self.open = None, None
        elif words in ("nhận", "nói") and number != self.named:
            self.named = None
        if "[canned_shown]" in told:
            self.open = (["Lan đây"], int(TICKET.findall(told)[-1]))

    async def confirm(self, number: int = 0) -> None:
        await self.read(await self.office.hears("lan"))
        told = " ".join(await self.office.say("lan", str(number) if number else "gửi"))
        if "[bare_number]" in told:
            self.open = ([], int(TICKET.findall(told)[0]))
        elif self.open and "[which_ticket]" in told:
            self.open = (self.open[0], int(TICKET.findall(told)[0]))
        elif self.open and "[sent_to]" in told:
            whom = number or self.open[1]
            assert f"[sent_to] {line(whom)}" in told
            self.may |= dict.fromkeys(self.open[0], whom)
            self.named, self.open = whom, None


async def play(folder: Path, steps: list[tuple[str, int]]) -> None:  # noqa: C901  # one case for each thing that may happen
    nowhere = {"zalo_bot_token": "1:x", "zalo_bot_secret": "secret-of-8", "zalo_bot_api": "http://127.0.0.1:1"}
    settings_ = Settings.model_validate(
        {"data_dir": folder, "content_dir": folder, "late_answer_hours": 10_000, **SECRETS, **nowhere}
    )
    office = Office(build_service(settings_, lambda: office.now), datetime(2026, 11, 23, 2, tzinfo=UTC))
    await office.service.start()
    try:
        await office.hire("Lan")
        await office.hire("Minh")
        desk = Desk(office)
        for number, contact in enumerate(CITIZENS, 1):
            await office.say(contact, start="ban-moi_lam-nha")
            await office.say(contact, "gặp người")
            await desk.command("nhận", number)
        for verb, number in steps:
            match verb:
                case "write":
                    await office.say(CITIZENS[number - 1], "chị ơi")
                case "leave":
                    await office.say(CITIZENS[number - 1], "quay lại bot")
                case "come back":
                    await office.say(CITIZENS[number - 1], "gặp người")
                case "wait":
                    office.now += timedelta(minutes=30)
                case "type":
                    await desk.type("", None)
                case "name":
                    await desk.type(f"{number}: ", number)
                case "number":
                    await desk.confirm(number)
                case "gửi":
                    await desk.confirm()
                case "chuyển":
                    await desk.command(f"chuyển {number} Minh")
                case _:
                    await desk.command(verb, number)
        for number, contact in enumerate(CITIZENS, 1):
            heard = " ".join(await office.hears(contact))
            for text in re.findall(r"\[person_says\] (t\d+\.)", heard):
                assert desk.may.get(text) == number, (text, number)
            assert ("Lan đây" not in heard) or desk.may.get("Lan đây") is not None
    finally:
        await office.service.stop()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(moves, min_size=10, max_size=60))
@pytest.mark.slow
def test_in_any_order_nothing_reaches_whom_the_member_did_not_name(steps: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        for path, text in files().items():
            (Path(name) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(name) / path).write_text(text, "utf-8")
        asyncio.run(play(Path(name), steps))

"""Who can't put it in Vietnamese is led to a member who speaks their language, and hears no promise of one; who can't read, to a
voice."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.handoff import agents
from bot.handoff.agents import Agent
from bot.handoff.duty import Duty
from bot.store.tx import Tx
from tests.bot.conftest import Office
from tests.bot.house import House

ALERT = "[alert] 1 Làm nhà xã Bản Mới [reason language]\n"
TAY = "nói tiếng Tày với tôi"


async def team(office: Office, **speaks: tuple[str, ...]) -> None:
    """Members by their contacts, each with what they speak."""
    for contact, languages in speaks.items():
        await office.hire(contact.capitalize(), communes=("ban-xa",) if contact == "xa" else ())
        await change(office, contact, partial(agents.keep_speaks, speaks=languages))


async def change(office: Office, contact: str, work: Callable[[Tx, Agent], None]) -> None:
    await office.service.database.write(lambda tx: work(tx, agents.find_by_name(tx, contact)))


async def test_who_speaks_it_hears_first_and_is_named_on_the_card(office: Office) -> None:
    await team(office, lan=("tay", "dao"), minh=(), vang=("dao",))
    (said,) = await office.say("hoa", TAY)
    assert "[language]" in said
    assert await office.hears("lan") == [f"{ALERT}[speakers] tiếng Tày Lan"]
    assert [await office.hears(name) for name in ("minh", "vang")] == [[], []]
    assert "[speakers] tiếng Tày Lan" in "\n".join(await office.say("minh", "nhận 1"))


async def test_whoever_speaks_any_is_told_where_it_is_not_known_which(office: Office) -> None:
    await team(office, lan=("tay", "dao"), minh=(), vang=("dao",))
    await office.say("hoa", "xin nói tiếng mình")
    expected = [f"{ALERT}[speakers] [any_language] Lan (tiếng Dao, tiếng Tày), Vang (tiếng Dao)"]
    assert [await office.hears(name) for name in ("lan", "minh", "vang")] == [expected, [], expected]


async def test_nobody_speaks_it_and_the_team_is_asked_to_find_somebody(office: Office) -> None:
    await team(office, lan=("dao",), minh=())
    await office.say("hoa", TAY)
    assert [await office.hears(name) for name in ("lan", "minh")] == [[f"{ALERT}[no_speakers] tiếng Tày"]] * 2


async def test_a_speaker_on_duty_goes_before_another_and_one_elsewhere_hears_nothing(office: Office) -> None:
    await team(office, lan=("tay",), minh=("tay",), tu=(), xa=("tay",))
    for contact in ("minh", "tu"):
        await change(office, contact, partial(agents.keep_duty, duty=Duty(("t2",))))
    await office.say("hoa", TAY)
    assert await office.hears("minh") == [f"{ALERT}[speakers] tiếng Tày Lan, Minh"]
    assert [await office.hears(name) for name in ("lan", "tu", "xa")] == [[], [], []]


async def test_nobody_takes_it_and_all_are_called(office: Office) -> None:
    await team(office, lan=("tay",), minh=())
    await office.say("hoa", TAY)
    await office.passes(minutes=11)
    assert [(await office.hears(name))[-1].split()[0] for name in ("lan", "minh")] == ["[reminder]"] * 2


async def test_who_waits_already_is_told_to_a_speaker_once(office: Office) -> None:
    await team(office, lan=("tay",), minh=())
    await office.say("hoa", "gặp người")
    assert [len(await office.hears(name)) for name in ("lan", "minh")] == [1, 1]
    await office.say("hoa", TAY)
    await office.say("hoa", TAY)
    assert await office.hears("lan") == [f"{ALERT}[speakers] tiếng Tày Lan"]
    assert await office.hears("minh") == []


@pytest.mark.parametrize(
    ("said", "card"),
    [(TAY, "[reason language]\n[speakers] tiếng Tày Lan"), ("không biết chữ", "[reason literacy]")],
)
async def test_what_they_need_stays_on_the_card_whatever_they_ask_next(office: Office, said: str, card: str) -> None:
    await team(office, lan=("tay",))
    await office.say("hoa", said)
    await office.say("hoa", "gặp người")
    assert card in "\n".join(await office.say("lan", "nhận 1"))


async def test_a_citizen_reads_which_language_is_kept(office: Office) -> None:
    await office.say("hoa", TAY)
    assert "[ticket_languages] tiếng Tày" in "\n".join(await office.say("hoa", "dulieucuatoi"))


def test_a_member_says_what_they_speak_and_stands_first_where_it_is_handed_over(house: House) -> None:
    an, lan = house.member("An"), house.member("Lan")
    page = lan.post("/console/me/speaks", data={"tay": "on", "dao": "on", "klingon": "on"}).text
    assert "Đã ghi tiếng anh chị nói được." in page
    assert page.count("checked") == lan.get("/console/me").text.count("checked") == 2
    house.citizen(TAY)
    minh = house.member("Minh")
    minh.post("/console/1/claim")
    page = minh.get("/console/1").text
    assert "<p>[speakers] tiếng Tày Lan</p>" in page
    assert page.index("Lan · tiếng Dao, tiếng Tày · đang giữ 0 phiếu</option>") < page.index(
        "An · đang giữ 0 phiếu</option>"
    )
    lan.post("/console/me/speaks")
    assert "<p>[no_speakers] tiếng Tày</p>" in an.get("/console/1").text


def test_a_lead_says_what_members_and_they_themselves_speak(house: House) -> None:
    lan, lead, far = house.member("Lan"), house.member("Trưởng", "lead"), house.member("Xa", "lead", ("ban-xa",))
    page = lead.post("/console/team/1/speaks", data={"dao": "on"}).text
    assert "Đã ghi tiếng Lan nói được." in page
    assert "Tiếng nói được: tiếng Dao" in page
    assert "Tiếng nói được: tiếng Tày" in lead.post("/console/team/2/speaks", data={"tay": "on"}).text
    assert far.post("/console/team/1/speaks", data={"tay": "on"}).status_code == 404
    assert lan.post("/console/team/2/speaks", data={"dao": "on"}).url.path == "/console"
    assert "Tiếng nói được: tiếng Dao" in lead.get("/console/team").text


def test_the_command_line_adds_who_speaks_what_and_lists_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content_dir: Path, database_url: str
) -> None:
    for name, value in (("DATABASE_URL", database_url), ("DATA_DIR", tmp_path), ("CONTENT_DIR", content_dir)):
        monkeypatch.setenv(f"MOTCUA_{name}", str(value))
    wrong = CliRunner().invoke(app, ["team", "add", "Lan", "--speaks", "Klingon"])
    assert wrong.exit_code == 1
    assert "Không có tiếng “Klingon”. Các tiếng: dao (tiếng Dao), tay (tiếng Tày)" in wrong.output
    for words in (["add", "Lan", "--speaks", "Tày", "--speaks", "dao", "--speaks", "tay"], ["add", "Minh"]):
        assert CliRunner().invoke(app, ["team", *words]).exit_code == 0
    assert CliRunner().invoke(app, ["team", "list"]).output.splitlines() == [
        "Lan · thành viên · mọi xã · chưa nối kênh nào · tiếng Dao, tiếng Tày",
        "Minh · thành viên · mọi xã · chưa nối kênh nào",
    ]

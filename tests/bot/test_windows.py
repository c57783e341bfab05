"""Windows close: what a citizen says after the help is over is theirs, and so is the phone that others use as well."""

from dataclasses import replace
from datetime import timedelta

from bot.handoff import agents
from bot.handoff.agents import Role
from bot.handoff.team import Team
from tests.bot.conftest import Office
from tests.bot.house import House


def test_what_is_said_after_the_end_is_read_by_nobody_but_under_a_new_ticket(house: House) -> None:
    lan, hoa = house.member("Lan"), house.citizen("gặp người")
    lan.post("/console/1/answer", data={"text": "Chào bác"})
    hoa.post("/chat", data={"text": "tôi vướng ở bước này"})
    assert "tôi vướng ở bước này" in lan.get("/console/1").text
    lan.post("/console/1/resolve", data={"outcome": "helped"})
    house.now += timedelta(minutes=1)
    hoa.post("/chat", data={"text": "chồng tôi đánh tôi hôm qua"})
    hoa.post("/chat", data={"text": "nhà tôi ở đâu nhỉ"})
    assert "nhà tôi ở đâu nhỉ" not in lan.get("/console/1").text
    assert "nhà tôi ở đâu nhỉ" not in lan.get("/console?show=all").text
    assert "tôi vướng ở bước này" in lan.get("/console/1").text


def test_a_phone_that_is_passed_on_shows_nothing_of_who_had_it_before(house: House) -> None:
    hoa = house.citizen("có rồi")
    assert "có rồi" in hoa.get("/").text
    closed = hoa.post("/chat/close")
    assert "(closed)" in closed.text
    assert "có rồi" not in closed.text
    assert hoa.get("/chat/data").status_code == 404
    hoa.post("/chat", data={"text": "xin chào"})
    assert "có rồi" not in hoa.get("/").text


def test_another_site_closes_nothing(house: House) -> None:
    hoa = house.citizen("có rồi")
    assert hoa.post("/chat/close", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert "có rồi" in hoa.get("/").text


async def test_who_leads_is_reminded_that_the_group_still_has_who_left(office: Office) -> None:
    everyone: tuple[tuple[str, Role], ...] = (("Lan", "member"), ("Trưởng", "lead"), ("Minh", "member"))
    for name, role in everyone:
        await office.hire(name, role)
    sender = office.service.sender
    settings = sender.settings.model_copy(update={"team_zalo_group": "g1"})
    team = Team(replace(sender, settings=settings))
    await office.service.database.write(lambda c: team.remove_member(c, agents.find_by_name(c, "Lan"), "Trưởng"))
    assert (await office.hears("trưởng"))[-1] == "[still_in_group] Lan"
    assert not any("[still_in_group]" in said for said in await office.hears("minh"))

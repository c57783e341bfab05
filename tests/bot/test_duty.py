"""Who is on duty hears of a ticket first; who has how many tickets is told; nobody is handed one of which they would not hear."""

from datetime import timedelta

import pytest

from bot.handoff import agents
from bot.handoff.duty import Duty
from tests.bot.conftest import Office
from tests.bot.house import House

ALERT = "[alert] 1 Làm nhà xã Bản Mới [reason asked]"


async def plan(office: Office, name: str, duty: Duty) -> None:
    await office.service.database.write(lambda c: agents.keep_duty(c, agents.find_by_name(c, name), duty))


async def test_who_is_on_duty_hears_of_a_ticket_first_and_the_others_when_nobody_takes_it(office: Office) -> None:
    for name in ("Lan", "Minh"):
        await office.hire(name)
    assert await office.say("lan", "Hôm nay tôi trực") == ["[duty_begun]\n[duty_list] [duty_member] Lan 0"]
    await office.say("hoa", "gặp người")
    assert await office.hears("lan") == [ALERT]
    assert await office.hears("minh") == []
    await office.passes(minutes=11)
    assert [len(await office.hears(name)) for name in ("lan", "minh")] == [1, 1]


async def test_with_nobody_on_duty_all_hear_of_it(office: Office) -> None:
    for name in ("Lan", "Minh"):
        await office.hire(name)
    await office.say("lan", "hôm nay tôi trực")
    assert await office.say("lan", "thôi trực") == ["[duty_ended]\n[duty_nobody]"]
    await office.say("hoa", "gặp người")
    assert [await office.hears(name) for name in ("lan", "minh")] == [[ALERT], [ALERT]]


async def test_danger_is_told_to_all(office: Office) -> None:
    for name in ("Lan", "Minh"):
        await office.hire(name)
    await office.say("lan", "hôm nay tôi trực")
    await office.say("hoa", "cháy nhà rồi")
    assert [(await office.hears(name))[0].split()[0] for name in ("lan", "minh")] == ["[alert_danger]"] * 2


async def test_what_somebody_says_of_today_is_over_tomorrow_and_weekdays_come_back(office: Office) -> None:
    await office.hire("Lan")
    await plan(office, "Lan", Duty(("t2", "t3")))  # it is a Monday
    assert await office.say("lan", "ai trực") == ["[duty_list] [duty_member] Lan 0"]
    assert await office.say("lan", "thôi trực") == ["[duty_ended]\n[duty_nobody]"]
    office.now += timedelta(days=1)
    assert await office.say("lan", "ai trực") == ["[duty_list] [duty_member] Lan 0"]
    office.now += timedelta(days=1)
    assert await office.say("lan", "ai trực") == ["[duty_nobody]"]


async def test_a_day_is_one_of_vietnam(office: Office) -> None:
    await office.hire("Lan")
    await plan(office, "Lan", Duty(("t3",)))
    office.now = office.now.replace(hour=18)  # one in the night there, and Tuesday
    assert await office.say("lan", "ai trực") == ["[duty_list] [duty_member] Lan 0"]


async def test_the_list_tells_how_many_tickets_each_has_and_names_nobody_elsewhere(office: Office) -> None:
    await office.hire("Lan", communes=("ban-moi",))
    await office.hire("Minh", communes=("ban-moi",))
    await office.hire("Xa", communes=("ban-xa",))
    for name in ("lan", "xa"):
        await office.say(name, "hôm nay tôi trực")
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await office.say("lan", "tập")
    await office.say("lan", "nhận 2")
    assert await office.say("minh", "ai trực") == ["[duty_list] [duty_member] Lan 1"]


async def test_who_is_on_duty_and_can_not_be_reached_holds_nothing_up(office: Office) -> None:
    for name in ("Lan", "Minh"):
        await office.hire(name)
    await plan(office, "Minh", Duty(("t2",)))
    await office.say("minh", "rời tổ")
    assert await office.say("lan", "ai trực") == ["[duty_nobody]"]
    await office.say("hoa", "gặp người")
    assert await office.hears("lan") == [ALERT]


async def test_whoever_lets_go_of_a_ticket_while_on_duty_leaves_it_to_the_others(office: Office) -> None:
    for name in ("Lan", "Minh"):
        await office.hire(name)
    await office.say("lan", "hôm nay tôi trực")
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await office.say("lan", "thả 1")
    assert await office.hears("minh") == [ALERT]


@pytest.mark.parametrize("typed", ["hôm nay tôi trực nhé bác", "ai trực thì bác hỏi"])
async def test_words_about_duty_to_a_citizen_reach_them(office: Office, typed: str) -> None:
    await office.hire("Lan")
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await office.hears("hoa")
    await office.say("lan", typed)
    assert f"[person_says] {typed}" in await office.hears("hoa")


async def test_a_ticket_is_handed_to_nobody_who_would_not_hear_of_it(office: Office) -> None:
    await office.hire("Lan")
    await office.service.database.write(lambda c: agents.add_agent(c, "Tèo", "member", ()))
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    assert await office.say("lan", "chuyển 1") == ["[group_alone]"]
    assert await office.say("lan", "chuyển 1 Tèo") == ["[unreachable] Tèo"]
    assert await office.say("lan", "chuyển Tèo") == ["[unreachable] Tèo"]
    assert await office.state() == ("claimed", "Lan")


def test_the_console_offers_who_can_be_reached_with_what_they_hold_and_says_why_not_the_others(house: House) -> None:
    house.citizen("gặp người")
    house.citizen("gặp người")
    lan, minh = house.member("Lan"), house.member("Minh")
    teo = house.member("Tèo")
    teo.post("/console/logout")
    minh.post("/console/2/claim")
    lan.post("/console/1/claim")
    page = lan.get("/console/1").text
    assert "Minh · đang giữ 1 phiếu</option>" in page
    assert ">Tèo ·" not in page
    assert "[unreachable] Tèo" in page
    assert "[unreachable] Tèo" in lan.post("/console/1/transfer", data={"to": "3"}).text
    assert "Lan đang giúp" in minh.get("/console/1").text


def test_a_lead_chooses_the_weekdays_of_members_and_of_themselves(house: House) -> None:
    house.citizen("gặp người")
    lan, lead, far = house.member("Lan"), house.member("Trưởng", "lead"), house.member("Xa", "lead", ("ban-xa",))
    lan.post("/console/1/claim")
    page = lead.post("/console/team/1/duty", data={"t3": "on", "cn": "on", "t8": "on"}).text  # it is a Tuesday
    assert "Đã ghi ngày trực của Lan." in page
    assert "Ngày trực: T3, CN" in page
    assert "đang giữ 1 phiếu · <b>trực hôm nay</b>" in page
    assert "Ngày trực: T5" in lead.post("/console/team/2/duty", data={"t5": "on"}).text
    lead.post("/console/1/transfer", data={"to": "2"})
    assert "Lan · đang giữ 0 phiếu · trực hôm nay</option>" in lead.get("/console/1").text
    assert far.post("/console/team/1/duty", data={"t2": "on"}).status_code == 404
    assert lan.post("/console/team/1/duty", data={"t2": "on"}).url.path == "/console"
    assert "Ngày trực: T3, CN" in lead.get("/console/team").text

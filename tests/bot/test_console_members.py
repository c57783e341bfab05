"""Who may see what in the console, what leads do to members, and who was there."""

from datetime import timedelta

import pytest

from bot.handoff.agents import NameTaken
from tests.bot.house import OTHER, House, is_sign_in
from tests.conftest import invited


def test_a_member_sees_the_tickets_of_their_communes_only(house: House) -> None:
    hoa = house.citizen("gặp người")
    lan, xa = house.member("Lan", communes=("ban-moi",)), house.member("Thị Xa", "admin", (OTHER,))
    assert "#1 ·" in lan.get("/console").text
    assert "#1 ·" not in xa.get("/console?show=all").text
    assert xa.get("/console/1").status_code == 404
    for action in ("answer", "resolve"):
        assert xa.post(f"/console/1/{action}", data={"text": "Xấu"}).status_code == 404
    assert "Xấu" not in hoa.get("/").text
    assert "Thị Xa" not in lan.get("/console/1").text


def test_who_is_removed_is_outside_at_once(house: House) -> None:
    boss, lan = house.member("Chủ", "admin"), house.newcomer("Lan")
    hoa = house.citizen("gặp người")
    lan.post("/console/1/answer", data={"text": "Chào bác"})
    boss.post("/console/team/2/remove")
    assert is_sign_in(lan.get("/console/1"))
    assert house.enter("Lan").status_code == 403
    assert "[person_away]" in hoa.get("/").text
    assert "#1 ·" in boss.get("/console?show=waiting").text


def test_a_lead_invites_and_never_rises_above_themselves(house: House) -> None:
    house.member("Chủ", "admin")
    lead, lan = house.member("Trưởng", "lead", ("ban-moi",)), house.member("Lan", communes=("ban-moi",))
    house.member("Thị Xa", communes=(OTHER,))
    page = lead.get("/console/team").text
    assert "Lan" in page
    assert "Chủ" not in page
    assert "Thị Xa" not in page
    for other in (1, 2, 4, 9):  # the admin, oneself, a member elsewhere, nobody
        for action in ("invite", "remove", "signout"):
            answer = lead.post(f"/console/team/{other}/{action}")
            assert answer.status_code == 404
            assert "/console/join#" not in answer.text
    assert lead.post("/console/team/add", data={"name": "Mới", "role": "admin"}).status_code == 403
    assert lead.post("/console/team/add", data={"name": "Mới", "commune": OTHER}).status_code == 403
    added = lead.post("/console/team/add", data={"name": "Mới", "commune": "ban-moi"})
    assert "/console/join#TO-" in added.text
    assert "/console/join#TO-" in lead.post("/console/team/3/invite").text
    assert lead.post("/console/team/add", data={"name": "Bot", "commune": "ban-moi"}).status_code == 403
    assert lead.post("/console/team/add", data={"name": "LAN", "commune": "ban-moi"}).status_code == 422
    assert lan.get("/console/team").url.path == "/console"
    assert lan.get("/console/looks").url.path == "/console"
    lead.post("/console/team/3/signout")
    assert is_sign_in(lan.get("/console"))


def test_every_look_at_a_conversation_is_written_down(house: House) -> None:
    house.citizen("gặp người")
    lead, xa = house.member("Trưởng", "lead", ("ban-moi",)), house.member("Thị Xa", "lead", (OTHER,))
    lan = house.member("Lan")
    lan.get("/console/1")
    house.now += timedelta(minutes=5)
    lan.get("/console/1")
    xa.get("/console/1")
    page = lead.get("/console/looks").text
    assert page.count("<td>Lan</td><td>#1</td><td>09:00 24/11 – 09:05 24/11</td>") == 1
    assert "Thị Xa" not in page
    assert "Lan" not in xa.get("/console/looks").text
    house.now += timedelta(minutes=16)
    lan.get("/console/1")
    assert lead.get("/console/looks").text.count("<td>Lan</td>") == 2


def test_two_who_look_at_one_ticket_see_each_other(house: House) -> None:
    house.citizen("gặp người")
    lan, minh = house.member("Lan"), house.member("Minh")
    assert "đang xem" not in lan.get("/console/1").text
    assert "Lan đang xem" in minh.get("/console/1").text
    assert "Minh đang xem" in lan.get("/console/1").text
    house.now += timedelta(minutes=1)
    assert "đang xem" not in lan.get("/console/1").text


def test_who_is_barred_is_listed_and_lifted_though_the_ticket_is_erased(house: House) -> None:
    lan, lead = house.member("Lan"), house.member("Sếp", "lead")
    hoa = house.citizen("gặp người")
    assert "[how_block]" in lead.post("/console/1/bar", data={"text": " "}).text
    lead.post("/console/1/bar", data={"text": "chửi bới"})
    hoa.post("/chat", data={"text": "xoadulieu"})
    hoa.post("/chat", data={"text": "<erase>"})
    assert "chửi bới" in lead.get("/console/team").text
    assert lan.post("/console/team/lift", data={"ticket": "1"}).url.path == "/console"
    assert "Đã bỏ chặn" in lead.post("/console/team/lift", data={"ticket": "1"}).text
    assert "chửi bới" not in lead.get("/console/team").text
    assert lead.post("/console/team/lift", data={"ticket": "1"}).status_code == 404


def test_nobody_is_called_like_another_or_like_the_bot(house: House) -> None:
    invited(house.service, "Lan")
    invited(house.service, "Hà Linh")
    bots = ("bot", "BOT", "b0t", "B.O.T", "bọt", "ƀot", "ƅot", "Bot (máy)", "citizen", "c1tizen", "Citizen 2", "Motcua")
    for name in (*bots, "Ian", "lаn", "L\u200ban", "Łan", "Lan.", "L'an", "hà-linh", "HÀLINH", "", "...", "🤖"):
        with pytest.raises(NameTaken):
            invited(house.service, name)


def test_real_names_are_taken(house: House) -> None:
    for name in (
        "Lan",
        "Lân",
        "Y Nhung",
        "H'Hen",
        "Nguyễn Thị Lan (ca chiều)",
        "Lan 2",
        "Đàm Mây",
        "H’Bŏt Niê",
        "Y Ƀlăm",
    ):
        assert invited(house.service, name)

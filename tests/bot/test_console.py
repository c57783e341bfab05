"""The console over HTTP: who may come in, whom they may see, what is written down about it."""

import asyncio
import os
import re
import threading
from datetime import timedelta
from html import unescape
from urllib.parse import quote

import httpx
import pytest
from starlette.requests import Request

from bot import conversations
from bot.console.auth import Auth, NotNow
from bot.console.hashing import Hashing
from bot.handoff import agents, tickets
from bot.handoff.agents import NameTaken
from bot.store.tx import Tx
from flows.messages import OpenTicket
from flows.state import State
from tests import patient
from tests.bot.house import PASSWORD, House
from tests.conftest import PASSWORD_MEMORY, MakeSettings, invited, running

OTHER = "ban-khac"


def is_sign_in(page: httpx.Response) -> bool:
    return page.url.path == "/console/login"


# --- the ticket ---


def test_a_ticket_is_listed_answered_and_resolved(house: House) -> None:
    hoa, lan, minh = house.citizen("có rồi", "gặp người"), house.member("Lan"), house.member("Minh")
    assert "Làm nhà" in lan.get("/console").text
    page = lan.get("/console/1").text
    for known in ("xã Bản Mới", "Bác làm nhà gì?", "Bác có đất chưa?", "Có rồi"):
        assert known in page
    lan.post("/console/1/answer", data={"text": "Chào bác <b>Hoa</b>"})
    assert "[person_says] Chào bác &lt;b&gt;Hoa&lt;/b&gt;" in hoa.get("/").text
    assert "[taken] Lan" in minh.post("/console/1/answer", data={"text": "Tôi nữa"}).text
    quiet = hoa.post("/chat", data={"text": "nhà gỗ"}).text
    assert "mấy tầng" not in quiet
    assert "nhà gỗ" in lan.get("/console/1").text
    lan.post("/console/1/resolve")
    after = hoa.get("/").text
    assert "[person_done]" in after
    assert after.rindex("[helped]") > after.rindex("[person_done]")
    assert "mấy tầng" in hoa.post("/chat", data={"text": "nhà gỗ"}).text


def test_the_list_shows_what_is_needed_and_not_the_wish_for_a_person(house: House) -> None:
    house.citizen("đất nhà tôi bị lở hết rồi", "gặp người")
    house.citizen("gặp người")
    page = unescape(house.member("Lan").get("/console").text)
    assert "“đất nhà tôi bị lở hết rồi”" in page
    assert "“gặp người”" not in page


def test_the_citizen_can_have_the_bot_back(house: House) -> None:
    hoa, lan = house.citizen("gặp người"), house.member("Lan")
    lan.post("/console/1/answer", data={"text": "Chào bác"})
    assert "[bot_again]" in hoa.post("/chat", data={"text": "quay lại bot"}).text
    assert "đã xong" in lan.get("/console/1").text


def test_odd_form_ids_reach_no_database(house: House) -> None:
    hoa, lan = house.citizen("gặp người"), house.member("Lan")
    for form_id in ("a\x00b", "x" * 300, "đ"):
        answer = lan.post("/console/1/answer", data={"id": form_id, "text": f"Chào\x00 bác {len(form_id)}"})
        assert answer.status_code == 200
    assert "Chào bác 300" in hoa.get("/").text
    assert "Lan đang giúp" in lan.get("/console?show=all").text


def test_the_queue_is_filtered(house: House) -> None:
    lan, _ = house.member("Lan"), [house.citizen("gặp người") for _ in range(2)]
    lan.post("/console/2/answer", data={"text": "Chào bác"})
    for show, seen in (("waiting", {1}), ("mine", {2}), ("all", {1, 2}), ("x", {1})):
        page = lan.get("/console", params={"show": show}).text
        assert {n for n in (1, 2) if f"#{n} ·" in page} == seen
        assert "Đang chờ (1)" in page
        assert "Của tôi (1)" in page
    assert "#1 ·" in lan.get("/console?commune=ban-moi&procedure=lam-nha").text
    assert "#1 ·" not in lan.get("/console?commune=ban-xa").text
    assert "#1 ·" not in lan.get("/console?procedure=%3Cb%3E").text


# --- the door ---


def test_a_stranger_sees_the_sign_in_and_nothing_else(house: House) -> None:
    hoa = house.citizen("gặp người")
    for path in ("/console", "/console/1", "/console/me", "/console/team", "/console/looks"):
        assert is_sign_in(house.browser().get(path))
    for path in ("/console/1/answer", "/console/1/resolve", "/console/me/code", "/console/team/add", "/console/logout"):
        assert is_sign_in(house.browser().post(path, data={"text": "x", "name": "Ma"}))
    assert house.browser().get("/console/events").status_code == 204
    assert "person_says" not in hoa.get("/").text


def test_a_member_comes_in_with_a_code_once_and_with_a_password_from_then_on(house: House) -> None:
    code, first, second = invited(house.service, "Lan"), house.browser(), house.browser()
    assert house.enter("Lan", "").status_code == 403
    short = first.post("/console/join", data={"code": code, "password": "ngắn"})
    assert short.status_code == 422
    assert code in short.text
    assert first.post("/console/join", data={"code": code, "password": PASSWORD}).url.path == "/console"
    assert second.post("/console/join", data={"code": code, "password": "của kẻ khác"}).status_code == 403
    assert house.enter("lan").url.path == "/console"
    assert house.enter("Lan", "của kẻ khác").status_code == 403
    assert house.enter("Ma").status_code == 403


def test_who_stole_the_database_needs_46_mib_for_each_try(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.console.hashing._MEMORY", PASSWORD_MEMORY)
    with running(make_settings()) as (url, service):
        form = {"code": invited(service, "Lan"), "password": PASSWORD}
        assert patient.post(f"{url}/console/join", data=form).status_code == 303
        _, kept = asyncio.run(service.database.read(lambda c: agents.password_of(c, "Lan"))) or (None, None)
    assert kept and kept.startswith("$argon2id$v=19$m=47104,t=1,p=1$")


def test_a_code_is_good_for_a_week(house: House) -> None:
    code = invited(house.service, "Lan")
    house.now += timedelta(days=7, minutes=1)
    assert house.browser().post("/console/join", data={"code": code, "password": PASSWORD}).status_code == 403


def test_a_session_ends_by_time_by_its_member_and_with_a_new_password(house: House) -> None:
    lan = house.newcomer("Lan")
    phone, other = house.browser(), house.browser()
    for client in (phone, other):
        house.enter("Lan", client=client)
    phone.post("/console/logout")
    assert is_sign_in(phone.get("/console"))
    assert not is_sign_in(other.get("/console"))
    lan.post("/console/logout", data={"everywhere": "1"})
    assert is_sign_in(other.get("/console"))
    house.enter("Lan", client=lan)
    assert lan.post("/console/me/code").status_code == 403
    assert lan.post("/console/me/code", data={"password": "sai rồi nhé"}).status_code == 403
    page = lan.post("/console/me/code", data={"password": PASSWORD}).text
    code = page.partition('<p class="code">')[2][:14]
    phone.post("/console/join", data={"code": code, "password": "một mật khẩu khác"})
    assert is_sign_in(lan.get("/console"))
    assert not is_sign_in(phone.get("/console"))
    house.now += timedelta(days=31)
    assert is_sign_in(phone.get("/console"))


def test_a_refused_code_hides_nothing_of_ones_own_page(house: House) -> None:
    lan, database = house.newcomer("Lan"), house.service.database
    code = asyncio.run(database.write(lambda c: agents.make_invitation(c, agents.find_by_name(c, "Lan"))))
    asyncio.run(database.write(lambda c: agents.join_with_code(c, "telegram", "5", code)))
    assert "Phiếu báo về" in lan.get("/console/me").text
    refused = lan.post("/console/me/code", data={"password": "sai rồi nhé"}).text
    assert "Mật khẩu hoặc sáu số chưa đúng" in refused
    assert "Phiếu báo về" in refused


def test_who_guesses_is_stopped_and_the_member_is_not(house: House) -> None:
    lan, stranger = house.newcomer("Lan"), house.browser()
    lan.post("/console/logout")
    for n in range(6):
        assert house.enter("Lan", f"sai {n}", stranger).status_code == 403
    assert house.enter("Lan", "sai", house.browser()).status_code == 429
    assert house.enter("Lan", PASSWORD, stranger).status_code == 429
    assert house.enter("Lan", client=lan).url.path == "/console"
    house.now += timedelta(minutes=11)
    assert house.enter("Lan", client=stranger).url.path == "/console"


async def test_strangers_who_fill_the_line_keep_out_nobody_who_was_in_before(house: House) -> None:
    lan = await asyncio.to_thread(house.newcomer, "Lan")
    known = f"motcua-known={lan.cookies['motcua-known']}".encode()
    door, goes_on = Auth(house.service), threading.Event()
    door._worker.submit(goes_on.wait)
    strangers = [asyncio.create_task(door.check_password(asked(), f"Ai {n}", "x")) for n in range(20)]
    while door._in_line < len(strangers):
        await asyncio.sleep(0.01)
    with pytest.raises(NotNow):
        await door.check_password(asked(), "Ai", "x")
    owner = asyncio.create_task(door.check_password(asked(known), "Lan", PASSWORD))
    goes_on.set()
    agent = await owner
    assert agent is not None
    assert agent.name == "Lan"
    assert await asyncio.gather(*strangers) == [None] * len(strangers)


def test_passwords_are_hashed_behind_everybody_else_and_the_process_may_die() -> None:
    hashing = Hashing()
    kept = hashing.hash(PASSWORD)
    assert [hashing.matches(kept, word) for word in (PASSWORD, "sai", "\ud800")] == [True, False, False]
    assert not hashing.matches("no hash", PASSWORD)
    process = hashing._process
    assert process
    assert os.getpriority(os.PRIO_PROCESS, process.pid) == min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)
    process.kill()
    assert hashing.matches(kept, PASSWORD)


def asked(cookie: bytes = b"") -> Request:
    headers = [(b"cookie", cookie)]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers, "client": ("8.8.8.8", 1)})


def test_what_is_refused_is_written_down(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.citizen("gặp người")
    minh = house.member("Minh", communes=(OTHER,))
    minh.get("/console/1")
    minh.get("/console/team")
    house.browser().post("/chat", data={"text": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    told = [record.getMessage() for record in caplog.records if record.name.startswith("motcua")]
    assert "console: Minh asks for ticket 1, which is not theirs to see" in told
    assert "console: Minh asks for what only leads may" in told
    assert "a post of another site is refused" in told


def test_a_forged_cookie_opens_nothing(house: House) -> None:
    lan = house.member("Lan")
    token = lan.cookies["motcua-team"]
    for forged in (token.swapcase(), token + "a", "", "đ", "x" * 5000):
        header = {b"Cookie": f"motcua-team={forged}".encode()}
        assert is_sign_in(patient.get(f"{house.url}/console", headers=header, follow_redirects=True))


def test_another_site_cannot_act_for_a_member(house: House) -> None:
    hoa, lan = house.citizen("gặp người"), house.newcomer("Lan", "admin")
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    for path in ("/console/1/answer", "/console/me/code", "/console/team/add", "/console/logout"):
        lan.post(path, data={"text": "Xấu", "name": "Ma"}, headers=elsewhere)
    assert "Xấu" not in hoa.get("/").text
    assert "Ma" not in lan.get("/console/team").text
    login = {"name": "Lan", "password": PASSWORD}
    assert house.browser().post("/console/login", data=login, headers=elsewhere).status_code == 403


def test_a_number_of_no_row_is_no_fault_of_ours(house: House) -> None:
    lan, hoa = house.newcomer("Lan"), house.citizen()
    hoa.post("/chat", data={"text": "xin chào"})
    for number in ("9" * 5000, "9223372036854775808", "²", "٣", "-1", "1.5", "", "x"):
        assert lan.get("/console/login", params={"to": number}).status_code == 200
        login = {"name": "Lan", "password": PASSWORD, "to": number}
        assert lan.post("/console/login", data=login).url.path == "/console"
        path = quote(number or "0", safe="")
        assert lan.get(f"/console/{path}").status_code == 404
        assert lan.post(f"/console/{path}/answer", data={"text": "x"}, follow_redirects=False).status_code < 500
        assert hoa.post("/chat", params={"after": number}, data={"text": "x"}).status_code == 200
        seen = {b"Last-Event-ID": number.encode("latin-1", "replace")}
        with hoa.stream("GET", "/chat/events", headers=seen) as stream:
            assert stream.status_code == 200
            assert any("xin chào" in line for line in stream.iter_lines())


# --- the rooms ---


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


# --- among themselves ---


def test_a_note_stays_within_the_team(house: House) -> None:
    hoa, lan, minh = house.citizen("gặp người"), house.member("Lan"), house.member("Minh")
    lan.post("/console/1/note", data={"text": "Gọi lại sau, số 0912345678"})
    assert "Gọi lại sau" in minh.get("/console/1").text
    assert "0912345678" not in minh.get("/console/1").text
    assert "Gọi lại sau" not in hoa.get("/").text
    assert "Gọi lại sau" not in hoa.get("/chat/data").text
    assert "Đang chờ" in minh.get("/console/1").text


def test_a_ticket_is_handed_to_somebody_else(house: House) -> None:
    house.citizen("gặp người")
    lan, minh, lead = house.member("Lan"), house.member("Minh"), house.member("Trưởng", "lead")
    assert "[not_yours]" in lan.post("/console/1/transfer", data={"to": "2"}).text
    lan.post("/console/1/answer", data={"text": "Chào bác"})
    lan.post("/console/1/transfer", data={"to": "2"})
    assert "Minh đang giúp" in lan.get("/console/1").text
    assert "[taken] Minh" in lan.post("/console/1/answer", data={"text": "Còn em"}).text
    lead.post("/console/1/transfer", data={"to": "1"})
    assert "Lan đang giúp" in minh.get("/console/1").text
    lan.post("/console/1/release")
    assert "Đang chờ" in minh.get("/console/1").text


def test_a_ticket_is_handed_to_nobody_who_may_not_see_it(house: House) -> None:
    house.citizen("gặp người")
    lead = house.member("Trưởng", "lead")
    house.member("Thị Xa", communes=(OTHER,))
    lead.post("/console/1/answer", data={"text": "Chào bác"})
    assert "Thị Xa" not in lead.get("/console/1").text
    for to in ("2", "9", "x", ""):
        lead.post("/console/1/transfer", data={"to": to})
        assert "Trưởng đang giúp" in lead.get("/console/1").text


def test_a_lead_gives_a_waiting_ticket_to_a_member(house: House) -> None:
    hoa, lead = house.citizen("gặp người"), house.member("Trưởng", "lead")
    lan = house.member("Lan")
    lead.post("/console/1/transfer", data={"to": "2"})
    assert "#1 ·" in lan.get("/console?show=mine").text
    assert "[person_came]" in hoa.get("/").text


# --- ready answers ---


def suggested(page: str) -> list[str]:
    return [unescape(text) for text in re.findall(r'data-text="([^"]*)"', page)]


def test_what_helps_at_this_step_comes_first_then_the_teams_own_then_the_contents(house: House) -> None:
    house.citizen("có rồi", "kiểu khác", "<have_all>", "gặp người")
    lan, minh = house.member("Lan"), house.member("Minh")
    far = house.member("Thị Xa", communes=(OTHER,))
    texts = suggested(lan.get("/console/1").text)
    assert texts[0] == "Bác đợi có mạng."
    assert texts[1:] == [
        "Chào bác, Lan đây: Làm nhà, xã Bản Mới",
        "Ở nhà sàn giữa bản. Bước: Bác nộp đơn.",
    ]
    lan.post("/console/1/keep", data={"text": "Bác gọi giúp em số 0912345678 nhé"})
    for member in (lan, minh):
        texts = suggested(member.get("/console/1").text)
        own = next(n for n, text in enumerate(texts) if text.startswith("Bác gọi giúp em"))
        content = next(n for n, text in enumerate(texts) if text.startswith("Chào bác, "))
        assert own < content
    assert far.get("/console/1").status_code == 404
    answer = re.search(r'name="answer" value="(\d+)"', lan.get("/console/1").text)
    assert answer
    minh.post("/console/1/forget", data={"answer": answer[1]})
    assert "Bác gọi giúp em" in lan.get("/console/1").text
    lan.post("/console/1/forget", data={"answer": answer[1]})
    assert "Bác gọi giúp em" not in lan.get("/console/1").text


def test_a_ready_answer_is_put_into_the_box_without_a_script(house: House) -> None:
    house.citizen("gặp người")
    lan = house.member("Lan")
    page = lan.get("/console/1?canned=1").text
    assert suggested(page)[0] in unescape(page.partition('<textarea id="text"')[2].partition("</textarea>")[0])


def test_a_step_is_sent_as_the_bot_would_put_it(house: House) -> None:
    hoa, lan = house.citizen("có rồi", "gặp người"), house.member("Lan")
    lan.post("/console/1/step", data={"step": "tang"})
    assert "[person_says] Nhà mấy tầng?" in hoa.get("/").text
    assert "Lan đang giúp" in lan.get("/console/1").text
    for odd in ("khong-co", "", "\x00"):
        assert lan.post("/console/1/step", data={"step": odd}).status_code == 200


def _come(house: House, count: int, channel: str = "web") -> None:
    """So many ask for a person and tell nothing."""

    def work(tx: Tx) -> None:
        for n in range(count):
            person = conversations.lock_or_begin(tx, channel, f"c{n}", State())
            tickets.open_ticket(tx, person.id, OpenTicket("asked", None, None, {}), None, timedelta(0))

    asyncio.run(house.service.database.write(work))


def test_a_crowd_on_one_channel_hides_nobody_of_another_nor_who_told_what_they_need(house: House) -> None:
    lan = house.member("Lan")
    _come(house, 120)
    house.citizen("gặp người")
    _come(house, 1, "telegram")
    page = lan.get("/console").text
    assert page.index("#20 · ") < page.index("#121 · ") < page.index("#21 · ")
    assert page.index("#20 · ") < page.index("#122 · ") < page.index("#21 · ")


def test_who_is_new_says_first_what_they_need_while_a_crowd_asks_for_nothing(house: House) -> None:
    _come(house, 20)
    hoa, mai = house.browser(), house.browser()
    assert "[crowded]" in hoa.post("/chat", data={"text": "gặp người"}).text
    assert "[ticket_opened]" in hoa.post("/chat", data={"text": "gặp người"}).text
    assert "[ticket_opened]" in house.citizen("gặp người").get("/").text  # of whom it is known
    mai.post("/chat", data={"text": "cháy nhà"})
    urgent = [one.urgent for one in asyncio.run(house.service.database.read(tickets.list_waiting))]
    assert (urgent[0], sum(urgent)) == (True, 1)


def test_who_leads_ends_a_flood_at_once_but_no_danger_and_nothing_taken(house: House) -> None:
    lan, boss, far = house.member("Lan"), house.member("Sếp", "lead"), house.member("Xa", "lead", ("ban-khac",))
    _come(house, 21)
    house.browser().post("/chat", data={"text": "cháy nhà"})
    lan.post("/console/1/claim")
    assert "Khép 20 phiếu" in boss.get("/console").text
    assert "Khép" not in lan.get("/console").text
    lan.post("/console/flood")
    assert len(asyncio.run(house.service.database.read(tickets.list_waiting))) == 21
    boss.post("/console/flood")
    left = [one.id for one in asyncio.run(house.service.database.read(tickets.list_waiting))]
    assert left == [22]
    assert far.get("/console").status_code == 200
    assert "Lan đang giúp" in boss.get("/console/1").text


def test_ones_own_ticket_is_listed_however_many_others_wait(house: House) -> None:
    lan = house.member("Lan")
    _come(house, 101)
    house.citizen("gặp người")
    lan.post("/console/102/answer", data={"text": "chào"})
    page = lan.get("/console?show=mine").text
    assert "#102 · " in page
    assert "Đang chờ (101)" in page
    assert "Của tôi (1)" in page


def test_a_colleagues_ticket_is_ended_by_who_leads_only_and_told(house: House) -> None:
    lan, minh, lead = house.member("Lan"), house.member("Minh"), house.member("Sếp", "lead")
    house.citizen("gặp người")
    lan.post("/console/1/answer", data={"text": "chào"})
    assert "/console/1/resolve" not in minh.get("/console/1").text
    assert "[taken] Lan 1" in minh.post("/console/1/resolve").text
    assert "Lan đang giúp" in lan.get("/console?show=all").text
    lead.post("/console/1/resolve")
    assert "đã xong" in lan.get("/console/1").text


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


def test_a_long_answer_arrives_whole(house: House) -> None:
    lan, hoa = house.member("Lan"), house.citizen("gặp người")
    lan.post("/console/1/answer", data={"text": "a " * 6000 + "HẾT"})
    assert "HẾT" in hoa.get("/").text


def test_a_ticket_is_claimed_with_a_button(house: House) -> None:
    hoa, lan = house.citizen("gặp người"), house.member("Lan")
    assert '<button class="claim">Nhận</button>' in lan.get("/console/1").text
    lan.post("/console/1/claim")
    page = lan.get("/console/1").text
    assert "Lan đang giúp" in page
    assert 'class="claim"' not in page
    assert "[person_came]" in hoa.get("/").text


def test_a_card_tells_why_since_when_and_the_last_words_and_what_is_unseen(house: House) -> None:
    hoa, lan = house.citizen("tôi bị trả giấy", "gặp người"), house.member("Lan")
    card = lan.get("/console").text.partition("<ul")[2]
    for told in ("[reason asked]", "“tôi bị trả giấy”", "Đang chờ từ 09:00", "Có tin mới"):
        assert told in card
    lan.get("/console/1")
    house.now += timedelta(minutes=1)
    assert "Có tin mới" not in lan.get("/console").text
    hoa.post("/chat", data={"text": "chị ơi, nhà tôi dột"})
    card = lan.get("/console").text.partition("<ul")[2]
    assert "Có tin mới" in card
    assert "nhà tôi dột" in card


def test_a_file_goes_with_the_words_beside_it(house: House) -> None:
    hoa, lan = house.citizen("gặp người"), house.member("Lan")
    files = {"file": ("đơn.pdf", b"%PDF-1.7 x", "application/pdf")}
    lan.post("/console/1/answer", data={"text": "Mẫu đơn đây bác"}, files=files)
    page = hoa.get("/").text
    assert "Mẫu đơn đây bác" in page
    assert "/tep/" in page
    assert "Chưa có nội dung" in lan.post("/console/1/answer", files={"file": ("", b"")}).text


def test_a_form_is_no_longer_than_one_can_be(house: House) -> None:
    house.citizen("gặp người")
    lan, too_much = house.member("Lan"), {"text": "ơ" * 30_000}
    assert lan.post("/console/1/answer", data=too_much).status_code == 413
    assert lan.post("/console/1/answer", data=too_much, files={"file": ("a", b"x")}).status_code == 400


def test_only_steps_on_the_citizens_way_are_offered(house: House) -> None:
    house.citizen("chưa", "gặp người")
    page = house.member("Lan").get("/console/1").text
    offered = re.findall(r'<option value="([\w-]+)"', page)
    assert "di-muon" in offered
    assert "loai-nha" not in offered


def test_a_voice_plays_in_the_page(house: House) -> None:
    hoa, lan = house.citizen("gặp người"), house.member("Lan")
    hoa.post("/chat/file", files={"file": ("a.ogg", b"OggS" + b"0" * 60, "audio/ogg")})
    player = re.search(r'<audio src="(/tep/[^"]+/nghe)"', lan.get("/console/1").text)
    assert player
    assert lan.get(player[1]).headers["content-type"] == "audio/ogg"


def test_a_password_that_anybody_tries_first_is_refused(house: House) -> None:
    code, lan = invited(house.service, "Lan"), house.browser()
    for weak in ("12345678", "password", "matkhau1", "qwertyui", "11111111", "motcua12"):
        refused = lan.post("/console/join", data={"code": code, "password": weak})
        assert (weak, refused.status_code) == (weak, 422)
        assert "dễ đoán" in refused.text


@pytest.mark.slow
def test_strangers_elsewhere_lock_no_member_out(house: House) -> None:
    house.newcomer("Lan")
    at = {name: {"X-Forwarded-For": address} for name, address in (("stranger", "8.8.8.8"), ("lan", "9.9.9.9"))}
    wrong, right = {"name": "Lan", "password": "x" * 9}, {"name": "Lan", "password": PASSWORD}
    for _ in range(7):
        last = house.browser().post("/console/login", data=wrong, headers=at["stranger"])
    assert last.status_code == 429
    assert house.browser().post("/console/login", data=right, headers=at["lan"]).url.path == "/console"


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

"""The console over HTTP: a ticket is listed, read, answered, handed on and ended."""

import asyncio
import re
from datetime import timedelta
from html import unescape
from urllib.parse import quote

from bot import conversations
from bot.handoff import ticket_lists, tickets
from bot.store.tx import Tx
from flows.messages import OpenTicket
from flows.state import State
from tests.bot.house import OTHER, PASSWORD, House


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
    urgent = [one.urgent for one in asyncio.run(house.service.database.read(ticket_lists.list_waiting))]
    assert (urgent[0], sum(urgent)) == (True, 1)


def test_who_leads_ends_a_flood_at_once_but_no_danger_and_nothing_taken(house: House) -> None:
    lan, boss, far = house.member("Lan"), house.member("Sếp", "lead"), house.member("Xa", "lead", ("ban-khac",))
    _come(house, 21)
    house.browser().post("/chat", data={"text": "cháy nhà"})
    lan.post("/console/1/claim")
    assert "Khép 20 phiếu" in boss.get("/console").text
    assert "Khép" not in lan.get("/console").text
    lan.post("/console/flood")
    assert len(asyncio.run(house.service.database.read(ticket_lists.list_waiting))) == 21
    boss.post("/console/flood")
    left = [one.id for one in asyncio.run(house.service.database.read(ticket_lists.list_waiting))]
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

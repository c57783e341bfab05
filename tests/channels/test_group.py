"""The team's Telegram group: a topic for each ticket, in which the team works."""

import asyncio
from contextlib import ExitStack
from pathlib import Path

from bot.handoff import tickets
from tests.channels.conftest import (
    Team,
    open_team,
)
from tests.conftest import MakeSettings, invited
from tests.emulators.server import wait_for
from tests.library import SHEET


def test_a_citizen_on_zalo_oa_and_lan_in_a_topic(team: Team) -> None:
    lan, hoa = team.member("Lan"), team.citizen()
    card = team.card()
    emulator = team.telegram.emulator
    assert emulator.topics.names[card.chat_id, card.thread_id] == "#1 · Làm nhà · xã Bản Mới"
    assert "Bà con:" not in card.text
    wait_for(lambda: (card.chat_id, card.message_id) in emulator.pinned)
    team.post(lan.tap(card, "<claim>"))
    team.heard("[person_came]")
    assert team.said("Bà con: gặp người").thread_id == card.thread_id
    assert team.said("[group_claimed] 1 Lan").thread_id == card.thread_id
    team.types(lan, "Chào bác, em là Lan", card)
    team.heard("[person_says] Chào bác, em là Lan")
    team.types(lan, "// bác này ở Bản Pò", card)
    team.oa.post(hoa.text("<b>chị ơi</b> *cái này* sao"))
    assert team.said("[says] 1 <b>chị ơi</b> *cái này* sao").thread_id == card.thread_id
    team.post(lan.tap(card, "<done>"))
    team.heard("[person_done]")
    done = team.said("[group_done] 1 Lan")
    wait_for(lambda: (card.chat_id, card.thread_id) in emulator.topics.closed)
    team.post(lan.tap(done, "[outcome in_person]"))
    wait_for(lambda: emulator.answers and "[outcome_kept]" in emulator.answers[-1].get("text", ""))
    team.oa.hears(hoa.text("<helped>"))
    team.oa.hears(hoa.text("5"))
    found = asyncio.run(team.service.database.read(lambda c: tickets.get(c, 1)))
    assert found
    assert (found.state, found.agent, found.outcome, found.stars) == ("resolved", "Lan", "in_person", 5)
    assert not any("Bản Pò" in sent.text for sent in team.oa.sent)


def test_what_the_citizen_said_stands_in_the_group_once_it_is_taken_there(team: Team) -> None:
    lan, minh = team.member("Lan"), team.member("Minh")
    for _ in range(3):
        team.citizen()
    card = team.card(3)
    team.telegram.hears(minh.text("nhận 1"))
    team.said("[group_claimed] 1 Minh")
    team.post(lan.tap(card, "<canned>"))
    team.said("[group_canned] 3")
    assert not any("Bà con:" in sent.text for sent in team.in_group())
    team.types(lan, "Chào bác", card)
    team.said("Bà con: gặp người")
    team.types(lan, "Em đây", card)
    team.heard("[person_says] Em đây")
    assert [sent.thread_id for sent in team.in_group() if "Bà con: gặp người" in sent.text] == [card.thread_id]


def test_a_commune_has_a_group_of_its_own(make_settings: MakeSettings, content_dir: Path) -> None:
    with ExitStack() as stack:
        team = open_team(make_settings, stack, shared=False)
        other = team.telegram.emulator.group(-1_001_234_567_891, forum=True)
        commune = content_dir / "communes" / "ban-moi.yaml"
        commune.write_text(f'{commune.read_text("utf-8")}\nteam: {{telegram_chat: "{team.group.id}"}}\n', "utf-8")
        team.service.content.reload_if_edited()
        lan, hoa = team.member("Lan"), team.citizen()
        card = team.card()
        team.post(lan.group_text(other, "Chào bác", thread=card.thread_id))
        team.post(lan.tap(card, "<claim>"))
        team.heard("[person_came]")
        team.types(lan, "Em đây", card)
        team.heard("[person_says] Em đây")
        team.oa.hears(hoa.text("xoadulieu"))
        team.oa.hears(hoa.text("<erase>"))
        wait_for(lambda: (card.chat_id, card.thread_id) not in team.telegram.emulator.topics.names)
        assert not any("Chào bác" in sent.text for sent in team.oa.sent)


def test_a_ready_answer_is_shown_before_it_is_sent(team: Team) -> None:
    lan, _ = team.member("Lan"), team.citizen()
    team.post(lan.tap(team.card(), "<canned>"))
    offered = team.said("[group_canned] 1")
    team.post(lan.tap(offered, "Địa chỉ"))
    shown = team.said("Ở nhà sàn giữa bản.")
    assert not any("[person_says]" in sent.text for sent in team.oa.sent)
    team.post(lan.tap(shown, "[send_it]"))
    team.heard("[person_says] Ở nhà sàn giữa bản.")
    assert team.state() == ("claimed", "Lan")


def test_a_ready_answer_with_a_guide_is_shown_and_sent_with_it(team: Team, content_dir: Path) -> None:
    (content_dir / "canned.yaml").write_text(SHEET, "utf-8")
    team.service.content.reload_if_edited()
    lan, _ = team.member("Lan"), team.citizen()
    team.post(lan.tap(team.card(), "<canned>"))
    team.post(lan.tap(team.said("[group_canned] 1"), "Tờ hướng dẫn"))
    team.post(lan.tap(team.said("📎 Làm nhà.pdf"), "[send_it]"))
    wait_for(lambda: any(sent.content.kind == "file" for sent in team.oa.sent))
    team.heard("[person_says] Tờ của Làm nhà đây bác")


def test_a_ticket_is_handed_on_with_two_taps(team: Team) -> None:
    lan, minh, hoa = team.member("Lan"), team.member("Minh"), team.citizen()
    card = team.card()
    team.post(lan.tap(card, "<claim>"))
    team.said("[group_claimed] 1 Lan")
    team.post(lan.tap(card, "<transfer>"))
    asked = team.said("[group_transfer] 1")
    assert [label for row in asked.buttons for label, _ in row] == ["Minh"]
    team.post(lan.tap(asked, "Minh"))
    team.said("[group_handed] 1 Lan Minh")
    assert team.state() == ("claimed", "Minh")
    team.types(minh, "Em là Minh, em giúp tiếp", card)
    team.heard("[person_says] Em là Minh, em giúp tiếp")
    team.post(lan.tap(asked, "Minh"))
    wait_for(lambda: "[not_yours]" in team.telegram.emulator.answers[-1].get("text", ""))
    assert hoa


def test_alone_there_is_nobody_to_hand_it_to(team: Team) -> None:
    lan = team.member("Lan")
    team.citizen()
    team.post(lan.tap(team.card(), "<transfer>"))
    team.said("[group_alone]")


def test_it_opens_again_in_its_own_topic(team: Team) -> None:
    lan, hoa = team.member("Lan"), team.citizen()
    card = team.card()
    team.post(lan.tap(card, "<done>"))
    wait_for(lambda: team.telegram.emulator.topics.closed)
    team.oa.hears(hoa.text("<not_helped>"))
    assert team.card(2).thread_id == card.thread_id
    wait_for(lambda: not team.telegram.emulator.topics.closed)


def test_fifty_taps_at_once_have_one_winner(team: Team) -> None:
    members = [team.member(f"Nguoi{n}") for n in range(5)]
    team.citizen()
    card = team.card()
    taps = [member.tap(card, "<claim>") for member in members for _ in range(10)]

    async def all_at_once() -> None:
        await asyncio.gather(*(asyncio.to_thread(team.post, tap) for tap in taps))

    asyncio.run(all_at_once())
    answers = team.telegram.emulator.answers
    wait_for(lambda: len(answers) == 50)
    state, winner = team.state()
    assert state == "claimed"
    assert sum(answer.get("text") == f"[taken] {winner} 1" for answer in answers) == 40
    assert len([sent for sent in team.in_group() if "[group_claimed]" in sent.text]) == 1


def test_who_is_not_in_the_team_is_told_and_reaches_nobody(team: Team) -> None:
    team.citizen()
    card, stranger = team.card(), team.telegram.emulator.user(700_000_900, "Người lạ")
    team.types(stranger, "Bác chuyển tiền cho tôi", card)
    assert team.said("[group_stranger] Người lạ").thread_id == card.thread_id
    for button in ("<claim>", "<done>", "<release>", "<canned>"):
        team.post(stranger.tap(card, button))
    wait_for(lambda: len(team.telegram.emulator.answers) == 4)
    assert all("[group_stranger]" in answer["text"] for answer in team.telegram.emulator.answers)
    assert team.state() == ("waiting", None)
    assert not any("chuyển tiền" in sent.text for sent in team.oa.sent)


def test_what_is_said_elsewhere_in_the_group_goes_nowhere(team: Team) -> None:
    lan, _ = team.member("Lan"), team.citizen()
    card = team.card()
    team.post(lan.group_text(team.group, "trưa nay ăn gì"))
    team.post(lan.group_text(team.group, "nhận 99"))
    for odd in ("claim:x:", "claim:99999999999999999999:", "x:1:", "", "say:1:xin chào", "outcome:1:helped"):
        tap = lan.tap(card, "<claim>")
        tap["callback_query"]["data"] = odd
        team.post(tap)
    team.post(lan.group_text(team.group, "nhận 1"))
    team.said("[group_claimed] 1 Lan")
    assert not any("ăn gì" in sent.text for sent in team.oa.sent)


def test_a_picture_and_a_mended_word_go_through(team: Team) -> None:
    lan, _ = team.member("Lan"), team.citizen()
    card = team.card()
    team.post(lan.group_photo(team.group, card.thread_id))
    team.heard("[person_says] [attached] <photo> http")
    update = lan.group_text(team.group, "Chào bác", thread=card.thread_id)
    team.post(update)
    team.post(lan.edited(update, "Chào bác Hoa"))
    team.heard("[edited_line] Chào bác Hoa")
    note = lan.group_text(team.group, "// bác hay quên", thread=card.thread_id)
    team.post(note)
    team.post(lan.edited(note, "// bác hay quên lắm"))
    team.types(lan, "Em đây", card)
    team.heard("[person_says] Em đây")
    assert not any("hay quên" in sent.text for sent in team.oa.sent)


def test_who_speaks_with_the_citizen_in_a_private_chat_hears_them_there_only(team: Team) -> None:
    lan, hoa = team.member("Lan"), team.citizen()
    team.card()
    team.telegram.hears(lan.text("nhận 1"))
    team.oa.post(hoa.text("chị ơi"))
    wait_for(lambda: any(s.chat_id == lan.id and "[says] 1 chị ơi" in s.text for s in team.telegram.sent))
    assert not any("chị ơi" in sent.text for sent in team.in_group())


def test_the_topic_follows_what_is_done_elsewhere(team: Team) -> None:
    lan, minh, hoa = team.member("Lan"), team.member("Minh"), team.citizen()
    card, closed = team.card(), team.telegram.emulator.topics.closed
    team.telegram.hears(lan.text("nhận 1"))
    team.said("[group_claimed] 1 Lan")
    team.telegram.hears(lan.text("chuyển 1 Minh"))
    team.said("[group_handed] 1 Lan Minh")
    team.telegram.hears(minh.text("thả 1"))
    team.said("[released] 1")
    team.telegram.hears(minh.text("nhận 1"))
    team.telegram.hears(minh.text("xong"))
    done = team.said("[group_done] 1 Minh")
    wait_for(lambda: (card.chat_id, card.thread_id) in closed)
    team.post(minh.tap(done, "[outcome wrong]"))
    wait_for(lambda: any("[outcome_kept]" in one.get("text", "") for one in team.telegram.emulator.answers))
    team.oa.hears(hoa.text("<not_helped>"))
    wait_for(lambda: not closed)
    team.telegram.hears(lan.text("nhận 1"))
    team.oa.hears(hoa.text("quay lại bot"))
    team.said("[citizen_left] 1")
    wait_for(lambda: (card.chat_id, card.thread_id) in closed)


def test_who_works_on_zalo_hears_the_citizen_there_too(team: Team) -> None:
    lan = team.oa.emulator.user("749274748538909999")
    team.oa.hears(lan.text(invited(team.service, "Lan")))
    hoa, _ = team.citizen(), team.citizen()
    team.card(2)
    for number in (1, 2):
        team.oa.post(lan.text(f"nhận {number}"))
        team.heard(f"[claimed] {number}")
    team.oa.post(hoa.text("tin của phiếu một"))
    team.heard("[says_other] 1 tin của phiếu một")
    team.said("[says] 1 tin của phiếu một")

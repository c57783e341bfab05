"""The team's Telegram group where something is amiss: no topics, no right, another group, nobody who reads."""

import asyncio

import pytest
from sqlalchemy import delete, insert, select

from bot.store.tables import telegram_topics
from bot.store.tx import Tx
from tests.channels.conftest import (
    Team,
)
from tests.conftest import invited
from tests.emulators.server import wait_for
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.telegram_user import Group


def test_a_topic_of_the_group_before_is_not_taken_for_one_of_this(team: Team) -> None:
    lan, _ = team.member("Lan"), team.citizen()
    card = team.card()
    team.citizen()
    team.card(2)
    before = {"place": f"-1001{team.group.id}#2", "thread": card.thread_id, "card": 5}

    def mixed(c: Tx) -> None:
        this = telegram_topics.c.thread == card.thread_id
        row = dict(c.execute(select(telegram_topics).where(this)).mappings().one())
        c.execute(delete(telegram_topics).where(this))
        for each in (before, row):
            c.execute(insert(telegram_topics).values(each))

    asyncio.run(team.service.database.write(mixed))
    team.types(lan, "Chào bác", card)
    team.heard("[person_says] Chào bác")
    assert (team.state(1), team.state(2)) == (("claimed", "Lan"), ("waiting", None))


@pytest.mark.parametrize("trouble", ["deleted", "closed", "no right", "not a forum"])
def test_without_its_topic_the_ticket_goes_on_in_the_group(team: Team, trouble: str) -> None:
    emulator: TelegramEmulator = team.telegram.emulator
    lan = team.member("Lan")
    if trouble == "no right":
        emulator.topics.allowed = False
    hoa = team.citizen()
    card = team.card()
    if trouble == "deleted":
        emulator.delete_topic(card)
    elif trouble == "closed":
        emulator.topics.closed.add((card.chat_id, card.thread_id or 0))
        emulator.topics.allowed = False
    elif trouble == "not a forum":
        emulator.topics.names.clear()
        emulator.learn(lan.adds_bot(Group(team.group.id, team.group.title)))
    team.post(lan.tap(card, "<claim>"))
    claimed = team.said("[group_claimed] 1 Lan")
    assert claimed.thread_id is None
    team.oa.post(hoa.text("chị ơi"))
    said = team.said("[says] 1 chị ơi")
    assert said.thread_id is None
    team.post(lan.group_text(team.group, "Em đây bác", reply_to=said))
    team.heard("[person_says] Em đây bác")


def test_a_group_without_topics_answers_by_replies(plain: Team) -> None:
    lan, hoa = plain.member("Lan"), plain.citizen()
    card = plain.card()
    assert card.thread_id is None
    plain.post(lan.group_text(plain.group, "Chào bác", reply_to=card))
    plain.heard("[person_says] Chào bác")
    plain.oa.post(hoa.text("em ơi"))
    said = plain.said("[says] 1 em ơi")
    message = plain.telegram.emulator.message(said)
    assert message["reply_to_message"]["message_id"] == card.message_id
    plain.post(lan.group_text(plain.group, "Không gửi ai"))
    plain.post(lan.group_text(plain.group, "// ghi", reply_to=said))
    plain.post(lan.group_text(plain.group, "Em đây", reply_to=said))
    plain.heard("[person_says] Em đây")
    assert not any("Không gửi ai" in sent.text or "ghi" in sent.text for sent in plain.oa.sent)


def test_a_group_that_becomes_a_supergroup_is_followed(plain: Team) -> None:
    lan, hoa = plain.member("Lan"), plain.citizen()
    plain.card()
    plain.group = plain.telegram.emulator.migrate(plain.group, -1_009_999_999_999)
    plain.oa.post(hoa.text("bác đợi lâu quá"))
    plain.citizen()
    card = plain.card()
    assert "[alert] 2" in card.text
    plain.post(lan.group_text(plain.group, "Chào bác", reply_to=card))
    plain.heard("[person_says] Chào bác")
    assert plain.state(2) == ("claimed", "Lan")


def test_a_group_that_is_gone_is_told_to_who_leads_and_the_ticket_waits_elsewhere(team: Team) -> None:
    lead, lan = team.member("Trưởng", "lead"), team.member("Lan")
    team.telegram.emulator.block(team.group.id)
    team.citizen()
    wait_for(lambda: any(s.chat_id == lead.id and "[group_lost] 1" in s.text for s in team.telegram.sent))
    assert not any(s.chat_id == lan.id and "[group_lost]" in s.text for s in team.telegram.sent)
    team.telegram.hears(lan.text("nhận 1"))
    assert team.state() == ("claimed", "Lan")


def test_an_admin_who_hides_behind_the_groups_name_is_told(team: Team) -> None:
    lan, _ = team.member("Lan"), team.citizen()
    card = team.card()
    update = lan.group_text(team.group, "Chào bác", thread=card.thread_id)
    hidden = {"id": 1_087_968_824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    update["message"] |= {"from": hidden, "sender_chat": update["message"]["chat"]}
    team.post(update)
    assert team.said("[group_anonymous]").thread_id == card.thread_id
    assert team.state() == ("waiting", None)


def test_a_member_of_another_commune_is_told_so(team: Team) -> None:
    team.citizen()
    card, xa = team.card(), team.telegram.emulator.user(700_000_555, "Xa")
    team.telegram.hears(xa.text(invited(team.service, "Xa", communes=("ban-khac",))))
    team.types(xa, "tôi giúp", card)
    team.said("[group_elsewhere] Xa")
    assert team.state() == ("waiting", None)


def test_who_answers_where_a_ticket_is_erased_hears_that_nobody_reads_it(plain: Team) -> None:
    """They still saw it while it was being deleted."""
    lan, hoa = plain.member("Lan"), plain.citizen()
    card = plain.card()
    answer, claim = lan.group_text(plain.group, "Bác còn đó không", reply_to=card), lan.tap(card, "<claim>")
    plain.oa.hears(hoa.text("xoadulieu"))
    plain.oa.hears(hoa.text("<erase>"))
    plain.post(answer)
    plain.said("[group_gone] 1")
    plain.post(claim)
    wait_for(lambda: any("[group_gone]" in one.get("text", "") for one in plain.telegram.emulator.answers))


def test_a_reply_that_names_a_command_is_said_to_the_citizen(plain: Team) -> None:
    lan, _ = plain.member("Lan"), plain.citizen()
    plain.post(lan.group_text(plain.group, "Bác gõ /nguoi nhé", reply_to=plain.card()))
    plain.heard("[person_says] Bác gõ /nguoi nhé")


def test_telegram_makes_no_picture_of_a_persons_file(team: Team) -> None:
    lan, hoa = team.member("Lan"), team.citizen()
    card = team.card()
    team.telegram.hears(lan.text("nhận 1"))
    team.oa.post(hoa.image())
    wait_for(lambda: any("/tep/" in sent.text for sent in team.telegram.sent))
    for sent in team.telegram.sent:
        hidden = team.telegram.emulator.message(sent).get("link_preview_options") == {"is_disabled": True}
        assert hidden == ("/tep/" in sent.text)
    assert card

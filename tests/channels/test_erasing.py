"""Who erases their data: what the team's Telegram group and chats hold of them goes too, or somebody is asked to delete it."""

import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from bot.store.tables import outbox, tickets
from bot.store.tx import Tx
from tests.channels.conftest import Team
from tests.emulators.server import wait_for


def erase(team: Team, hoa: Any) -> None:
    team.oa.hears(hoa.text("xoadulieu"))
    team.oa.hears(hoa.text("<erase>"))


def reads(team: Team, chat: int) -> str:
    return "\n".join(team.telegram.emulator.reads(chat))


def days_pass(team: Team, days: int) -> None:
    """What happened so far happened this long ago."""
    pending = select(outbox.c.id).where(outbox.c.state == "pending")
    wait_for(lambda: not asyncio.run(team.service.database.read(lambda c: c.execute(pending).all())))

    def work(tx: Tx) -> None:
        for table, columns in ((outbox, ("created_at", "done_at")), (tickets, ("opened_at",))):
            for row in tx.execute(table.select()):
                earlier = {name: row._mapping[name] - timedelta(days) for name in columns if row._mapping[name]}
                tx.execute(update(table).where(table.c.id == row.id).values(earlier))

    asyncio.run(team.service.database.write(work))


def taken(team: Team) -> Any:
    """A citizen whose ticket Lan took in the group, so that their words stand there."""
    lan, hoa = team.member("Lan"), team.citizen()
    team.post(lan.tap(team.card(), "<claim>"))
    team.said("Bà con: gặp người")
    return hoa


def test_a_topic_goes_with_all_that_was_said_in_it(team: Team) -> None:
    lan, hoa = team.member("Lan"), team.citizen()
    card = team.card()
    team.types(lan, "Chào bác Sính ở Bản Pò", card)
    team.heard("[person_says] Chào bác Sính")
    team.said("Bà con: gặp người")
    days_pass(team, 30)
    erase(team, hoa)
    wait_for(lambda: (card.chat_id, card.thread_id) not in team.telegram.emulator.topics.names)
    assert team.said("[erased] 1").thread_id is None
    assert "gặp người" not in reads(team, team.group.id)
    assert "Sính" not in reads(team, team.group.id)


def test_who_leads_is_asked_where_the_bot_has_no_right_to(team: Team) -> None:
    chief, hoa = team.member("Trưởng", "lead"), team.citizen()
    card = team.card()
    team.telegram.emulator.chats.may_delete = False
    erase(team, hoa)
    wait_for(lambda: "[recall_failed] #1" in reads(team, chief.id))
    assert (card.chat_id, card.thread_id) in team.telegram.emulator.topics.names


def test_without_topics_each_message_goes(plain: Team) -> None:
    hoa = taken(plain)
    erase(plain, hoa)
    plain.said("[erased] 1")
    wait_for(lambda: "gặp người" not in reads(plain, plain.group.id))


def test_the_group_is_asked_to_delete_what_is_too_old(plain: Team) -> None:
    hoa = taken(plain)
    days_pass(plain, 3)
    erase(plain, hoa)
    plain.said("[erased_by_hand] 1")
    assert "gặp người" in reads(plain, plain.group.id)


def test_a_members_own_chat_forgets_both_sides(team: Team) -> None:
    lan, hoa = team.member("Lan"), team.citizen()
    team.card()
    team.telegram.hears(lan.text("nhận 1"))
    team.telegram.hears(lan.text("Chào bác Sính"), 0)
    team.heard("[person_says] Chào bác Sính")
    team.oa.post(hoa.text("tôi tên Sính đây"))
    wait_for(lambda: "tôi tên Sính" in reads(team, lan.id))
    erase(team, hoa)
    wait_for(lambda: "[erased] 1" in reads(team, lan.id) and "Sính" not in reads(team, lan.id))


def test_words_that_a_member_never_had_are_not_asked_for(team: Team) -> None:
    """A call that somebody waits names nobody: whoever did no more than hear it is left in peace."""
    lan, hoa = team.member("Lan"), team.citizen()
    team.card()
    days_pass(team, 30)
    erase(team, hoa)
    team.said("[erased] 1")
    assert "[erased_by_hand]" not in reads(team, lan.id)

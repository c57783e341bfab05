"""A small town for a few minutes: every persona on every channel, platforms that misbehave, a team that helps."""

from pathlib import Path

from sqlalchemy import delete, select

from bot.conversations import CITIZEN
from bot.store.tables import outbox, transcript
from bot.store.tx import Tx
from tests.simulation.citizen import Move
from tests.simulation.judge import Verdict, compare, judge
from tests.simulation.persona import read
from tests.simulation.run import DONE, simulate
from tests.simulation.town import CHANNELS, town, write

PERSONAS = list(read().values())


def test_nobody_is_lost_nothing_comes_twice_and_everybody_gets_through(tmp_path: Path) -> None:
    report = simulate(tmp_path, PERSONAS, CHANNELS, citizens=28, seed=1, seconds=240, trouble=0.02)
    assert [(life.end, life.persona.id, life.phone.channel) for life in report.lives if life.end != DONE] == []
    assert report.verdict == Verdict()
    assert {(life.persona.id, life.phone.channel) for life in report.lives} == {
        (persona.id, channel) for persona in PERSONAS for channel in CHANNELS
    }
    assert sum(life.record.tickets for life in report.lives) > 3, "some had a person's help"


def test_the_judge_sees_what_is_lost_and_what_came_twice(tmp_path: Path) -> None:
    with town(tmp_path, ["telegram"]) as here:
        phone = here.phone("telegram", 1)
        for move in (Move("open", "na-ri_khai-sinh"), Move("say", "mất bao lâu?")):
            before = len(phone.heard())
            phone.do(move)
            assert here.settle(phone, before, 30)

        def verdict() -> Verdict:
            with here.service.database.engine.connect() as connection:
                return judge(Tx(connection, here.clock()), phone).verdict

        assert verdict() == Verdict()
        phone.made.append("chưa tới")
        assert verdict() == Verdict(lost=1)
        phone.made.pop()
        write(here.service, lambda tx: tx.execute(delete(transcript).where(transcript.c.author == CITIZEN)))
        assert verdict() == Verdict(lost=2)
        write(here.service, lambda tx: tx.execute(delete(outbox)))
        assert verdict() == Verdict(lost=2, doubled=len(phone.heard()))


def test_an_order_that_was_changed_is_no_loss() -> None:
    assert compare(["một", "hai"], ["hai", "một"]) == Verdict(disordered=1)
    assert compare(["một  hai\n"], ["một hai"]) == Verdict()


def test_a_phone_comes_back_once_its_post_is_made(tmp_path: Path) -> None:
    """However late the platform makes it, and whoever else calls meanwhile: what is said next is said after it."""
    with town(tmp_path, ["zalo-bot"]) as here:
        here.emulators["zalo-bot"].redelivery.reorder = 1.0
        phone = here.phone("zalo-bot", 1)
        phone.do(Move("say", "xin chào"))
        with here.service.database.engine.connect() as connection:
            said = connection.execute(select(transcript.c.text).where(transcript.c.author == CITIZEN)).scalars().all()
        assert said == ["xin chào"]


def test_what_comes_twice_on_a_phone_is_seen(tmp_path: Path) -> None:
    with town(tmp_path, ["zalo-bot"]) as here:
        phone = here.phone("zalo-bot", 1)
        phone.do(Move("say", "xin chào"))
        assert here.settle(phone, 0, 30)
        emulator = here.emulators["zalo-bot"]
        emulator.sent.append(emulator.sent[-1])
        with here.service.database.engine.connect() as connection:
            assert judge(Tx(connection, here.clock()), phone).verdict == Verdict(doubled=1)

"""One message, one turn, on both databases: idempotent, ordered, lost nowhere."""

import asyncio
import json
import threading
import traceback
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from bot import conversations
from bot.clock import now
from bot.errors import StoreUnavailable
from bot.messages import Inbound
from bot.service import Service, build_service
from bot.store.tables import conversations as conversation_table
from bot.store.tables import inbound, misses, outbox, tickets, transcript
from bot.store.tx import Tx
from flows.messages import Message
from flows.state import State
from tests.conftest import MakeSettings


@pytest.fixture
async def service(make_settings: MakeSettings) -> AsyncIterator[Service]:
    made = build_service(
        make_settings(zalo_bot_token="1:x", zalo_bot_secret="secret-of-8", zalo_bot_api="http://127.0.0.1:1")
    )
    await made.start()
    yield made
    await made.stop()


def said(text: str, id_: str, contact: str = "hoa") -> Inbound:
    return Inbound("zalo-bot", contact, id_, Message(text=text))


async def count(service: Service, table: object) -> int:
    return int(await service.database.read(lambda c: c.execute(select(func.count()).select_from(table)).scalar_one()))  # type: ignore[arg-type]


async def test_the_same_message_many_times_at_once_is_one_turn(service: Service) -> None:
    message = said("làm nhà", "m1")
    await asyncio.gather(*(service.turns.receive(message) for _ in range(20)))
    assert await count(service, inbound) == 1
    assert await count(service, outbox) == 1
    found = await service.database.read(lambda c: conversations.find_conversation(c, "zalo-bot", "hoa"))
    assert found
    assert found.state.epoch == 1


async def test_the_same_message_after_a_restart_is_no_turn(service: Service, make_settings: MakeSettings) -> None:
    await service.turns.receive(said("làm nhà", "m1"))
    await service.stop()
    again = build_service(service.settings)
    await again.start()
    await again.turns.receive(said("làm nhà", "m1"))
    assert await count(again, outbox) == 1
    await again.stop()


async def test_messages_of_many_people_at_once_each_get_their_turn(service: Service) -> None:
    await asyncio.gather(*(service.turns.receive(said("làm nhà", f"m{n}", f"person-{n}")) for n in range(60)))
    assert await count(service, conversation_table) == 60
    assert await count(service, outbox) == 60


async def test_different_messages_of_one_person_at_once_each_change_the_state_once(service: Service) -> None:
    """What ten leave that came at once is what ten leave that came one after another."""
    for contact in ("hoa", "lan"):
        await service.turns.receive(Inbound("zalo-bot", contact, f"s-{contact}", Message(start="ban-moi_lam-nha")))
    await asyncio.gather(*(service.turns.receive(said("blah", f"m{n}")) for n in range(10)))
    for n in range(10):
        await service.turns.receive(said("blah", f"n{n}", "lan"))
    state, lines = await kept_of(service, "hoa")
    assert (state, lines) == await kept_of(service, "lan")
    assert len(lines) == 22
    assert state["offered"] == ("misses",)
    assert await count(service, misses) == 2 * 10


async def test_who_says_much_at_once_lets_others_go_between(service: Service) -> None:
    await service.turns.receive(said("làm nhà", "m"))
    goes_on = threading.Event()

    def hold_conversation(tx: Tx) -> None:
        conversations.lock_or_begin(tx, "zalo-bot", "hoa", State(), service.settings.signing_key)
        goes_on.wait()

    held = asyncio.create_task(service.database.write(hold_conversation))
    much = [asyncio.create_task(service.turns.receive(said("blah", f"m{n}"))) for n in range(10)]
    other = asyncio.create_task(service.turns.receive(said("blah", "o", "lan")))
    await asyncio.sleep(0)  # all of them are on their way
    if service.database.is_sqlite:  # for whose one writer everybody waits
        goes_on.set()
    await other
    assert sum(task.done() for task in much) <= 1
    goes_on.set()
    await asyncio.gather(held, *much)


async def kept_of(service: Service, contact: str) -> tuple[dict[str, object], list[str]]:
    """Their state, without what only counts time, and all that was said."""
    found = await service.database.read(lambda c: conversations.find_conversation(c, "zalo-bot", contact))
    assert found
    lines = await service.database.read(lambda c: conversations.read_transcript(c, found.id))
    return found.state.model_dump(exclude={"last_at", "standstill"}), [line.text for line in lines]


async def test_a_turn_that_fails_leaves_nothing_and_harms_no_other(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("a bug")

    good = [service.turns.receive(said("làm nhà", f"m{n}", f"person-{n}")) for n in range(5)]
    bad = service.database.write(broken)
    results = await asyncio.gather(bad, *good, return_exceptions=True)
    assert isinstance(results[0], RuntimeError)
    assert not any(isinstance(result, Exception) for result in results[1:])
    assert await count(service, outbox) == 5


async def test_numbers_that_nobody_may_keep_never_reach_the_disk(
    service: Service, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    for n, text in enumerate(["số 001099012345", "gọi 0912 345 678", "otp 482193", "thẻ 9704123456789012"]):
        await service.turns.receive(said(text, f"m{n}"))
    await service.turns.receive(said("gặp người", "m9"))
    rows = await service.database.read(
        lambda c: [
            str(row)
            for table in (transcript, misses, tickets, outbox, conversation_table)
            for row in c.execute(select(table))
        ]
    )
    kept = "\n".join(rows) + caplog.text
    files = _bytes(tmp_path)
    for number in ("001099012345", "0912 345 678", "0912345678", "482193", "9704123456789012"):
        assert number not in kept
        assert number.encode() not in files
    assert "[số đã che]" in kept


async def test_an_error_of_the_database_tells_nothing_of_what_was_said(service: Service) -> None:
    await service.turns.receive(said("làm nhà", "m1"))
    clash = insert(conversation_table).values(
        id=1, channel="web", contact="chuyện riêng", state="chuyện riêng", created_at=now(), updated_at=now()
    )
    with pytest.raises(IntegrityError) as error:
        await service.database.write(lambda c: c.execute(clash))
    assert "riêng" not in "".join(traceback.format_exception(error.value))


def _bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("test.db*"))


@pytest.mark.parametrize(
    "text",
    [
        "\x00",
        "a\x00b",
        "\ud800",
        "\u202e\u200b",
        "😀" * 500,
        "x" * 10_000,
        "Ｆｕｌｌ",
        "\x1b[31m",
        "%s %(x)s {0} {x}",
        "'; DROP TABLE outbox; --",
    ],
)
async def test_odd_text_is_kept_and_answered_on_every_database(service: Service, text: str) -> None:
    await service.turns.receive(said(text, "m1"))
    assert await count(service, transcript) == 2


async def test_no_more_than_the_limit_is_kept(service: Service) -> None:
    await service.turns.receive(said("x" * 100_000, "m1"))
    await service.turns.receive(said("e\u0302\u0301" * 1500 + " 0912345678", "m2"))
    await service.turns.receive(said("y" * 1995 + " 0912345678", "m3"))
    lines = await service.database.read(lambda c: conversations.read_transcript(c, 1))
    heard = [line.text for line in lines if line.author == "citizen"]
    assert [len(text) for text in heard] == [2001, 1512, 2001]
    assert heard[1].startswith("ế" * 1500)
    assert "0912" not in "".join(heard)
    assert "[too_long]" in lines[1].text


@pytest.mark.parametrize("text", ["0912345678", "gọi em 0912 345 678 nhé", "sđt 0912345678"])
async def test_who_sends_a_phone_number_hears_what_became_of_it(service: Service, text: str) -> None:
    for n in range(3):
        await service.turns.receive(said(text, f"m{n}"))
    lines = await service.database.read(lambda c: [line.text for line in conversations.read_transcript(c, 1)])
    assert lines[1] == "[phone_masked]\n\n[intro]\n\n[menu]"
    assert lines[5] == "[phone_masked]\n\n[menu]"
    assert await count(service, misses) == 0


async def test_a_phone_number_beside_an_answer_is_in_nobodys_way(service: Service) -> None:
    await service.turns.receive(Inbound("zalo-bot", "hoa", "s", Message(start="ban-moi_lam-nha")))
    await service.turns.receive(Inbound("zalo-bot", "hoa", "s2", Message(text="tiếp tục")))
    await service.turns.receive(said("có rồi, 0912345678", "m1"))
    lines = await service.database.read(lambda c: [line.text for line in conversations.read_transcript(c, 1)])
    assert "Bác làm nhà gì?" in lines[-1]


async def test_a_second_request_for_a_person_keeps_to_the_one_ticket(service: Service) -> None:
    await service.turns.receive(said("gặp người", "m1"))
    await service.turns.receive(said("cho tôi gặp người với", "m2"))
    assert await count(service, tickets) == 1


async def test_who_blocks_the_bot_gets_nothing_more_and_who_comes_back_does(service: Service) -> None:
    await service.turns.receive(said("làm nhà", "m1"))
    await service.turns.receive(Inbound("zalo-bot", "hoa", "u1", kind="blocked"))
    states = await service.database.read(lambda c: c.execute(select(outbox.c.state)).scalars().all())
    assert set(states) == {"dead"}
    await service.turns.receive(said("làm nhà", "m2"))
    found = await service.database.read(lambda c: conversations.find_conversation(c, "zalo-bot", "hoa"))
    assert found
    assert not found.blocked


async def test_who_withdraws_is_forgotten(service: Service) -> None:
    await service.turns.receive(said("làm nhà", "m1"))
    await service.turns.receive(said("gặp người", "m2"))
    await service.turns.receive(Inbound("zalo-bot", "hoa", "w", kind="withdrawn"))
    for table in (transcript, tickets, misses, outbox):
        assert await count(service, table) == 0
    found = await service.database.read(lambda c: conversations.find_conversation(c, "zalo-bot", "hoa"))
    assert found
    assert found.state.procedure is None


async def test_erasing_leaves_only_the_farewell(service: Service) -> None:
    await service.turns.receive(said("làm nhà", "m1"))
    await service.turns.receive(said("/xoadulieu", "m2"))
    await service.turns.receive(said("1", "m3"))
    assert await count(service, transcript) == 1
    assert await count(service, outbox) == 1


async def test_a_citizen_can_see_what_is_kept(service: Service) -> None:
    for n, text in enumerate(["làm nhà", "bản mới", "blah", "gặp người", "/dulieucuatoi"]):
        await service.turns.receive(said(text, f"m{n}"))
    sent = await payloads(service)
    for kept in ("[doing] Làm nhà", "[ticket] 1 ", "[commune] xã Bản Mới", " blah", "(you): bản mới", "(bot): [intro]"):
        assert kept in sent
    assert sent.rindex("(you): bản mới") < sent.rindex("(bot): [commune_kept]") < sent.rindex("(you): blah")
    shown = sent[sent.rindex("[heading]") :]
    assert not any(sign in shown for sign in ('{"', "lam-nha", "None", "null"))


async def test_what_is_shown_is_not_kept_again(service: Service) -> None:
    for n in range(8):
        await service.turns.receive(said("/dulieucuatoi", f"m{n}"))
    lines = await service.database.read(lambda c: conversations.read_transcript(c, 1))
    assert len(lines) == 16
    assert max(len(line.text) for line in lines) < 200
    assert (await payloads(service)).count("[heading]") == 8


async def test_what_is_shown_is_capped_and_the_newest_stays(service: Service) -> None:
    for n in range(30):
        await service.turns.receive(said(f"{n} " + "x" * 1500, f"m{n}"))
    before = len(await payloads(service))
    await service.turns.receive(said("/dulieucuatoi", "last"))
    shown = (await payloads(service))[before:]
    assert len(shown) < 25_000
    assert "(you): 29 x" in shown
    assert "(you): 0 x" not in shown


async def payloads(service: Service) -> str:
    """Everything that was ever sent."""
    rows = await service.database.read(
        lambda c: c.execute(select(outbox.c.payload).order_by(outbox.c.id)).scalars().all()
    )
    return "\n".join(json.loads(row)["text"] for row in rows)


async def test_a_state_that_cannot_be_read_starts_afresh(service: Service) -> None:
    await service.turns.receive(said("làm nhà", "m1"))
    await service.database.write(lambda c: c.execute(conversation_table.update().values(state="{broken")))
    await service.turns.receive(said("làm nhà", "m2"))
    assert await count(service, outbox) == 2


async def test_without_a_database_nothing_is_accepted(make_settings: MakeSettings, tmp_path: Path) -> None:
    made = build_service(make_settings(database_url=f"sqlite:///{tmp_path}/nowhere/x.db"))
    with pytest.raises(StoreUnavailable):
        await made.turns.receive(said("làm nhà", "m1"))
    made.database.close()

"""The service stops in the middle of each state of a ticket; what follows goes on as if nothing had been."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import pytest

from bot.service import build_service
from tests.bot.conftest import Office
from tests.conftest import MakeSettings, look_after

pytestmark = pytest.mark.slow

Restart = Callable[[], Awaitable[None]]


@pytest.fixture
async def places(make_settings: MakeSettings) -> AsyncIterator[tuple[Office, Restart]]:
    """A team at work, and a way to stop the service and start it anew on what it had kept."""
    settings = make_settings(zalo_bot_token="1:x", zalo_bot_secret="secret-of-8", zalo_bot_api="http://127.0.0.1:1")
    made = Office(build_service(settings, lambda: made.now), datetime(2026, 11, 23, 2, tzinfo=UTC))
    await made.service.start()

    async def restart() -> None:
        await made.service.stop()
        made.service = build_service(settings, lambda: made.now)
        await made.service.start()

    await made.say("hoa", start="ban-moi_lam-nha")
    await made.say("hoa", "tiếp tục")
    for name in ("Lan", "Minh"):
        await made.hire(name)
    await made.hire("Trưởng", "lead")
    yield made, restart
    await made.service.stop()


async def test_while_it_waits(places: tuple[Office, Restart]) -> None:
    office, restart = places
    await office.say("hoa", "gặp người")
    await restart()
    await office.hears("hoa")
    await office.hears("lan")
    await office.passes(minutes=11)
    assert await office.hears("lan") == ["[reminder] 1 Làm nhà xã Bản Mới 11"]
    await restart()
    await look_after(office.service.turns)
    assert await office.hears("lan") == []
    await office.say("lan", "nhận 1")
    assert (await office.hears("hoa"))[-1] == "[person_came]"


async def test_while_somebody_helps(places: tuple[Office, Restart]) -> None:
    office, restart = places
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await restart()
    await office.say("lan", "em đây bác")
    assert (await office.hears("hoa"))[-1] == "[person_says] em đây bác"
    await office.passes(minutes=1)
    await office.say("hoa", "cảm ơn cháu")
    await restart()
    assert (await office.hears("lan"))[-1] == "[says] 1 cảm ơn cháu"
    await office.passes(minutes=31)
    assert await office.hears("lan") == ["[nudge] 1"]
    await restart()
    await look_after(office.service.turns)
    assert await office.hears("lan") == []
    await office.passes(minutes=30)
    assert await office.state() == ("waiting", None)
    assert await office.hears("lan") == ["[taken_back] 1"]


async def test_when_it_is_over_and_not_rated(places: tuple[Office, Restart]) -> None:
    office, restart = places
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await office.say("lan", "xong")
    await restart()
    assert "[rating]" in (await office.say("hoa", "<helped>"))[0]
    await restart()
    await office.say("hoa", "5")
    assert "[rated] 1 5" in (await office.hears("lan"))[-1]


async def test_when_it_is_open_again(places: tuple[Office, Restart]) -> None:
    office, restart = places
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await office.say("lan", "xong")
    await office.say("hoa", "<not_helped>")
    await office.hears("minh")
    await restart()
    assert await office.state() == ("waiting", None)
    await office.say("minh", "nhận 1")
    assert (await office.hears("hoa"))[-1] == "[person_came]"
    await office.say("minh", "Minh đây bác")
    assert (await office.hears("hoa"))[-1] == "[person_says] Minh đây bác"


async def test_two_replicas_that_start_together_do_each_thing_once(
    places: tuple[Office, Restart], make_settings: MakeSettings
) -> None:
    office, restart = places
    if office.service.database.is_sqlite:
        await restart()  # one process is all that SQLite serves
        others = []
    else:
        settings = make_settings(zalo_bot_token="1:x", zalo_bot_secret="secret-of-8", zalo_bot_api="http://127.0.0.1:1")
        others = [build_service(settings, lambda: office.now) for _ in range(2)]
    for other in others:
        await other.start()
    await office.say("hoa", "gặp người")
    await office.hears("lan")
    await office.passes(minutes=11)
    for other in others:
        await look_after(other.turns)
    assert await office.hears("lan") == ["[reminder] 1 Làm nhà xã Bản Mới 11"]
    for other in others:
        await other.stop()

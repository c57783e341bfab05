"""What an operator must mend is told to every admin once, and stands where monitors look."""

import httpx

from bot import alarms
from tests.bot.conftest import Office
from tests.conftest import MakeSettings, running


async def test_every_admin_hears_it_once(office: Office) -> None:
    await office.hire("Lan", "admin")
    await office.hire("Minh")
    for _ in range(2):
        await office.service.database.write(lambda c: alarms.set_off(c, "zalo_grant", "-14014", office.now))
        await office.passes(minutes=1)
    assert await office.hears("lan") == ["[alarm zalo_grant] -14014"]
    assert await office.hears("minh") == []


async def test_it_is_told_again_when_it_comes_back(office: Office) -> None:
    await office.hire("Lan", "admin")
    for _ in range(2):
        await office.service.database.write(lambda c: alarms.set_off(c, "zalo_grant", "x", office.now))
        await office.passes(minutes=1)
        assert await office.service.database.write(lambda c: alarms.end(c, "zalo_grant"))
    assert await office.hears("lan") == ["[alarm zalo_grant] x"] * 2


def test_it_stands_on_readyz(make_settings: MakeSettings) -> None:
    with running(make_settings()) as (url, service):
        assert httpx.get(f"{url}/readyz").json()["alarms"] == []
        with service.database.engine.begin() as connection:
            alarms.set_off(connection, "zalo_bot_quota", "429", service.clock())
        answer = httpx.get(f"{url}/readyz")
        assert (answer.status_code, answer.json()["alarms"]) == (200, ["zalo_bot_quota"])

"""What an operator must mend is told to every admin once, and stands where monitors look."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot import alarms
from bot.service import build_service
from bot.store.tx import Tx
from tests import patient
from tests.bot.conftest import Office
from tests.conftest import MakeSettings, running

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
ZALO_BOT = {"zalo_bot_token": "1:x", "zalo_bot_secret": "secret-of-8", "zalo_bot_api": "http://127.0.0.1:1"}


async def test_every_admin_hears_it_once(office: Office) -> None:
    await office.hire("Lan", "admin")
    await office.hire("Minh")
    for _ in range(2):
        await office.service.database.write(lambda c: alarms.set_off(c, "zalo_grant", "-14014"))
        await office.passes(minutes=1)
    assert await office.hears("lan") == ["[alarm zalo_grant] -14014"]
    assert await office.hears("minh") == []


async def test_one_that_comes_and_goes_is_told_once_in_half_an_hour(office: Office) -> None:
    await office.hire("Lan", "admin")
    database, told = office.service.database, []
    for minutes in (1, 10, 10, 10, 1):
        await database.write(lambda c: alarms.set_off(c, "zalo_grant", "x"))
        await office.passes(minutes=minutes)
        told.append(len(await office.hears("lan")))
        if minutes < 10 or len(told) < 4:
            assert await database.write(lambda c: alarms.end_alarm(c, "zalo_grant"))
    assert told == [1, 0, 0, 1, 0]


async def test_the_operators_chat_hears_it_too(make_settings: MakeSettings) -> None:
    office = Office(build_service(make_settings(**ZALO_BOT, alarm_chat="zalo-bot:nhom-may"), lambda: office.now), NOW)
    await office.service.start()
    await office.service.database.write(lambda c: alarms.set_off(c, "zalo_grant", "x"))
    await office.passes(minutes=1)
    assert await office.hears("nhom-may") == ["[alarm zalo_grant] x"]
    await office.service.stop()


async def test_a_new_national_snapshot_that_says_otherwise_is_told_once(
    make_settings: MakeSettings, content_dir: Path, tmp_path: Path
) -> None:
    file, snapshot = content_dir / "procedures" / "nuoi-meo.yaml", tmp_path / "national"
    code = 'facts:\n  code: {text: "1.000009", source: so-tay, checked: 2026-11-01}\n'
    fee = "differs: [{field: fee, because: Bản quốc gia không ghi, source: so-tay}]\n"
    file.write_text(file.read_text("utf-8").replace("facts:\n", f"{fee}{code}"), "utf-8")
    snapshot.mkdir()
    office = Office(build_service(make_settings(national_dir=snapshot, **ZALO_BOT), lambda: office.now), NOW)
    await office.service.start()
    await office.hire("Lan", "admin")
    told = []
    for name in ("Nuôi mèo", "Nuôi mèo nhà", "Nuôi mèo nhà", "Nuôi mèo"):
        (snapshot / f"{name}.txt").write_text(f"Mã thủ tục: 1.000009\nTên thủ tục: {name}\n", "utf-8")
        for old in snapshot.glob("*.txt"):
            if old.stem != name:
                old.unlink()
        await office.passes(hours=1)
        told += [sum("[alarm national]" in said for said in await office.hears("lan"))]
    standing = await office.service.database.read(lambda tx: alarms.standing_about(tx, "national"))
    await office.service.stop()
    assert (told, standing) == ([0, 1, 0, 0], set())


@pytest.mark.parametrize("chat", ["nhom-may", "web:1", "telegram:", "telegram:a b"])
def test_a_chat_that_is_none_is_refused(make_settings: MakeSettings, chat: str) -> None:
    with pytest.raises(ValidationError, match="alarm_chat"):
        make_settings(alarm_chat=chat)


def test_it_stands_on_readyz(make_settings: MakeSettings) -> None:
    with running(make_settings()) as (url, service):
        assert patient.get(f"{url}/readyz").json()["alarms"] == []
        with service.database.engine.begin() as connection:
            alarms.set_off(Tx(connection, service.clock()), "zalo_bot_quota", "429")
        answer = patient.get(f"{url}/readyz")
        assert (answer.status_code, answer.json()["alarms"]) == (200, ["zalo_bot_quota"])

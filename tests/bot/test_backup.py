"""A copy is made while the service runs; put back, talks go on, and nothing is said twice. From each database into each."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select
from typer.testing import CliRunner

from bot import backup as copies
from bot.cli import app
from bot.service import build_service
from bot.store.database import Database
from bot.store.migrate import migrate
from bot.store.tables import files, follow_ups, key_values, outbox, tickets
from tests.bot.conftest import Office
from tests.bot.test_command import motcua
from tests.conftest import ENGINES, MakeSettings

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content_dir: Path, database_url: str) -> None:
    monkeypatch.setenv("MOTCUA_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MOTCUA_CONTENT_DIR", str(content_dir))
    monkeypatch.setenv("MOTCUA_DATABASE_URL", database_url)


async def command(*words: str) -> tuple[int, str]:
    """What `motcua` ends with and says; it runs a loop of its own."""
    return await asyncio.to_thread(motcua, *words)


@pytest.fixture(params=ENGINES)
def target_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'elsewhere' / 'motcua.db'}"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


async def test_a_talk_goes_on_after_a_copy_is_put_back(
    office: Office, make_settings: MakeSettings, tmp_path: Path, target_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.hire("Lan")
    await office.say("hoa", "có rồi")
    await office.say("minh", "gặp người")
    await office.say("lan", "nhận 1")
    picture = {"conversation_id": 1, "channel": "web", "kind": "photo", "reference": "", "name": "ảnh"}
    row = {**picture, "content": bytes(range(256)) * 1000, "at": office.now}
    await office.service.database.write(lambda c: c.execute(insert(files).values(row)))
    await office.say("la", "gặp người")
    seen = await _highest(office)
    await office.say("la", "xoadulieu")
    await office.say("la", "1")
    waits = await _in_state(office, "pending")
    assert waits

    copy = tmp_path / "copy.db"
    code, out = await command("backup", str(copy))
    assert code == 0, out
    assert copy.stat().st_mode & 0o077 == 0
    await office.say("hoa", "nhà gỗ")  # lost with what is put back
    await office.service.stop()
    monkeypatch.setenv("MOTCUA_DATABASE_URL", target_url)
    code, out = await command("restore", str(copy))
    assert code == 0, out
    assert f"{waits} tin đang chờ" in out

    restored = make_settings(
        database_url=target_url,
        zalo_bot_token="1:x",
        zalo_bot_secret="secret-of-8",
        zalo_bot_api="http://127.0.0.1:1",
        late_answer_hours=10_000,
    )
    office.service = build_service(restored, lambda: office.now)
    await office.service.start()
    assert (await _in_state(office, "pending"), await _in_state(office, "dead")) == (0, waits)
    assert "mấy tầng" in " ".join(await office.say("hoa", "nhà gỗ"))
    await office.say("lan", "em đây bác")
    assert (await office.hears("minh"))[-1] == "[person_says] em đây bác"
    await office.say("la", "gặp người")
    assert await _highest(office) > seen, "an id that somebody has seen names nothing else"
    kept = await office.service.database.read(lambda c: c.execute(select(files.c.content)).scalars().all())
    assert kept == [row["content"]]


async def _in_state(office: Office, state: str) -> int:
    query = select(func.count()).select_from(outbox).where(outbox.c.state == state)
    return await office.service.database.read(lambda c: c.execute(query).scalar_one())


async def _highest(office: Office) -> int:
    return await office.service.database.read(lambda c: c.execute(select(func.max(tickets.c.id))).scalar_one())


async def test_who_was_to_be_asked_meanwhile_how_it_went_is_not_asked_again(office: Office, tmp_path: Path) -> None:
    await office.say("minh", start="ban-moi_lam-nha")
    due = [
        {"conversation_id": number, "procedure": "lam-nha", "due_at": office.now + timedelta(days=days)}
        for number, days in ((1, 1), (2, 3))
    ]
    await office.service.database.write(lambda c: c.execute(insert(follow_ups), due))
    copies.back_up(office.service.database, tmp_path / "copy.db")
    restored = Database(f"sqlite:///{tmp_path / 'restored.db'}")
    copies.restore(tmp_path / "copy.db", restored, tmp_path, office.now + timedelta(days=2), lambda *_: None)
    assert await restored.read(lambda c: c.execute(select(follow_ups.c.conversation_id)).scalars().all()) == [2]
    restored.close()


async def test_a_folder_keeps_the_newest_copies_and_no_older_one_is_overwritten(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    names = [f"motcua-2026-11-{day}-021500.db" for day in (20, 21, 22)]
    for name in (*names, "another.db"):
        (folder / name).touch()
    assert (await command("backup", str(folder), "--keep", "2"))[0] == 0
    left = sorted(file.name for file in folder.iterdir())
    assert (len(left), left[:2]) == (3, ["another.db", names[-1]])
    made = await office.service.database.read(copies.last)
    assert made is not None

    code, out = await command("backup", str(folder / "another.db"))
    assert (code, "is there already" in out, (folder / "another.db").stat().st_size) == (1, True, 0)
    assert (await command("backup", str(tmp_path / "no-folder"), "--keep", "2"))[0] == 1
    assert sorted(file.name for file in folder.iterdir()) == left, "nothing half-made stays"


async def test_a_copy_leaves_for_another_machine_and_comes_back_through_pipes(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = await asyncio.to_thread(CliRunner().invoke, app, ["backup", "-"])
    assert (sent.exit_code, sent.stdout_bytes[:15]) == (0, b"SQLite format 3")
    monkeypatch.setenv("MOTCUA_DATABASE_URL", f"sqlite:///{tmp_path / 'restored.db'}")
    taken = await asyncio.to_thread(CliRunner().invoke, app, ["restore", "-"], input=sent.stdout_bytes)
    assert taken.exit_code == 0, taken.output
    with closing(sqlite3.connect(tmp_path / "restored.db")) as restored:
        assert restored.execute("SELECT count(*) FROM conversations").fetchone() == (1,)
    assert list((tmp_path / "data").iterdir()) == []


async def test_what_can_not_be_put_back_changes_nothing(office: Office, tmp_path: Path) -> None:
    """Nor is anything put over a database that is in use: one that a service holds, or that holds something."""
    good, broken, foreign, newer = (tmp_path / f"{name}.db" for name in ("good", "broken", "foreign", "newer"))
    assert (await command("backup", str(good)))[0] == 0
    code, out = await command("restore", str(good))
    assert code == 1
    assert "Another Motcua serves" in out or "not empty" in out
    await office.service.stop()

    data = bytearray(good.read_bytes())
    data[4096 * 3 : 4096 * 9] = bytes(4096 * 6)
    broken.write_bytes(data)
    with closing(sqlite3.connect(foreign)) as other:
        other.execute("CREATE TABLE x (y)")
    newer.write_bytes(good.read_bytes())
    with closing(sqlite3.connect(newer)) as changed, changed:
        changed.execute("UPDATE alembic_version SET version_num = '9999'")
    before = await _everything(office)
    for file, why in ((broken, ""), (foreign, "no backup"), (newer, "newer version"), (tmp_path / "nowhere", "")):
        code, out = await command("restore", str(file))
        assert (code, "Chưa lấy lại gì cả" in out or "Không có tệp" in out, why in out) == (1, True, True), out
    assert await _everything(office) == before


async def _everything(office: Office) -> list[object]:
    database = Database(office.service.settings.store_url)
    found = await database.read(
        lambda c: [*c.execute(select(outbox).order_by(outbox.c.id)), *c.execute(select(key_values))]
    )
    database.close()
    return found


def test_what_stood_there_is_laid_aside(tmp_path: Path, sqlite_url: str) -> None:
    place = tmp_path / "motcua.db"
    database = Database(sqlite_url)
    copies.back_up(database, tmp_path / "copy.db")
    database.close()
    place.write_bytes(b"whatever was left of it")
    target = Database(f"sqlite:///{place}")
    now = datetime(2026, 11, 24, 2, 15, tzinfo=UTC)
    assert copies.restore(tmp_path / "copy.db", target, tmp_path, now, lambda *_: None) == 0
    target.close()
    assert (tmp_path / "motcua.db.20261124-021500").read_bytes() == b"whatever was left of it"
    assert place.stat().st_mode & 0o077 == 0


async def test_tables_of_another_version_are_not_copied(empty_postgres_url: str, tmp_path: Path) -> None:
    database = Database(empty_postgres_url)
    migrate(database, "0019")
    with pytest.raises(copies.NotBackedUp, match=r"0019.*start the service once"):
        copies.back_up(database, tmp_path / "copy.db")
    database.close()
    assert not (tmp_path / "copy.db").exists()

"""From SQLite to PostgreSQL: everything arrives, talks go on, nothing is overwritten."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, insert, select

from bot.service import build_service
from bot.store.database import Database
from bot.store.process_lock import acquire_lock
from bot.store.tables import agents, files, key_values, metadata, tickets
from tests.bot.conftest import Office
from tests.bot.test_command import motcua
from tests.conftest import MakeSettings

pytestmark = pytest.mark.slow


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'motcua.db'}"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content_dir: Path) -> None:
    monkeypatch.setenv("MOTCUA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MOTCUA_CONTENT_DIR", str(content_dir))


async def _talk(office: Office) -> int:
    """A citizen on the way, one with a person, a picture, an agent; and a ticket that somebody saw and that is gone: its id."""
    await office.hire("Lan")
    await office.say("hoa", "có rồi")
    await office.say("minh", start="ban-moi_nuoi-meo")
    await office.say("minh", "tiếp tục")
    await office.say("minh", "gặp người")
    await office.say("lan", "nhận 1")
    await office.say("la", start="ban-moi_nuoi-meo")
    await office.say("la", "tiếp tục")
    await office.say("la", "gặp người")
    gone = await _newest(office)
    await office.say("la", "xoadulieu")
    await office.say("la", "1")
    assert await _newest(office) < gone
    picture = {"conversation_id": 1, "channel": "web", "kind": "photo", "reference": "", "name": "ảnh"}
    row = {**picture, "content": bytes(range(256)) * 1000, "at": office.now}
    await office.service.database.write(lambda c: c.execute(insert(files).values(row)))
    return gone


async def _newest(office: Office) -> int:
    newest = select(func.max(tickets.c.id))
    return await office.service.database.read(lambda c: c.execute(newest).scalar_one())


async def test_a_talk_goes_on_after_the_move(
    office: Office, make_settings: MakeSettings, empty_postgres_url: str
) -> None:
    gone = await _talk(office)
    database = office.service.database
    await office.service.stop()
    code, out = motcua("database", "move", empty_postgres_url)
    assert code == 0, out
    assert "MOTCUA_DATABASE_URL" in out
    assert _counts(f"sqlite:///{database.engine.url.database}") == _counts(empty_postgres_url)

    moved = make_settings(
        database_url=empty_postgres_url,
        zalo_bot_token="1:x",
        zalo_bot_secret="secret-of-8",
        zalo_bot_api="http://127.0.0.1:1",
    )
    office.service = build_service(moved, lambda: office.now)
    await office.service.start()
    assert "Bác làm nhà gì?" not in await office.hears("hoa")
    assert any("mấy tầng" in text for text in await office.say("hoa", "nhà gỗ"))
    await office.say("lan", "em đây bác")
    assert (await office.hears("minh"))[-1] == "[person_says] em đây bác"
    await office.say("hoa", "gặp người")
    assert await _newest(office) > gone, "an id that somebody has seen names nothing else"


async def test_a_target_that_holds_something_is_left_alone(office: Office, postgres_url: str) -> None:
    await office.service.stop()
    target = Database(postgres_url)
    with target.engine.begin() as connection:
        connection.execute(insert(key_values).values(key="mine", value="x"))
    code, out = motcua("database", "move", postgres_url)
    assert (code, "not empty (keep)" in out) == (1, True)
    assert sum(_counts(postgres_url).values()) == 1
    target.close()


async def test_what_one_table_refuses_leaves_the_target_empty(office: Office, empty_postgres_url: str) -> None:
    """SQLite keeps what PostgreSQL does not take: a text that is too long."""
    long = {"name": "x" * 61, "role": "member", "communes": "[]", "created_at": office.now}
    await office.service.database.write(lambda c: c.execute(insert(agents).values(long)))
    await office.service.stop()
    code, out = motcua("database", "move", empty_postgres_url)
    assert (code, "Chưa chuyển gì cả" in out) == (1, True)
    assert sum(_counts(empty_postgres_url).values()) == 0


def test_a_running_service_is_not_moved(tmp_path: Path, database_url: str, empty_postgres_url: str) -> None:
    database = Database(database_url)
    running = acquire_lock(database)
    assert running
    code, out = motcua("database", "move", empty_postgres_url)
    assert (code, "Another Motcua serves" in out) == (1, True)
    running.close()
    database.close()


def test_only_towards_postgresql(tmp_path: Path) -> None:
    assert motcua("database", "move", f"sqlite:///{tmp_path / 'other.db'}")[0] == 1
    assert "Địa chỉ không đọc được" in motcua("database", "move", "nowhere")[1]


def _counts(url: str) -> dict[str, int]:
    engine = create_engine(url)
    with engine.connect() as connection:
        query = {table.name: select(func.count()).select_from(table) for table in metadata.sorted_tables}
        found = {name: connection.execute(count).scalar_one() for name, count in query.items()}
    engine.dispose()
    return found

"""What a start costs a small server."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.store.database import Database
from bot.store.migrate import migrate

RARE = "alembic psycopg typst zxcvbn"  # a new version, PostgreSQL, posters, a new password: 7 to 12 MB each

START = f"""
import sys
import bot.cli, webhook
from bot.store.database import Database
from bot.store.migrate import migrate
migrate(Database(sys.argv[1]))
print(*(name for name in "{RARE}".split() if name in sys.modules))
"""


@pytest.mark.slow
def test_what_is_rarely_needed_is_not_loaded_at_the_start(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    database = Database(url)
    migrate(database)
    database.close()
    started = subprocess.run([sys.executable, "-c", START, url], capture_output=True, text=True, check=True)
    assert started.stdout.split() == []

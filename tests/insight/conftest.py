"""A service with two communes and a clock that moves."""

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.service import build_service
from tests.conftest import MakeSettings
from tests.insight.month import Clock, Month
from tests.library import COMMUNE

SEED = 20261125


@pytest.fixture
async def month(make_settings: MakeSettings, content_dir: Path) -> AsyncIterator[Month]:
    old = COMMUNE.replace("ban-moi", "ban-cu").replace("Bản Mới", "Bản Cũ").replace("[Bản Cũ, Bản Xa]", "[]")
    (content_dir / "communes" / "ban-cu.yaml").write_text(old, "utf-8")
    settings = make_settings(zalo_bot_token="1:x", zalo_bot_secret="secret-of-8", zalo_bot_api="http://127.0.0.1:1")
    clock = Clock()
    made = Month(build_service(settings, clock), clock, random.Random(SEED))
    yield made  # without its loops: nothing is delivered, upkeep comes once a day
    made.service.database.close()

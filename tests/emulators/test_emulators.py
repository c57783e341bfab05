"""The server under every emulator, and the fixture files."""

from typing import Any

import httpx
import pytest
import telegram as ptb
from starlette.applications import Starlette

from tests.emulators.emulator import Json
from tests.emulators.inbox import get, samples
from tests.emulators.server import serve, wait_for


def test_a_served_app_stops_with_its_block() -> None:
    with serve(Starlette()) as base:
        assert get(base).status_code == 404
    with pytest.raises(httpx.ConnectError):
        get(base)


def test_an_app_that_cannot_start_says_so() -> None:
    async def fails(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    with pytest.raises(RuntimeError, match="did not start"), serve(fails):
        pass


def test_waiting_has_an_end() -> None:
    with pytest.raises(AssertionError, match="not seen"):
        wait_for(lambda: False, timeout=0.01)


@pytest.mark.parametrize(("name", "least"), [("zalo_oa.jsonl", 30), ("zalo_bot.jsonl", 8), ("telegram.jsonl", 30)])
def test_fixtures_are_whole(name: str, least: int) -> None:
    assert len(samples(name)) >= least


@pytest.mark.parametrize("update", samples("telegram.jsonl"), ids=lambda update: str(update["update_id"]))
def test_python_telegram_bot_reads_the_fixtures(update: Json) -> None:
    assert ptb.Update.de_json(update, None).update_id == update["update_id"]

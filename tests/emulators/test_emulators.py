"""The server under every emulator, and the fixture files."""

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
import telegram as ptb
from starlette.applications import Starlette

from tests.emulators.emulator import Json
from tests.emulators.inbox import Inbox, get, post, samples, verified
from tests.emulators.server import serve, wait_for
from tests.emulators.zalo_bot import ZaloBotEmulator
from tests.emulators.zalo_oa import ZaloOAEmulator

ROOT = Path(__file__).parents[2]


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


def test_the_sample_in_the_documentation_runs() -> None:
    page = (ROOT / "docs" / "gia-lap.md").read_text("utf-8")
    [sample] = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    exec(compile(sample, "gia-lap.md", "exec"), {})


def test_a_share_of_the_calls_fails_and_changes_nothing(bot: ZaloBotEmulator) -> None:
    bot.learn(bot.user("hoa").text("Chào"))
    bot.faults.sometimes(0.5, 502)
    said = {"chat_id": "hoa", "text": "a"}
    got = [post(f"{bot.base}/bot{bot.token}/sendMessage", json=said).status_code for _ in range(40)]
    assert 5 < got.count(502) < 35
    assert len(bot.sent) == got.count(200) == 40 - got.count(502)


@pytest.mark.parametrize(("name", "least"), [("zalo_oa.jsonl", 30), ("zalo_bot.jsonl", 8), ("telegram.jsonl", 30)])
def test_fixtures_are_whole(name: str, least: int) -> None:
    assert len(samples(name)) >= least


@pytest.mark.parametrize("update", samples("telegram.jsonl"), ids=lambda update: str(update["update_id"]))
def test_python_telegram_bot_reads_the_fixtures(update: Json) -> None:
    assert ptb.Update.de_json(update, None).update_id == update["update_id"]


@pytest.mark.parametrize("platform", ["telegram", "zalo-oa", "zalo-bot"])
def test_one_runs_alone_and_prints_the_call_that_writes_to_a_citizen(platform: str) -> None:
    command = [sys.executable, "-m", "tests.emulators", platform]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as alone:
        assert alone.stdout
        line = next(line for line in alone.stdout if line.startswith("curl"))
        _, url, *options = shlex.split(line)
        *lines, body = options[1::2]  # each after its -H or -d
        headers = dict(line.split(": ") for line in lines)
        assert post(url, headers=headers, content=body.encode()).status_code == 200
        assert next(alone.stdout).startswith("< Chào bác")
        alone.terminate()


def test_what_is_typed_to_one_that_runs_alone_reaches_the_webhook(hook: str, inbox: Inbox) -> None:
    command = [sys.executable, "-m", "tests.emulators", "zalo-oa", "--webhook", hook]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as alone:
        assert alone.stdin
        print("Em ơi", file=alone.stdin, flush=True)
        wait_for(lambda: inbox.got)
        alone.terminate()
    assert [event["message"]["text"] for event in inbox.events] == ["Em ơi"]
    assert verified(ZaloOAEmulator().oa_secret, *inbox.got[0])

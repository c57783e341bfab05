"""Print how far a reader of the code has to walk: `make house`. Guides, no gates.

Files that a message enters, long signatures, names of one word, docstrings that don't say what is done, the longest way down.
"""

import ast
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import grimp

from bot.settings import Settings
from tests.conftest import SECRETS, running
from tests.emulators.emulator import Json
from tests.emulators.server import wait_for
from tests.emulators.telegram import Sent, TelegramEmulator
from tests.emulators.telegram_user import TelegramUser

ROOT = Path(__file__).parent.parent
_OURS = ("bot", "flows")
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_SECRET = "secret"
_LONG = 5  # parameters of a signature that is counted, without self
_SETTLED = 0.5  # seconds after an answer came in which its row is noted as sent


def main() -> None:
    functions = [*_functions()]
    names = [each.name for each in functions if not each.name.startswith("__")]
    short = sum("_" not in name.strip("_") for name in names)
    chain = _longest_chain()
    for measure, found in {
        **_walks(),
        "functions": f"{len(functions)}",
        f"functions with {_LONG} parameters or more": f"{sum(_parameters(each) >= _LONG for each in functions)}",
        "names of one word": f"{short / len(names):.0%} of {len(names)}",
        "D401 hits": f"{_ruff('D401')}",
        "longest import chain": f"{len(chain)}: {' > '.join(chain)}",
    }.items():
        print(f"{measure:36}{found}")


def _files() -> Iterator[Path]:
    """Every file of the product but migrations, which are written once and stay."""
    yield ROOT / "webhook.py"
    for folder in _OURS:
        yield from (file for file in sorted((ROOT / folder).rglob("*.py")) if "versions" not in file.parts)


# Signatures and names


def _functions() -> Iterator[_Function]:
    for file in _files():
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, _Function):
                yield node


def _parameters(function: _Function) -> int:
    given = function.args
    names = [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len(names) - (names[:1] in (["self"], ["cls"]))


def _ruff(rule: str) -> int:
    """How often a rule is broken in bot/ and flows/, whatever pyproject.toml lets pass."""
    command = [
        str(Path(sys.executable).parent / "ruff"),
        "check",
        "--isolated",
        "--select",
        rule,
        "--output-format",
        "json",
    ]
    return len(json.loads(subprocess.run([*command, *_OURS], cwd=ROOT, capture_output=True, check=False).stdout))


# Imports


def _longest_chain() -> list[str]:
    """The longest way down from module to module; there is no circle, or import-linter would say so."""
    graph = grimp.build_graph(*_OURS, cache_dir=None, include_external_packages=True)
    below = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    below["webhook"] = {name for name in _imported(ROOT / "webhook.py") if name in graph.modules}
    longest: dict[str, list[str]] = {}

    def walk(module: str) -> list[str]:
        if module not in longest:
            ours = (other for other in sorted(below.get(module, ())) if other.split(".")[0] in (*_OURS, "webhook"))
            longest[module] = [module, *max(map(walk, ours), key=len, default=[])]
        return longest[module]

    return max(map(walk, sorted(below)), key=len)


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)


# Messages


class _Trace:
    """What is entered of our own code, in every thread that started since this was made."""

    def __init__(self) -> None:
        self.on = False
        self.entered: set[tuple[str, str]] = set()
        self._files = {str(file): str(file.relative_to(ROOT)) for file in _files()}
        threading.setprofile(self._note)

    def during(self, act: Callable[[], object]) -> str:
        """Return how many files and functions `act` enters."""
        self.entered.clear()
        self.on = True
        act()
        time.sleep(_SETTLED)
        self.on = False
        return f"{len({file for file, _ in self.entered})} files, {len(self.entered)} functions"

    def _note(self, frame: FrameType, event: str, arg: object) -> None:
        if self.on and event == "call" and (file := self._files.get(frame.f_code.co_filename)):
            self.entered.add((file, frame.f_code.co_qualname))


def _walks() -> dict[str, str]:
    """Telegram, SQLite, the content that we ship. One citizen goes before, so that what is made once is not counted."""
    trace = _Trace()
    with tempfile.TemporaryDirectory() as folder, TelegramEmulator() as telegram:
        telegram.pace.on = False
        given = {"telegram_token": telegram.token, "telegram_secret": _SECRET, "telegram_api": telegram.base, **SECRETS}
        calm = {"telegram_paced": False, "content_poll": 3600}
        with running(Settings.model_validate({"data_dir": folder, **given, **calm})) as (url, _):
            _walk(telegram, url, telegram.user(700_000_001), trace)
            return _walk(telegram, url, telegram.user(700_000_002), trace)


def _walk(telegram: TelegramEmulator, url: str, citizen: TelegramUser, trace: _Trace) -> dict[str, str]:
    def hears(event: Json) -> Sent:
        before = len(telegram.sent)
        assert telegram.post(event, f"{url}/webhook/telegram", _SECRET).status_code == 200
        return wait_for(lambda: [each for each in telegram.sent[before:] if each.method == "sendMessage"])[-1]

    def taps(sent: Sent) -> Sent:
        return hears(citizen.tap(sent, sent.buttons[0][0][0]))

    question = taps(hears(citizen.start("na-ri_lop-1")))
    return {
        "a tap": trace.during(lambda: taps(question)),
        "“gặp người”": trace.during(lambda: hears(citizen.text("gặp người"))),
    }


if __name__ == "__main__":
    main()

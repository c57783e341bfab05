"""`python -m bench [NAME …] [--write]`: measures, prints one table, and writes it into docs/benchmarks.md if asked to."""

import argparse
import asyncio
import os
import platform
import re
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

from bench import accept, end_to_end, growth, latency, memory, understanding
from bench.contenders import PEERS
from bench.process import ROOT, cores
from bench.table import Row, show

_PAGE = ROOT / "docs" / "benchmarks.md"
_BETWEEN = re.compile(r"(?<=<!-- measured -->\n).*(?=<!-- /measured -->)", re.DOTALL)
_ALL = {
    "accept": accept.run,
    "end_to_end": end_to_end.run,
    "growth": growth.run,
    "memory": memory.run,
    "latency": latency.run,
    "understanding": understanding.run,
}
_PACKAGES = ("fastapi", "uvicorn", "sqlalchemy", "psycopg", "aiohttp", "python-telegram-bot")


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    asked.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(_ALL)}; all when none is given")
    asked.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    given = asked.parse_args()
    if unknown := set(given.names) - set(_ALL):
        asked.error(f"no such benchmark: {', '.join(unknown)}")
    machine = _machine()
    os.sched_setaffinity(0, cores()[1])  # what measures stays away from what is measured
    rows: list[Row] = []
    for name in given.names or _ALL:
        print(f"… {name}", flush=True)
        rows += asyncio.run(_ALL[name]())
    found = f"{machine}\n\n{show(rows)}\n"
    print(found)
    if given.write:
        _PAGE.write_text(_BETWEEN.sub(lambda _: f"\n{found}\n", _PAGE.read_text()))


def _machine() -> str:
    """What was measured on what, in Markdown."""
    model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    peers = _peers()
    return "\n".join(
        (
            f"- Machine: {model[1] if model else platform.machine()}, {os.cpu_count()} cores, {memory_gb:.0f} GB, "
            f"{platform.system()} {platform.release()}; load before the run {os.getloadavg()[0]:.1f}",
            f"- Versions: Python {platform.python_version()}, "
            + ", ".join(f"{name} {version(name)}" for name in _PACKAGES),
            f"- Peers: {peers or 'not installed'}",
            f"- Command: `make bench`, commit {_said('git', '-C', str(ROOT), 'rev-parse', '--short', 'HEAD')}",
        )
    )


def _peers() -> str:
    said = [
        line
        for line in _said(str(PEERS / "bin" / "pip"), "freeze").split()
        if line.startswith(("aiogram", "python-tel"))
    ]
    redis = _said("redis-server", "--version").split()
    said += [f"Redis {part[2:]}" for part in redis if part.startswith("v=")]
    if shutil.which("node") and (PEERS / "node_modules").is_dir():
        said.append(f"Node {_said('node', '--version')} with grammY 1.46.0")
    return ", ".join(said)


def _said(*command: str) -> str:
    """What a command prints, "" when there is none."""
    if not shutil.which(command[0]):
        return ""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    main()

"""Everybody who takes the same posts of Telegram and says the same words, as processes to be measured and killed."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from bench import motcua, script
from bench.names import SECRET, TOKEN
from bench.process import ROOT, Process, free_port

PEERS = ROOT / ".venv" / "peers"
_PYTHON = str(PEERS / "bin" / "python")
_CODE = ROOT / "bench" / "peers"


@dataclass(frozen=True)
class Contender:
    """
    Attributes:
        league: "durable": nothing that was answered 200 is lost by a crash; "as shipped": as its makers deliver it; "same
            client": durable, and its calls go over aiohttp.
        processes: all that it is made of; the last takes the posts.
    """

    league: str
    name: str
    processes: tuple[Process, ...]

    @property
    def port(self) -> int:
        return self.processes[-1].port

    @property
    def cpu(self) -> float:
        return sum(process.cpu for process in self.processes)

    async def start(self) -> None:
        for process in self.processes:
            await process.start()

    def kill(self) -> None:
        for process in self.processes:
            process.kill()


def everybody(folder: Path, platform: int) -> list[Contender]:
    """Those that are installed here; what is missing is said."""
    talk = folder / "talk.json"
    talk.write_text(script.as_json(script.typed()))
    found = [
        Contender(league, "Motcua", (motcua.process("motcua", folder / f"motcua {league}", platform),))
        for league in ("durable", "as shipped", "same client")
    ]
    for league, client in (("durable", "httpx"), ("as shipped", "httpx"), ("same client", "aiohttp")):
        found.append(Contender(league, "python-telegram-bot + pickle", (_ptb(folder, platform, talk, league, client),)))
    if not shutil.which("redis-server"):
        print(
            "redis-server is not installed: aiogram and grammY are left out (on Debian: sudo apt install redis-server)"
        )
        return found
    for league in ("durable", "as shipped", "same client"):
        found.append(Contender(league, "aiogram + Redis", _aiogram(folder, platform, talk, league)))
    if not (PEERS / "node_modules").is_dir():
        print("node is not installed: grammY is left out")
        return found
    return [*found, *(_grammy(folder, platform, talk, league) for league in ("durable", "as shipped"))]


def _ptb(folder: Path, platform: int, talk: Path, league: str, client: str) -> Process:
    port, name = free_port(), f"ptb {league}"
    given = (str(port), str(platform), str(talk), client, _promise(league))
    return Process(name, [_PYTHON, str(_CODE / "ptb_pickle.py"), *given], {}, port, folder / name)


def _aiogram(folder: Path, platform: int, talk: Path, league: str) -> tuple[Process, ...]:
    port, name, redis = free_port(), f"aiogram {league}", _redis(folder / f"redis of aiogram {league}", league)
    given = (str(port), str(redis.port), str(platform), str(talk), _promise(league))
    return redis, Process(name, [_PYTHON, str(_CODE / "aiogram_redis.py"), *given], {}, port, folder / name)


def _grammy(folder: Path, platform: int, talk: Path, league: str) -> Contender:
    port, name, redis = free_port(), f"grammy {league}", _redis(folder / f"redis of grammy {league}", league)
    given = (str(port), str(redis.port), str(platform), str(talk), SECRET, TOKEN)
    process = Process(name, ["node", str(PEERS / "grammy.mjs"), *given], {}, port, folder / name)
    return Contender(league, "grammY + Redis", (redis, process))


def _redis(folder: Path, league: str) -> Process:
    """As Debian ships it, Redis saves a snapshot now and then; to be durable it is told to write every change to disk."""
    port, keeps = free_port(), ("--appendonly", "yes", "--appendfsync", "always")
    told = ("--port", str(port), "--bind", "127.0.0.1", "--dir", ".", *(() if league == "as shipped" else keeps))
    return Process("redis", ["redis-server", *told], {}, port, folder)


def _promise(league: str) -> str:
    return "shipped" if league == "as shipped" else "durable"


def installed() -> None:
    if not PEERS.is_dir():
        sys.exit("The peers are not installed: run `make bench`, or `make .venv/ready-bench` first.")

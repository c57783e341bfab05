"""The service itself, as a process to be measured."""

import sys
from pathlib import Path

from bench.names import APP, KEY, OA, SECRET, TOKEN
from bench.process import Process, free_port


def process(name: str, folder: Path, platform: int, *, accepting: bool = False, **settings: str) -> Process:
    """`motcua serve` with Telegram and Zalo OA on, whose platforms listen on this port. `accepting`: it sends nothing."""
    port, stub = free_port(), f"http://127.0.0.1:{platform}"
    chosen = {
        "data_dir": str(folder),
        "port": str(port),
        "secret": "a-secret-for-benchmarks",
        "telegram_token": TOKEN,
        "telegram_secret": SECRET,
        "telegram_api": stub,
        "telegram_paced": "false",
        "zalo_oa_app_id": APP,
        "zalo_oa_id": OA,
        "zalo_oa_secret_key": KEY,
        "zalo_oa_app_secret": "app-secret",
        "zalo_oa_access_token": "access",
        "zalo_oa_refresh_token": "refresh",
        "zalo_oa_api": stub,
        "person_burst": "1000000000",
        **settings,
    }
    env = {f"MOTCUA_{key.upper()}": value for key, value in chosen.items()}
    run = ["-m", "bench.accepting"] if accepting else ["-c", "from bot.cli import app; app(['serve'])"]
    return Process(name, [sys.executable, *run], env, port, folder)

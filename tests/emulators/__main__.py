"""Run one emulator alone: `python -m tests.emulators telegram`. What you type, a citizen says; what your bot sends is printed.

A citizen has written already, so that they may be written to. Loopback only; Ctrl+C ends it.
"""

import argparse
import sys
import time
from threading import Thread
from typing import Any

from tests.emulators.emulator import NotDelivered
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.zalo_bot import ZaloBotEmulator
from tests.emulators.zalo_oa import ZaloOAEmulator

_LOOK = 0.2  # seconds between looks at what was sent, and at what has to be posted again


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.emulators", description=__doc__)
    asked.add_argument("platform", choices=("telegram", "zalo-oa", "zalo-bot"))
    asked.add_argument("--webhook", default="", help="where Zalo OA posts to; the others are told by setWebhook")
    given = asked.parse_args()
    with _made(given.platform, given.webhook) as emulator:
        citizen = emulator.user()
        emulator.learn(citizen.text("Chào"))
        print(_hello(emulator, citizen.id), flush=True)
        Thread(target=_listen, args=(emulator, citizen), daemon=True).start()
        try:
            _watch(emulator)
        except KeyboardInterrupt:
            return


def _made(platform: str, webhook: str) -> Any:
    if platform == "telegram":
        return TelegramEmulator(allow_loopback=True)
    if platform == "zalo-bot":
        return ZaloBotEmulator(allow_loopback=True)
    emulator = ZaloOAEmulator()
    emulator.webhook_url = webhook
    return emulator


def _hello(emulator: Any, citizen: object) -> str:
    """Return what a caller needs: the address with its token, and whom to write to."""
    if isinstance(emulator, ZaloOAEmulator):
        body = f'{{"recipient": {{"user_id": "{citizen}"}}, "message": {{"text": "Chào bác"}}}}'
        keys = f"app {emulator.app_id}, secret key {emulator.oa_secret}, refresh token {emulator.grants.refresh}\n"
        path, header = "/v3.0/oa/message/cs", f" -H 'access_token: {emulator.grants.access}'"
    else:
        body = f'{{"chat_id": "{citizen}", "text": "Chào bác"}}'
        keys, path, header = "", f"/bot{emulator.token}/sendMessage", ""
    return f"{keys}curl {emulator.base}{path}{header} -H 'Content-Type: application/json' -d '{body}'"


def _listen(emulator: Any, citizen: Any) -> None:
    for line in sys.stdin:
        try:
            emulator.dispatch(citizen.text(line.strip()))
        except NotDelivered as why:
            print(f"not posted: {why}", flush=True)


def _watch(emulator: Any) -> None:
    shown = 0
    while True:
        for sent in emulator.sent[shown:]:
            print(f"< {sent.text} {' '.join(f'[{label}]' for row in sent.buttons for label, _ in row)}", flush=True)
            shown += 1
        emulator.redelivery.deliver()
        time.sleep(_LOOK)


if __name__ == "__main__":
    main()

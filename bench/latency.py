"""How long one post of Zalo OA waits for its 200 while others come steadily: at half of what is the most, and at 100 a second.

The waits count from when a post was due, so that a stall is felt by all who come in it. Everything is delivered as well.
"""

import tempfile
from pathlib import Path

from bench import motcua, posts, script
from bench.crowd import Burst, Crowd
from bench.platform import Platform
from bench.table import Row, spread

_ROUNDS, _SECONDS, _IN_FLIGHT = 5, 5.0, 32
_PREPARED = 3000  # messages a second whose bytes are made beforehand
_STEADY = 100.0  # posts a second
_SECTION = "How long a post waits, ms"


async def run() -> list[Row]:
    with tempfile.TemporaryDirectory(dir=".") as folder:
        async with Platform().open() as platform:
            service = motcua.process("motcua", Path(folder).resolve() / "motcua", platform.port)
            crowd = Crowd(posts.zalo_oa, script.tapped())
            try:
                await service.start()
                crowd.prepare(int(_PREPARED * _SECONDS))
                most = (await crowd.burst(service.port, _IN_FLIGHT, _SECONDS, platform)).rate
                found: dict[float, list[Burst]] = {most / 2: [], _STEADY: []}
                for _ in range(_ROUNDS):
                    for rate, bursts in found.items():
                        crowd.prepare(int(rate * _SECONDS))
                        bursts.append(await crowd.steady(service.port, rate, _SECONDS))
            finally:
                service.kill()
    half, steady = found.values()
    return [_row(f"at {most / 2:.0f} a second, half of the most", half), _row("at 100 a second", steady, "p99 < 100")]


def _row(what: str, bursts: list[Burst], goal: str = "") -> Row:
    p50, p99 = ([getattr(burst, name) * 1000 for burst in bursts] for name in ("p50", "p99"))
    refused = sum(burst.refused for burst in bursts)
    return Row(
        _SECTION,
        what,
        f"p50 {spread(p50, digits=1)}, p99 {spread(p99, digits=1)}",
        goal=goal,
        note=f"refused {refused}",
    )

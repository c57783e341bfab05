"""A citizen sees that somebody of the team is typing to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from tests import patient
from tests.channels.conftest import Platform
from tests.conftest import invited


@pytest.fixture(params=["telegram", "zalo_bot"])
def platform(request: pytest.FixtureRequest) -> Platform:
    found: Platform = request.getfixturevalue(request.param)
    return found


@contextmanager
def member(platform: Platform, name: str) -> Iterator[httpx.Client]:
    with patient.client(base_url=platform.url) as console:
        console.post("/console/join", data={"code": invited(platform.service, name), "password": "con gà cục tác"})
        yield console


def waits(platform: Platform) -> Any:
    """Hoa, whose ticket 1 nobody has taken yet."""
    hoa = platform.emulator.user()
    for said in ("làm nhà", "bản mới", "gặp người"):
        platform.hears(hoa.text(said))
    return hoa


def test_only_whoever_has_the_ticket_is_seen_typing(platform: Platform) -> None:
    hoa = waits(platform)
    with (
        member(platform, "Lan") as lan,
        member(platform, "Minh") as minh,
        patient.client(base_url=platform.url) as stranger,
    ):
        assert lan.post("/console/1/typing").status_code == 204
        assert platform.emulator.typing == []
        lan.post("/console/1/answer", data={"text": "Em đây ạ"})
        assert lan.post("/console/1/typing").status_code == 204
        assert lan.post("/console/1/typing").status_code == 204, "so soon after, it is shown already"
        assert minh.post("/console/1/typing").status_code == 204
        assert stranger.post("/console/1/typing").status_code == 303
        assert lan.post("/console/99/typing").status_code == 204
    assert platform.emulator.typing == [str(hoa.id)]


def test_a_platform_that_does_not_show_it_disturbs_nobody(platform: Platform) -> None:
    waits(platform)
    with member(platform, "Lan") as lan:
        lan.post("/console/1/answer", data={"text": "Em đây ạ"})
        platform.emulator.faults.fail(500, times=1, only="sendChatAction")
        assert lan.post("/console/1/typing").status_code == 204
    assert platform.emulator.typing == []

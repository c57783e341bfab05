"""Who sees which numbers, and the files."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from bot.handoff.agents import Role
from bot.service import Service
from tests import patient
from tests.conftest import MakeSettings, give_second_factor, invited, running
from tests.insight.town import fill

Member = Callable[..., httpx.Client]
SECTIONS = ("", "/people", "/steps", "/outcomes", "/help", "/words")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def town(make_settings: MakeSettings) -> Iterator[tuple[str, Service]]:
    with running(make_settings(content_dir=Path(__file__).parents[2] / "content")) as (url, service):
        fill(service)
        yield url, service


@pytest.fixture
def member(town: tuple[str, Service]) -> Iterator[Member]:
    """Signs somebody in; nobody where there is no role."""
    url, service = town
    with ExitStack() as stack:

        def make(role: Role | None = "lead", *communes: str) -> httpx.Client:
            client = stack.enter_context(patient.client(base_url=url))
            if role:
                code = invited(service, f"Lan {role}", role, communes)
                client.post("/console/join", data={"code": code, "password": "con gà cục tác"})
                if role != "member":
                    give_second_factor(service, f"Lan {role}")
            return client

        yield make


def test_strangers_and_members_see_no_numbers(member: Member) -> None:
    stranger, lan = member(None), member("member")
    for path in (*SECTIONS, "/csv/communes", "/pdf?commune=na-ri"):
        assert stranger.get(f"/insight{path}").headers["location"] == "/console/login"
        assert lan.get(f"/insight{path}").headers["location"] == "/console"
    assert stranger.post("/insight/words", data={"text": "x"}).headers["location"] == "/console/login"


def test_a_lead_sees_their_own_communes_only(member: Member) -> None:
    lan = member("lead", "van-lang")
    for path in ("/people", "/help", "/outcomes"):
        for query in ("", "?commune=na-ri"):
            page = lan.get(f"/insight{path}{query}").text
            assert "xã Văn Lang" in page
            assert "xã Na Rì" not in page
            assert "Chưa rõ xã" not in page
    assert lan.get("/insight/pdf?commune=na-ri").status_code == 404
    assert "xã Na Rì" not in lan.get("/insight/csv/communes?commune=na-ri").text


def test_what_a_browser_makes_up_is_passed_over(member: Member) -> None:
    lan = member()
    for query in ("since=x&until=9999-99&commune=<b>&procedure=..", "since=2026-11&until=2001-01"):
        for path in SECTIONS:
            assert lan.get(f"/insight{path}?{query}").status_code == 200
    assert lan.get("/insight/csv/nothing").status_code == 404
    assert lan.get("/insight/nothing").status_code == 200


def test_every_table_comes_as_a_file_that_spreadsheets_read(member: Member) -> None:
    answer = member().get("/insight/csv/communes")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    first, *rows = answer.text.splitlines()
    assert first == "\ufeffXã,Người đã hỏi máy,Người đi hết hướng dẫn"
    assert "xã Côn Minh,< 5,< 5" in rows


def test_the_page_for_the_chairman_is_one_page(member: Member) -> None:
    answer = member().get("/insight/pdf?commune=na-ri")
    assert answer.headers["content-type"] == "application/pdf"
    assert len(re.findall(rb"/Type\s*/Page\b", answer.content)) <= 1  # the others may stand in a compressed part
    assert re.search(rb"/Count 1\b", answer.content)
    assert len(answer.content) < 100_000


def test_numbers_are_kept_out_of_caches(member: Member) -> None:
    lan = member()
    for path in ("", "/csv/communes", "/pdf?commune=na-ri"):
        assert lan.get(f"/insight{path}").headers["cache-control"] == "no-store"

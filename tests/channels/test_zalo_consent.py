"""The way to a grant: `motcua zalo authorize`, an admin's consent, and what comes back from it. And the proof of the domain."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from bot.cli import app
from bot.service import Service
from bot.store.tables import key_values, outbox
from tests import patient
from tests.channels.conftest import Platform, zalo_oa_settings
from tests.conftest import MakeSettings, running
from tests.emulators.server import wait_for
from tests.emulators.zalo_oa import ZaloOAEmulator

PUBLIC = "https://motcua.example.vn"
CALLBACK = f"{PUBLIC}/zalo/oauth/callback"
OAUTH = "/v4/oa/access_token"


@dataclass
class Town:
    """A service whose operator has copied no token, and the Official Account of its commune."""

    platform: Platform
    oa: ZaloOAEmulator

    @property
    def service(self) -> Service:
        return self.platform.service

    def authorize(self) -> str:
        """What the operator runs: the link for the OA's admin."""
        result = CliRunner().invoke(app, ["zalo", "authorize"])
        assert result.exit_code == 0, result.output
        assert CALLBACK in result.output
        found = re.search(r"http://127\S+/v4/oa/permission\S+", result.output)
        assert found
        return found[0]

    def consent(self, link: str) -> str:
        """The admin opens the link and consents: where Zalo sends their browser."""
        answer = patient.get(link)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"].replace(PUBLIC, self.platform.url)

    @property
    def alarms(self) -> list[str]:
        found: list[str] = patient.get(f"{self.platform.url}/readyz").json()["alarms"]
        return found

    @property
    def held_back(self) -> str | None:
        """Why a message waits: it was tried, and nobody is at the token any more."""
        query = select(outbox.c.error)
        return asyncio.run(self.platform.service.database.read(lambda c: c.execute(query).scalar()))


@pytest.fixture
def town(make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    with ExitStack() as stack:
        oa = stack.enter_context(ZaloOAEmulator(callback_url=CALLBACK))
        chosen = {**zalo_oa_settings(oa), "zalo_oa_access_token": "", "zalo_oa_refresh_token": "", "public_url": PUBLIC}
        settings = make_settings(**chosen)
        for name in ("database_url", "data_dir", "content_dir", "public_url", "zalo_oa_app_id", "zalo_oa_oauth"):
            monkeypatch.setenv(f"MOTCUA_{name.upper()}", str(getattr(settings, name)))
        monkeypatch.setenv("MOTCUA_SECRET", settings.secret.get_secret_value())
        url, service = stack.enter_context(running(settings))
        yield Town(Platform(url, service, oa), oa)


def test_from_no_token_at_all_to_an_answered_citizen(town: Town) -> None:
    assert town.alarms == ["zalo_grant"]
    town.platform.post(town.oa.user().text("làm nhà"))
    wait_for(lambda: town.held_back)
    assert town.oa.sent == []
    page = patient.get(town.consent(town.authorize()))
    assert (page.status_code, "Xong" in page.text) == (200, True)
    assert page.headers["cache-control"] == "no-store"
    wait_for(lambda: town.oa.sent)
    assert "[intro]" in town.oa.sent[0].text
    assert town.alarms == []


def test_after_a_lost_grant_what_waited_is_sent(town: Town) -> None:
    patient.get(town.consent(town.authorize()))
    town.oa.grants.revoke()
    town.platform.post(town.oa.user().text("làm nhà"))
    wait_for(lambda: town.held_back and town.alarms == ["zalo_grant"])
    patient.get(town.consent(town.authorize()))
    wait_for(lambda: town.oa.sent)
    assert town.alarms == []


def test_a_link_grants_once_and_the_next_one_makes_it_old(town: Town) -> None:
    first, second = town.authorize(), town.authorize()
    page = patient.get(town.consent(first))
    assert (page.status_code, "motcua zalo authorize" in page.text) == (400, True)
    came = town.consent(second)
    assert patient.get(came).status_code == 200
    assert patient.get(came).status_code == 400
    assert len(town.oa.called(OAUTH)) == 1


def test_the_challenge_stays_so_that_the_console_needs_it_once(town: Town) -> None:
    first, second = (httpx.URL(town.authorize()).params for _ in range(2))
    assert first["code_challenge"] == second["code_challenge"]
    assert first["state"] != second["state"]


@pytest.mark.parametrize("change", [{"state": "x"}, {"state": ""}, {"code": ""}, {"oa_id": "4100000000000000999"}])
def test_what_did_not_come_from_our_link_grants_nothing(town: Town, change: dict[str, str]) -> None:
    came = httpx.URL(town.consent(town.authorize())).copy_merge_params(change)
    assert patient.get(came).status_code == 400
    assert town.oa.called(OAUTH) == []
    assert town.alarms == ["zalo_grant"]


def test_nobody_grants_before_anybody_asked(town: Town) -> None:
    assert (
        patient.get(f"{town.platform.url}/zalo/oauth/callback?code=x&state=&oa_id={town.oa.oa_id}").status_code == 400
    )


def test_what_zalo_refuses_is_said_and_the_link_may_be_opened_again(town: Town) -> None:
    link = town.authorize()
    page = patient.get(httpx.URL(town.consent(link)).copy_set_param("code", "CODE_other"))
    assert (page.status_code, "Zalo chưa chịu" in page.text) == (400, True)
    assert patient.get(town.consent(link)).status_code == 200


def test_while_zalo_is_away_the_page_may_be_loaded_again(town: Town) -> None:
    came = town.consent(town.authorize())
    town.oa.faults.fail(502, {}, only=OAUTH)
    assert patient.get(came).status_code == 503
    assert patient.get(came).status_code == 200


def test_neither_the_verifier_nor_the_tokens_can_be_read_in_the_database(town: Town) -> None:
    patient.get(town.consent(town.authorize()))
    verifier = town.oa.called(OAUTH)[0].params["code_verifier"]
    assert re.fullmatch(r"[A-Za-z0-9]{43}", verifier)
    rows = asyncio.run(town.service.database.read(lambda c: list(c.execute(select(key_values.c.value)).scalars())))
    assert rows
    assert not any(verifier in row or "demo" in row for row in rows)


@pytest.mark.parametrize("missing", ["MOTCUA_ZALO_OA_APP_ID", "MOTCUA_PUBLIC_URL"])
def test_what_is_missing_is_named(town: Town, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.delenv(missing)
    result = CliRunner().invoke(app, ["zalo", "authorize"])
    assert (result.exit_code, missing in result.output) == (1, True)


def test_without_the_channel_the_page_says_so(make_settings: Any) -> None:
    with running(make_settings()) as (url, _):
        page = patient.get(f"{url}/zalo/oauth/callback?code=x&state=y")
        assert (page.status_code, "đang tắt" in page.text) == (404, True)


def test_the_domain_proves_itself_by_a_file_and_on_the_home_page(make_settings: Any) -> None:
    meta = '<meta name="zalo-platform-site-verification" content="Abc-9_x">'
    with running(make_settings(zalo_verification="Abc-9_x")) as (url, _):
        file = patient.get(f"{url}/zalo_verifierAbc-9_x.html")
        assert (file.status_code, file.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert meta in file.text
        assert meta in patient.get(url).text
        assert patient.get(f"{url}/zalo_verifierOther.html").status_code == 404


def test_without_that_setting_there_is_nothing_to_see(make_settings: Any) -> None:
    with running(make_settings()) as (url, _):
        assert patient.get(f"{url}/zalo_verifierAbc.html").status_code == 404
        assert "site-verification" not in patient.get(url).text

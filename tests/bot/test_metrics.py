"""What Prometheus reads and what the log says of a turn: numbers and our own names, for those who show the token."""

import json
import logging
import re
from datetime import timedelta
from functools import partial

import httpx
import pytest
from pydantic import SecretStr, ValidationError

from bot import alarms
from bot.logs import Json
from bot.messages import Inbound
from flows.messages import Message
from tests import patient
from tests.bot.conftest import CHANNEL, Office
from tests.conftest import MakeSettings, running
from webhook import create_app

TOKEN = "a-token-for-prometheus"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def make_settings(make_settings: MakeSettings) -> MakeSettings:
    return partial(make_settings, metrics_token=TOKEN)


@pytest.mark.parametrize(
    ("token", "given", "status"),
    [("", BEARER, 404), (TOKEN, {}, 401), (TOKEN, {"Authorization": f"Bearer {TOKEN}x"}, 401), (TOKEN, BEARER, 200)],
)
def test_only_who_shows_the_token_reads_it(
    make_settings: MakeSettings, token: str, given: dict[str, str], status: int
) -> None:
    with running(make_settings().model_copy(update={"metrics_token": SecretStr(token)})) as (url, _):
        assert patient.get(f"{url}/metrics", headers=given).status_code == status
        assert patient.get(f"{url}/metrics?token={TOKEN}").status_code in (401, 404)


def test_a_token_that_could_be_guessed_is_refused(make_settings: MakeSettings) -> None:
    with pytest.raises(ValidationError, match="16 characters or more"):
        make_settings(metrics_token="short")


def read(text: str) -> dict[str, float]:
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


async def test_what_happened_is_counted(office: Office) -> None:
    await office.say("hoa", "qwrt zzz")
    await office.say("hoa", "gặp người")
    await office.service.database.write(lambda c: alarms.set_off(c, "zalo_grant", "x"))
    office.now += timedelta(minutes=3)
    await office.service.delivery.deliver_due()
    transport = httpx.ASGITransport(create_app(office.service))
    async with httpx.AsyncClient(transport=transport, base_url="http://motcua") as client:
        answer = await client.get("/metrics", headers=BEARER)
    found = read(answer.text)
    assert found['motcua_turns_total{channel="zalo-bot",outcome="done"}'] == 3
    assert found['motcua_turns_total{channel="zalo-bot",outcome="missed"}'] == 1
    assert found['motcua_turn_seconds_count{channel="zalo-bot"}'] == 4
    assert found['motcua_tickets_waiting{commune="ban-moi"}'] == 1
    assert found['motcua_tickets_oldest_seconds{commune="ban-moi"}'] == 180
    assert found['motcua_outbox_pending{channel="zalo-bot"}'] >= 4
    assert found['motcua_outbox_oldest_seconds{channel="zalo-bot"}'] == 180
    assert found['motcua_deliveries_total{channel="zalo-bot",result="retried"}'] >= 1
    assert found['motcua_alarm{name="zalo_grant"}'] == 1
    assert found[f'motcua_content_info{{version="{office.service.content.version}"}}'] == 1
    assert found["motcua_database_up"] == 1
    assert "hoa" not in answer.text


async def test_a_turn_is_one_line_of_ids(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "motcua.turn"):
        await office.say("minh", "số của tôi là 0912345678, tôi tên Hoàng Văn Minh")
        await office.service.turns.receive(Inbound(CHANNEL, "minh", office.last["minh"], Message(text="again")))
    first, again = [record for record in caplog.records if record.name == "motcua.turn"]
    line = r"turn conversation=\d+ channel=zalo-bot kind=message outcome=\w+ ms=\d+\.\d"
    assert re.fullmatch(line, first.getMessage())
    assert "outcome=repeated" in again.getMessage()
    told = json.loads(Json().format(first))
    assert (told["channel"], told["outcome"], told["level"]) == ("zalo-bot", "done", "INFO")
    assert isinstance(told["conversation"], int)


def test_a_line_of_json_holds_whatever_is_logged() -> None:
    record = logging.LogRecord("motcua", logging.ERROR, "", 0, 'a "quoted"\nline %s', ("ă",), None)
    told = json.loads(line := Json().format(record))
    assert "\n" not in line
    assert (told["message"], told["logger"]) == ('a "quoted"\nline ă', "motcua")

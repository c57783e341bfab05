"""What stands in deploy/ fits the service: the numbers that it asks for are there, and what it starts is safe."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from bot import alarms
from tests.bot.conftest import Office
from tests.conftest import MakeSettings
from webhook import create_app

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
TOKEN = "a-token-for-prometheus"
NAME = re.compile(r"\b(?:motcua|process)_[a-z_]+")


def expressions() -> list[str]:
    rules = yaml.safe_load((DEPLOY / "alerts.yml").read_text("utf-8"))
    panels = json.loads((DEPLOY / "grafana.json").read_text("utf-8"))["panels"]
    asked = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    return asked + [target["expr"] for panel in panels for target in panel["targets"]]


@pytest.fixture
def make_settings(make_settings: MakeSettings) -> MakeSettings:
    def made(**changed: Any) -> Any:
        return make_settings(metrics_token=TOKEN, **changed)

    return made


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_rules_and_dashboard_ask_for_numbers_that_there_are(office: Office) -> None:
    await office.say("hoa", "gặp người")
    await office.passes(minutes=1)
    await office.service.database.write(lambda c: alarms.set_off(c, "zalo_grant", "x", office.now))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(office.service)), base_url="http://motcua"
    ) as client:
        told = (await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})).text
    there = set(re.findall(r"^([a-z_]+)", told, flags=re.MULTILINE))
    asked = {name for expression in expressions() for name in NAME.findall(expression)}
    assert len(asked) > 12
    assert asked - there == set()

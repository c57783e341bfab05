"""What stands in deploy/ fits the service: the numbers that it asks for are there, and what it starts is safe."""

import json
import re
import subprocess
import sys
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
    await office.service.upkeep.run_once()
    await office.service.delivery.deliver_due()
    await office.service.database.write(lambda c: alarms.set_off(c, "zalo_grant", "x"))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(office.service)), base_url="http://motcua"
    ) as client:
        told = (await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})).text
    there = set(re.findall(r"^([a-z_]+)", told, flags=re.MULTILINE))
    asked = {name for expression in expressions() for name in NAME.findall(expression)}
    assert len(asked) > 12
    assert asked - there == set()


def test_the_service_and_its_image_may_write_their_data_alone() -> None:
    unit = (DEPLOY / "motcua.service").read_text("utf-8")
    for line in ("UMask=0077", "LimitNOFILE=8192", "ProtectSystem=strict", "NoNewPrivileges=yes", "User=motcua"):
        assert f"\n{line}\n" in unit
    assert "\nReadWritePaths=/srv/motcua/data /srv/motcua/backup\n" in unit
    assert "\nInaccessiblePaths=-/srv/motcua/app/.git\n" in unit
    services = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
    for name, service in services.items():
        assert service["logging"]["options"]["max-file"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
    for name in ("motcua-1", "motcua-2", "caddy"):
        assert (services[name]["read_only"], services[name]["cap_drop"]) == (True, ["ALL"])


def test_the_image_carries_the_licence_of_every_package() -> None:
    """Those that are for other systems are not here, and not in the image."""
    told = subprocess.run(
        [sys.executable, ROOT / "scripts/licences"], capture_output=True, text=True, check=True
    ).stdout
    parts = re.split(r"={80}\n(\S+) (.+)\n={80}\n", told)
    texts = {_plain(name): text.strip() for name, text in zip(parts[1::3], parts[3::3], strict=True)}
    locked = re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text("utf-8"), flags=re.MULTILINE)
    missing = [name for name in map(_plain, locked) if not texts.get(name)]
    assert missing == ["colorama", "tzdata"]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.lower())

"""A member's phone is told of tickets while the console is closed."""

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from bot.service import Service
from bot.store.tables import push_subscriptions
from tests import patient
from tests.conftest import MakeSettings, invited, running
from tests.emulators.push_service import Browser, PushService
from tests.emulators.server import wait_for

PASSWORD = "con gà cục tác"


class Team:
    def __init__(self, url: str, service: Service, push: PushService, stack: ExitStack) -> None:
        self.url, self.service, self.push, self._stack = url, service, push, stack

    def browser(self) -> httpx.Client:
        return self._stack.enter_context(patient.client(base_url=self.url, follow_redirects=True))

    def member(self, name: str, communes: tuple[str, ...] = ()) -> httpx.Client:
        client = self.browser()
        client.post(
            "/console/join", data={"code": invited(self.service, name, "member", communes), "password": PASSWORD}
        )
        return client

    def phone(self, client: httpx.Client) -> Browser:
        """This member's browser, allowed to be told."""
        key = re.search(r'data-key="([^"]+)"', client.get("/console/me").text)
        assert key
        browser = self.push.browser(key[1])
        assert client.post("/console/me/push", data=browser.form).status_code == 204
        return browser

    def citizen(self) -> httpx.Client:
        client = self.browser()
        client.post("/chat", data={"start": "ban-moi_lam-nha"})
        client.post("/chat", data={"text": "gặp người"})
        return client


@pytest.fixture
def team(make_settings: MakeSettings) -> Iterator[Team]:
    with PushService() as push, ExitStack() as stack:
        settings = make_settings(push_email="to@xa.example", push_services=push.url, public_url="https://xa.example")
        with running(settings.model_copy(update={"secure_cookies": False})) as (url, service):
            yield Team(url, service, push, stack)


def subscriptions(service: Service) -> int:
    count = service.database.read(lambda c: len(c.execute(push_subscriptions.select()).all()))
    return asyncio.run(count)


def test_a_phone_hears_of_a_new_ticket_and_of_what_its_citizen_says(team: Team) -> None:
    lan = team.member("Lan")
    phone = team.phone(lan)
    hoa = team.citizen()
    wait_for(lambda: phone.shown)
    assert phone.shown == [{"text": "[push_waiting] 1 Làm nhà xã Bản Mới", "url": "https://xa.example/console/1"}]
    answer = {"text": "Chào bác"}
    lan.post("/console/1/answer", data=answer, follow_redirects=False)  # and closes the page before it opens again
    hoa.post("/chat", data={"text": "số căn cước của tôi mất rồi"})
    wait_for(lambda: len(phone.shown) > 1)
    assert phone.shown[1:] == [{"text": "[push_news] 1 Làm nhà xã Bản Mới", "url": "https://xa.example/console/1"}]


def test_who_has_the_page_open_is_not_told_of_what_they_read(team: Team) -> None:
    lan, other = team.member("Lan"), team.member("Minh")
    phone, control = team.phone(lan), team.phone(other)
    hoa = team.citizen()
    wait_for(lambda: phone.shown and control.shown)
    lan.post("/console/1/answer", data={"text": "Chào bác"})
    hoa.post("/chat", data={"text": "chị ơi"})
    team.citizen()
    wait_for(lambda: len(control.shown) == 2 and len(phone.shown) == 2)
    assert "[push_waiting] 2" in phone.shown[1]["text"]


def test_only_whoever_serves_the_commune_is_told(team: Team) -> None:
    phone, far = team.phone(team.member("Lan")), team.phone(team.member("Xa", ("ban-khac",)))
    team.citizen()
    wait_for(lambda: phone.shown)
    assert far.shown == []


@pytest.mark.parametrize("how", ["logout", "everywhere", "stop"])
def test_a_phone_that_is_signed_out_hears_no_more(team: Team, how: str) -> None:
    lan, minh = team.member("Lan"), team.member("Minh")
    phone, control = team.phone(lan), team.phone(minh)
    if how == "stop":
        assert "Thôi báo" in lan.get("/console/me").text
        lan.post("/console/me/push")
    else:
        lan.post("/console/logout", data={"everywhere": "1"} if how == "everywhere" else {})
    team.citizen()
    wait_for(lambda: control.shown)
    assert phone.shown == []
    assert subscriptions(team.service) == 1


def test_a_browser_that_took_it_back_is_forgotten_and_trouble_is_waited_out(team: Team) -> None:
    phone, control = team.phone(team.member("Lan")), team.phone(team.member("Minh"))
    phone.gone = True
    team.citizen()
    wait_for(lambda: control.shown and subscriptions(team.service) == 1)
    team.push.failing = [503, 429]
    team.citizen()
    wait_for(lambda: len(control.shown) == 2)


def test_the_next_who_signs_in_there_takes_the_browser_over(team: Team) -> None:
    lan, minh = team.member("Lan"), team.member("Minh", ("ban-khac",))
    phone = team.phone(lan)
    minh.post("/console/me/push", data=phone.form)
    assert subscriptions(team.service) == 1
    control = team.phone(lan)
    team.citizen()
    wait_for(lambda: control.shown)
    assert phone.shown == []


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://127.0.0.1:1/push/x",
        "https://169.254.169.254/latest",
        "https://evil.example/?fcm.googleapis.com",
        "https://fcm.googleapis.com.evil.example/x",
        "https://a@fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "http://fcm.googleapis.com/x",
        "file:///etc/passwd",
        "https://[::1",
        "x" * 5000,
    ],
)
def test_nothing_is_sent_to_an_address_that_is_no_push_service(team: Team, endpoint: str) -> None:
    """Else a member could have the service call whatever it can reach."""
    lan = team.member("Lan")
    browser = team.push.browser("x")
    form = {**browser.form, "endpoint": endpoint}
    assert lan.post("/console/me/push", data=form).status_code == 422
    for key in ({"p256dh": "AAAA"}, {"auth": "AAAA"}, {"p256dh": "đ"}, {"auth": "é" * 22}):
        assert lan.post("/console/me/push", data={**browser.form, **key}).status_code == 422
    assert subscriptions(team.service) == 0


def test_every_replica_signs_with_the_same_key_and_without_an_email_there_are_no_alerts(
    make_settings: MakeSettings,
) -> None:
    keys: list[str] = []
    for name, email in (("Lan", "to@xa.example"), ("Minh", "to@xa.example"), ("Tú", "")):
        with running(make_settings(push_email=email)) as (url, service), ExitStack() as stack:
            client = Team(url, service, PushService(), stack).member(name)
            keys += re.findall(r'data-key="([^"]+)"', client.get("/console/me").text)
            posted = client.post("/console/me/push", data=PushService().browser("x").form)
            assert posted.status_code == 422
    assert len(keys) == 2
    assert keys[0] == keys[1]


def test_the_console_can_be_installed(team: Team) -> None:
    about = patient.get(f"{team.url}/console/app.webmanifest")
    assert about.headers["content-type"].startswith("application/manifest+json")
    for icon in json.loads(about.text)["icons"]:
        assert patient.get(team.url + icon["src"]).content.startswith(b"\x89PNG")
    worker = patient.get(f"{team.url}/console/worker.js")
    assert worker.headers["service-worker-allowed"] == "/console"
    assert "notificationclick" in worker.text

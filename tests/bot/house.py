"""The service with its pages, and browsers before it; one clock that stands still."""

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx

from bot.console import sessions
from bot.handoff import agents
from bot.handoff.agents import Role
from bot.service import Service
from tests import patient
from tests.conftest import give_second_factor, invited

PASSWORD = "con gà cục tác"
OTHER = "ban-khac"  # a commune


@dataclass
class House:
    url: str
    service: Service
    stack: ExitStack
    now: datetime = field(default_factory=lambda: datetime(2026, 11, 24, 2, tzinfo=UTC))

    def browser(self) -> httpx.Client:
        return self.stack.enter_context(patient.client(base_url=self.url, follow_redirects=True))

    def member(self, name: str, role: Role = "member", communes: tuple[str, ...] = ()) -> httpx.Client:
        """Somebody in the team whose browser was signed in before: no password is hashed, which takes time on purpose."""
        service, client = self.service, self.browser()
        agent = asyncio.run(service.database.write(lambda c: agents.add_agent(c, name, role, communes)))
        month = timedelta(days=service.settings.session_days)
        if agent.leads:  # of whom a second factor is asked
            give_second_factor(service, name)
        token = asyncio.run(service.database.write(lambda c: sessions.begin_session(c, agent, month)))
        client.cookies.set("motcua-team", token)
        return client

    def newcomer(self, name: str, role: Role = "member", communes: tuple[str, ...] = ()) -> httpx.Client:
        """Somebody who came into the team with a code, and signs in with a password."""
        code, client = invited(self.service, name, role, communes), self.browser()
        assert client.post("/console/join", data={"code": code, "password": PASSWORD}).url.path == "/console"
        return client

    def enter(self, name: str, password: str = PASSWORD, client: httpx.Client | None = None) -> httpx.Response:
        return (client or self.browser()).post("/console/login", data={"name": name, "password": password})

    def citizen(self, *texts: str) -> httpx.Client:
        """Somebody at the small library's first question, who then says this."""
        client = self.browser()
        client.post("/chat", data={"start": "ban-moi_lam-nha"})
        client.post("/chat", data={"text": "tiếp tục"})
        for text in texts:
            client.post("/chat", data={"text": text})
        return client


def is_sign_in(page: httpx.Response) -> bool:
    return page.url.path == "/console/login"

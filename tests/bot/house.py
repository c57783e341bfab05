"""The service with its pages, and browsers before it; one clock that stands still."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx

from bot.handoff.agents import Role
from bot.service import Service
from tests.conftest import invited

PASSWORD = "con gà cục tác"


@dataclass
class House:
    url: str
    service: Service
    stack: ExitStack
    now: datetime = field(default_factory=lambda: datetime(2026, 11, 24, 2, tzinfo=UTC))

    def browser(self) -> httpx.Client:
        return self.stack.enter_context(httpx.Client(base_url=self.url, follow_redirects=True))

    def member(self, name: str, role: Role = "member", communes: tuple[str, ...] = ()) -> httpx.Client:
        """Somebody new in the team, signed in."""
        code = invited(self.service, name, role, communes)
        client = self.browser()
        assert client.post("/console/join", data={"code": code, "password": PASSWORD}).url.path == "/console"
        return client

    def enter(self, name: str, password: str = PASSWORD, client: httpx.Client | None = None) -> httpx.Response:
        return (client or self.browser()).post("/console/login", data={"name": name, "password": password})

    def citizen(self, *texts: str) -> httpx.Client:
        """Somebody at the small library's first question, who then says this."""
        client = self.browser()
        client.post("/chat", data={"start": "ban-moi_lam-nha"})
        for text in texts:
            client.post("/chat", data={"text": text})
        return client

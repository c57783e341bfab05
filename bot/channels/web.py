"""The web chat as a channel. Its pages read the transcript, so there is nothing to send; see bot/webchat.py."""

from collections.abc import Mapping, Sequence

from itsdangerous import BadSignature, URLSafeSerializer

from bot.errors import Forged, Refused
from bot.messages import Inbound, Outgoing
from bot.settings import Settings
from flows.messages import Reply

COOKIE = "motcua"


class Web:
    name = "web"
    introduces = True

    def __init__(self, settings: Settings) -> None:
        self._signer = URLSafeSerializer(settings.signing_key, "citizen")
        self.download = f"{settings.url}/chat/data"

    def sign(self, contact: str) -> str:
        """The cookie that says who a citizen is."""
        return self._signer.dumps(contact)

    def contact(self, cookie: str | None) -> str | None:
        """Who a cookie belongs to; None for none or a forged one."""
        try:
            return str(self._signer.loads(cookie)) if cookie else None
        except BadSignature:
            return None

    def link(self, payload: str) -> str:
        return ""

    async def start(self) -> None:
        """Nothing to learn."""

    async def fetch(self, reference: str, limit: int) -> bytes:
        raise Refused("Nothing lies here.")

    async def close(self) -> None:
        """Nothing to close."""

    def authenticate(self, headers: Mapping[str, str], body: bytes) -> None:
        raise Forged("The web chat has no webhook.")

    def parse(self, body: bytes) -> Sequence[Inbound]:
        return []

    def acknowledge(self, inbound: Inbound) -> Sequence[Outgoing]:
        return []

    def render(self, reply: Reply, contact: str) -> Sequence[Outgoing]:
        return []

    async def send(self, outgoing: Outgoing) -> None:
        """Nothing is ever rendered for it."""

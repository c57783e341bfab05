"""The web chat as a channel. Its pages read the transcript, so there is nothing to send; see bot/web/webchat.py."""

from collections.abc import Sequence

from itsdangerous import BadSignature, URLSafeSerializer

from bot.channels.protocol import NoWebhook
from bot.encryption import SIGNED_WITH
from bot.messages import Outgoing
from bot.settings import Settings
from flows.messages import Reply


class Web(NoWebhook):
    name = "web"

    def __init__(self, settings: Settings) -> None:
        self._signer = URLSafeSerializer(settings.signing_key, "citizen", signer_kwargs=SIGNED_WITH)
        self.cookie = settings.cookie_name("motcua")
        self.download = f"{settings.url}/chat/data"

    def sign_cookie(self, contact: str) -> str:
        """Sign the cookie that says who a citizen is."""
        return self._signer.dumps(contact)

    def read_cookie(self, cookie: str | None) -> str | None:
        """Verify a cookie and return whose it is; None for none or a forged one."""
        try:
            return str(self._signer.loads(cookie)) if cookie else None
        except BadSignature:
            return None

    def render(self, reply: Reply, contact: str) -> Sequence[Outgoing]:
        return []

    async def send(self, outgoing: Outgoing) -> str | None:
        """Do nothing: nothing is ever rendered for it."""
        return None

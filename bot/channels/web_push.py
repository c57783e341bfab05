"""Alerts for browsers of the team while the console is closed (RFC 8030, 8291, 8292). Nobody writes to us here.

A contact is the id of a subscription. What is pushed names a ticket and nothing that a citizen wrote: it lies on lock screens.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from pydantic import ValidationError
from sqlalchemy import delete, select
from webpush import VAPID, WebPush, WebPushSubscription

from bot.channels.client import Client, NoAnswer
from bot.channels.hosts import is_allowed
from bot.channels.protocol import NoWebhook
from bot.errors import Refused, TryAgain, Unreachable
from bot.messages import Outgoing
from bot.settings import Settings
from bot.store import key_values
from bot.store.database import Database
from bot.store.tables import push_subscriptions
from bot.store.tx import Tx
from flows.messages import Reply

NAME = "push"
_KEY = "push"
_TTL = 3600  # seconds that a push service keeps an alert for a phone that is off
_LONGEST = 1000  # characters of an endpoint
_AUTH = 16  # bytes

# Unsubscribed, or subscribed with a key that is not ours any more: FCM answers 403, Apple 400 “VapidPkHashMismatch”, others 401.
_GONE = (400, 401, 403, 404, 410)


class WebPushChannel(NoWebhook):
    """
    Attributes:
        public_key: what browsers subscribe with, once `start` made or found the keys; "" while alerts are off.
    """

    name = NAME

    def __init__(self, settings: Settings, database: Database) -> None:
        self.public_key = ""
        self._settings = settings
        self._database = database
        self._client = Client(settings.send_timeout)
        self._signer: WebPush | None = None

    async def start(self) -> None:
        """Load the keys, made once for all replicas: with others, every browser would have to subscribe again."""
        if not self._settings.push_email:
            return
        private, public, shown = VAPID.generate_keys()
        made = {"private": private.decode(), "public": public.decode(), "shown": shown}
        kept = await self._database.write(lambda tx: _kept(tx, made))
        self._signer = WebPush(kept["private"].encode(), kept["public"].encode(), self._settings.push_email, _TTL)
        self.public_key = kept["shown"]

    async def close(self) -> None:
        await self._client.close()

    def render(self, reply: Reply, contact: str) -> Sequence[Outgoing]:
        """Render a notification. `reply.link` is (what it is called, the page that a tap opens)."""
        return [Outgoing(contact, {"text": reply.text, "url": reply.link[1] if reply.link else ""})]

    async def send(self, outgoing: Outgoing) -> None:
        subscription = await self._database.read(lambda tx: _subscription(tx, outgoing.contact))
        if subscription is None or self._signer is None:
            raise Unreachable("push: signed out since")
        message = self._signer.get(json.dumps(dict(outgoing.payload)), subscription)
        url, headers = str(subscription.endpoint), {**message.headers, "urgency": "high"}
        try:
            answer = await self._client.post(url, message.encrypted, headers)
        except NoAnswer as error:
            raise TryAgain(f"push: {error}") from None
        if answer.status in _GONE:
            await self._database.write(lambda tx: _forget(tx, outgoing.contact))
            raise Unreachable("push: the browser no longer wants it")
        if answer.status == 429 or answer.status >= 500:
            wait = answer.headers.get("retry-after", "")
            raise TryAgain(f"push: {answer.status}", float(wait) if wait.isdecimal() else None)
        if answer.status >= 300:
            raise Refused(f"push: {answer.status}")

    def read_subscription(self, endpoint: str, p256dh: str, auth: str) -> WebPushSubscription | None:
        """Read what a browser sent, if it can be sent to; None for anything else, such as an address that is no push
        service's."""
        if len(endpoint) > _LONGEST or not is_allowed(endpoint, self._settings.push_services):
            return None
        try:
            EllipticCurvePublicKey.from_encoded_point(SECP256R1(), _bytes(p256dh))
            if len(_bytes(auth)) != _AUTH:
                return None
            return WebPushSubscription.model_validate({"endpoint": endpoint, "keys": {"p256dh": p256dh, "auth": auth}})
        except (ValueError, ValidationError):
            return None


def _bytes(key: str) -> bytes:
    return urlsafe_b64decode(key + "=" * (-len(key) % 4))


def _kept(tx: Tx, made: Mapping[str, str]) -> dict[str, str]:
    kept: dict[str, str] = json.loads(key_values.set_if_new(tx, _KEY, json.dumps(made)))
    return kept


def _subscription(tx: Tx, contact: str) -> WebPushSubscription | None:
    row = tx.execute(select(push_subscriptions).where(push_subscriptions.c.id == int(contact))).first()
    return WebPushSubscription.model_validate({"endpoint": row.endpoint, "keys": json.loads(row.keys)}) if row else None


def _forget(tx: Tx, contact: str) -> None:
    tx.execute(delete(push_subscriptions).where(push_subscriptions.c.id == int(contact)))

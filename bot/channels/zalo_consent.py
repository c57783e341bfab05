"""The way to a grant, at first and after it was lost: a link for an admin of the OA, and what comes back from it (A2.1)."""

import hashlib
import hmac
import secrets
import string
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels.zalo_oauth import consent_link
from bot.encryption import Encryption
from bot.settings import Settings
from bot.store import key_values
from bot.store.tx import Tx

CALLBACK = "/zalo/oauth/callback"
_KEY = "zalo-oa-consent"
_LETTERS = string.ascii_letters + string.digits
_VERIFIER = 43  # letters and digits, exactly
_LASTING = timedelta(days=1)  # the operator may have to send the link to the OA's admin


@dataclass(frozen=True)
class Asked:
    """
    Attributes:
        link: to be opened by an admin of the OA, until the next one is made, and for a day.
        callback, challenge: as the developer console must know them, once: they stay the same.
    """

    link: str
    callback: str
    challenge: str


class Consent:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._seal = Encryption(settings.signing_key, _KEY)

    def make_link(self, tx: Tx) -> Asked:
        """Make a new link. The verifier stays: Zalo's console may hold the challenge that goes with it (D14)."""
        kept = self._load(tx)
        verifier = kept["verifier"] if kept else "".join(secrets.choice(_LETTERS) for _ in range(_VERIFIER))
        state = secrets.token_urlsafe(24)
        self._store(tx, {"verifier": verifier, "state": state, "until": (tx.now + _LASTING).isoformat()})
        callback, challenge = f"{self._settings.url}{CALLBACK}", _challenge(verifier)
        return Asked(consent_link(self._settings, callback, challenge, state), callback, challenge)

    def find_verifier(self, tx: Tx, state: str) -> str | None:
        """Find what proves that the consent was asked for by us; None for a state that is not ours, too old or used."""
        kept = self._load(tx)
        ours = kept is not None and hmac.compare_digest(kept["state"].encode(), state.encode())
        return kept["verifier"] if kept and ours and state and tx.now < datetime.fromisoformat(kept["until"]) else None

    def use_up(self, tx: Tx) -> None:
        """Make the link grant nothing again."""
        if kept := self._load(tx):
            self._store(tx, {**kept, "state": ""})

    def _load(self, tx: Tx) -> dict[str, str] | None:
        value = key_values.get(tx, _KEY)
        return self._seal.decrypt(value) if value else None

    def _store(self, tx: Tx, value: dict[str, str]) -> None:
        key_values.set_value(tx, _KEY, self._seal.encrypt(value))


def _challenge(verifier: str) -> str:
    """Encode the raw SHA-256 as base64url without padding."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()

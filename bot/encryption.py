"""Encryption at rest of what must not be read from a copy of the database: a backup alone gives away no token.

The key is derived from the secret that signs cookies, which is kept outside the database: one secret for an operator to look
after, one that all replicas share already. Whoever changes it has to grant again what was sealed with the old one.
"""

import hashlib
import json
from base64 import urlsafe_b64encode
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY = 32  # bytes


# Of cookies and links that are signed; itsdangerous would take SHA-1.
SIGNED_WITH: dict[str, Any] = {"digest_method": hashlib.sha256}


class Encryption:
    """
    Args:
        secret: settings.signing_key.
        purpose: what is sealed; a key of its own for each.
    """

    def __init__(self, secret: str, purpose: str) -> None:
        derived = HKDF(SHA256(), _KEY, salt=None, info=purpose.encode()).derive(secret.encode())
        self._fernet = Fernet(urlsafe_b64encode(derived))

    def encrypt(self, value: dict[str, str]) -> str:
        return self._fernet.encrypt(json.dumps(value).encode()).decode()

    def decrypt(self, sealed: str) -> dict[str, str] | None:
        """None for what was sealed with another secret."""
        try:
            opened: dict[str, str] = json.loads(self._fernet.decrypt(sealed))
        except InvalidToken:
            return None
        return opened

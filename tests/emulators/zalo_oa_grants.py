"""OAuth v4 of an Official Account: one pair of tokens at a time (docs/zalo.md A2, C1 rules 1-5)."""

import base64
import hashlib
import itertools
import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from tests.emulators.emulator import Json, Now

CODE_LIFE = 10 * 60 * 1000  # ms
ACCESS_LIFE = 90_000 * 1000  # ms
REFRESH_LIFE = 90 * 24 * 3600 * 1000  # ms

INVALID_APP = -14002
INVALID_REDIRECT = -14003
INVALID_TOKEN = -14014  # assumption: the number for a dead refresh token is documented nowhere (A2.2, D5)


class OAuthFailure(Exception):
    def __init__(self, number: int, name: str) -> None:
        super().__init__(name)
        self.number = number

    def body(self, numbered: bool) -> Json:
        reference = "https://developers.zalo.me/docs/"
        told = {"error_name": str(self), "error_reason": "", "error_description": str(self), "ref_doc": reference}
        return {"error": self.number, **told} if numbered else told


class TokenRefused(Exception):
    def __init__(self, error: int, message: str) -> None:
        super().__init__(message)
        self.error = error


@dataclass(frozen=True)
class Code:
    expires: int
    challenge: str


class Grants:
    """What the OA has granted to the app.

    Attributes:
        access, refresh: the pair in force.
        expired_as: what an expired access token answers; Zalo was also seen to say -216 "Access token has expired".
    """

    def __init__(self, app_id: str, app_secret: str, oa_id: str, callback_url: str, now: Now) -> None:
        self.app_id = app_id
        self.app_secret = app_secret
        self.oa_id = oa_id
        self.callback_url = callback_url
        self.now = now
        self.expired_as: Literal[-220, -216] = -220
        self._codes: dict[str, Code] = {}
        self._count = itertools.count(1)
        self._issue()

    def permission(self, query: Json) -> str:
        """Where the browser goes after the admin has consented."""
        if query.get("app_id") != self.app_id:
            raise OAuthFailure(INVALID_APP, "Invalid appId")
        if query.get("redirect_uri") != self.callback_url:
            raise OAuthFailure(INVALID_REDIRECT, "Invalid redirect uri")
        if not re.fullmatch(r"[\w-]{43}|", query.get("code_challenge", ""), re.ASCII):
            raise OAuthFailure(INVALID_TOKEN, "Invalid code challenge")  # assumption: name and number
        code = f"CODE_demo_{next(self._count):04}"
        self._codes[code] = Code(self.now() + CODE_LIFE, query.get("code_challenge", ""))
        answer = {"code": code, "oa_id": self.oa_id}
        if query.get("state"):
            answer["state"] = query["state"]
        return f"{self.callback_url}?{urlencode(answer)}"

    def exchange(self, headers: dict[str, str], form: Json) -> Json:
        """POST /v4/oa/access_token."""
        if not headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            raise OAuthFailure(INVALID_TOKEN, "Invalid content type")  # assumption: name and number
        if form.get("app_id") != self.app_id:
            raise OAuthFailure(INVALID_APP, "Invalid appId")
        if headers.get("secret_key") != self.app_secret:
            raise OAuthFailure(INVALID_TOKEN, "Invalid secret key")  # assumption: name and number
        self._spend(form)
        return self._issue()

    def check(self, access_token: str | None) -> None:
        """Only the newest access token lives: a refresh kills the old one at once (A2.2)."""
        if not access_token or access_token != self.access:
            raise TokenRefused(-216, "Access token is invalid")
        if self.now() >= self._access_ends:
            expired = {-220: "access_token is expired or removed", -216: "Access token has expired"}
            raise TokenRefused(self.expired_as, expired[self.expired_as])

    def revoke(self) -> None:
        """The admin has taken the permission back."""
        self.access = self.refresh = ""

    def _spend(self, form: Json) -> None:
        kind = form.get("grant_type")
        if kind == "refresh_token":
            self._spend_refresh(form.get("refresh_token", ""))
        elif kind == "authorization_code":
            self._spend_code(form.get("code", ""), form.get("code_verifier", ""))
        else:
            raise OAuthFailure(INVALID_TOKEN, "Invalid grant type")  # assumption: name and number

    def _spend_refresh(self, token: str) -> None:
        if not token or token != self.refresh or self.now() >= self._refresh_ends:
            raise OAuthFailure(INVALID_TOKEN, "Invalid refresh token")

    def _spend_code(self, value: str, verifier: str) -> None:
        code = self._codes.pop(value, None)  # assumption: a failed try burns the code too
        if code is None or self.now() >= code.expires:
            raise OAuthFailure(INVALID_TOKEN, "Invalid authorization code")
        # assumption: the PHP SDK makes 43 letters and digits; that Zalo refuses others is told nowhere
        right = re.fullmatch(r"[A-Za-z0-9]{43}", verifier) and challenge(verifier) == code.challenge
        if code.challenge and not right:
            raise OAuthFailure(INVALID_TOKEN, "Invalid code verifier")

    def _issue(self) -> Json:
        number = next(self._count)
        self.access, self.refresh = f"AT_demo_{number:04}", f"RT_demo_{number:04}"
        self._access_ends, self._refresh_ends = self.now() + ACCESS_LIFE, self.now() + REFRESH_LIFE
        return {"access_token": self.access, "refresh_token": self.refresh, "expires_in": "90000"}


def challenge(verifier: str) -> str:
    """base64url without padding of the raw SHA-256 (A2.1)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()

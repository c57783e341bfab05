"""Zalo's OAuth for Official Accounts (A2): the link by which an OA's admin consents, and the exchange for a pair of tokens."""

from urllib.parse import urlencode

from bot.channels.client import Client, NoAnswer
from bot.channels.json_reading import json_object, text_of
from bot.errors import Refused, TryAgain
from bot.settings import Settings

_PER_MINUTE = -32


class ZaloOAuth:
    def __init__(self, settings: Settings, client: Client) -> None:
        self._url = f"{settings.zalo_oa_oauth.rstrip('/')}/v4/oa/access_token"
        self._app = settings.zalo_oa_app_id
        self._secret = settings.zalo_oa_app_secret.get_secret_value()
        self._client = client

    async def exchange(self, **form: str) -> tuple[str, str]:
        """Exchange a refresh token or the code of a consent for (access, refresh). Either is spent by this.

        Raises:
            TryAgain: Zalo can't be reached; whether it acted is not known.
            Refused: what was given is worth nothing: an admin of the OA must consent again.
        """
        try:
            answer = await self._client.post(self._url, {**form, "app_id": self._app}, {"secret_key": self._secret})
        except NoAnswer as error:
            raise TryAgain(f"zalo-oa: OAuth: {error}") from None
        found = json_object(answer.content)
        access, refresh = text_of(found.get("access_token")), text_of(found.get("refresh_token"))
        # Failures come with HTTP 200 and sometimes without `error`: only a full pair counts (A2.2).
        if access and refresh:
            return access, refresh
        why = found.get("error_name") or found.get("error")
        if answer.status >= 500 or not why or found.get("error") == _PER_MINUTE:
            raise TryAgain(f"zalo-oa: OAuth: {why or f'HTTP {answer.status}'}")
        raise Refused(str(why))


def consent_link(settings: Settings, callback: str, challenge: str, state: str) -> str:
    """Zalo takes S256 for granted, and no other parameters (A2.1)."""
    asked = {"app_id": settings.zalo_oa_app_id, "redirect_uri": callback, "code_challenge": challenge, "state": state}
    return f"{settings.zalo_oa_oauth.rstrip('/')}/v4/oa/permission?{urlencode(asked)}"

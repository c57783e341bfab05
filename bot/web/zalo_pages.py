"""Pages for Zalo itself: where an admin of the OA lands after consenting, and the proof that this domain is ours."""

import logging
from dataclasses import dataclass
from typing import Literal

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from bot.channels.zalo_consent import CALLBACK
from bot.channels.zalo_oa import ZaloOA
from bot.errors import Refused, TryAgain
from bot.http import Page, render
from bot.outbox import outbox
from bot.service import Service
from bot.store.tx import Tx

log = logging.getLogger("motcua.zalo_oa")

_Outcome = Literal["done", "off", "stale", "other", "refused", "later"]
_STATUS: dict[_Outcome, int] = {"done": 200, "off": 404, "stale": 400, "other": 400, "refused": 400, "later": 503}


@dataclass(frozen=True, kw_only=True)
class ConsentPage(Page):
    template = "zalo_consent.html"
    outcome: _Outcome


@dataclass(frozen=True, kw_only=True)
class VerifierPage(Page):
    template = "zalo_verifier.html"
    token: str


def routes(service: Service) -> APIRouter:
    router = APIRouter()

    @router.get(CALLBACK)
    async def consented(code: str = "", oauth_code: str = "", state: str = "", oa_id: str = "") -> Response:
        """Take the consent that an admin comes back with. Some have seen the code under another name (A2.1)."""
        outcome = await _take(service, code or oauth_code, state, oa_id)
        log.warning("zalo-oa: a consent came back: %s", outcome)
        return render(ConsentPage(outcome=outcome), _STATUS[outcome])

    @router.get("/zalo_verifier{token}.html")
    async def verifier(token: str) -> Response:
        """Serve the file that Zalo's console asks for (A9)."""
        if token != service.settings.zalo_verification:
            return HTMLResponse(status_code=404)
        return render(VerifierPage(token=token))

    return router


async def _take(service: Service, code: str, state: str, oa_id: str) -> _Outcome:
    oa = service.channels.get("zalo-oa")
    if not isinstance(oa, ZaloOA):
        return "off"
    verifier = await service.database.read(lambda tx: oa.consent.find_verifier(tx, state))
    if verifier is None or not code:
        return "stale"
    if service.settings.zalo_oa_id and oa_id != service.settings.zalo_oa_id:
        return "other"

    def and_then(tx: Tx) -> None:
        oa.consent.use_up(tx)
        outbox.make_due(tx, oa.name)

    try:
        await oa.tokens.accept_grant(code, verifier, and_then)
    except Refused as error:
        log.error("zalo-oa: the consent is worth nothing: %s", error)
        return "refused"
    except TryAgain as error:
        log.error("zalo-oa: the consent could not be taken: %s", error)
        return "later"
    service.delivery.wake()
    return "done"

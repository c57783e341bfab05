"""The page that says what is kept of a citizen, for how long, and how it is erased. Its words are content."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from bot.http import PRIVACY_PAGE, SAFE_HEADERS, templates
from bot.service import Service
from flows.dialogue.context import say


def routes(service: Service) -> APIRouter:
    router = APIRouter()

    @router.get(PRIVACY_PAGE, response_class=HTMLResponse)
    async def page(request: Request) -> Response:
        settings, sentences = service.settings, service.content.library.sentences
        days = {
            "transcripts": f"{settings.transcript_days:g}",
            "files": f"{settings.file_days:g}",
            "phones": f"{settings.phone_days:g}",
            "tickets": f"{settings.ticket_days:g}",
            "contacts": f"{settings.contact_days:g}",
            "backups": settings.backup_days,
        }
        parts = [(title, say(text, **days)) for title, text in sentences.privacy.items()]
        shown = {"page": sentences.page, "parts": parts}
        return templates.TemplateResponse(request, "privacy.html", shown, headers=SAFE_HEADERS)

    return router

"""The page that says what is kept of a citizen, for how long, and how it is erased. Its words are content."""

from dataclasses import dataclass

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from bot.http import PRIVACY_PAGE, Page, render
from bot.service import Service
from flows.dialogue.context import fill_in


@dataclass(frozen=True, kw_only=True)
class PrivacyPage(Page):
    """The (title, text) of each of its `parts`."""

    template = "privacy.html"
    cache = "no-cache"
    page: dict[str, str]
    parts: list[tuple[str, str]]


def routes(service: Service) -> APIRouter:
    router = APIRouter()

    @router.get(PRIVACY_PAGE, response_class=HTMLResponse)
    async def page() -> Response:
        settings, sentences = service.settings, service.content.library.sentences
        days = {
            "transcripts": f"{settings.transcript_days:g}",
            "files": f"{settings.file_days:g}",
            "phones": f"{settings.phone_days:g}",
            "tickets": f"{settings.ticket_days:g}",
            "contacts": f"{settings.contact_days:g}",
            "backups": settings.backup_days,
        }
        parts = [(title, fill_in(text, **days)) for title, text in sentences.privacy.items()]
        return render(PrivacyPage(page=sentences.page, parts=parts))

    return router

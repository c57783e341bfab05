"""The team's pages: who waits, what they need, and an answer to them."""

from fastapi import APIRouter

from bot.console import insight, links, people, phone, queue_page, second_factor_pages, signin, ticket_page
from bot.console.auth import Auth
from bot.service import Service


def routes(service: Service, door: Auth) -> APIRouter:
    """Make the routes. `/{ticket_id}` comes last: it would take the other pages' names for numbers."""
    router = APIRouter()
    for part in (signin, second_factor_pages, phone, people, queue_page, ticket_page):
        router.include_router(part.routes(service, door), prefix="/console")
    router.include_router(links.routes(service, door))
    router.include_router(insight.routes(service, door))
    return router

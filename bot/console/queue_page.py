"""The queue: the tickets that a member may see, and who waits for whom; open pages hear of news."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.sse import format_sse_event

from bot import conversations, privacy
from bot.console.auth import Auth
from bot.console.page import MemberPage
from bot.handoff import agents, ticket_actions, ticket_lists, tickets, view_log
from bot.handoff.acting import Acting
from bot.handoff.agents import Agent
from bot.handoff.ticket_summary import TicketSummary, summarize
from bot.handoff.tickets import Ticket
from bot.http import RowId, render, stream_events
from bot.live import subscriptions
from bot.live.subscriptions import wait_for_event
from bot.service import Service
from bot.store.tables import tickets as table
from bot.store.tx import Tx
from flows.definition.library import Library
from flows.text.language import shortened

_QUIET = 15.0  # seconds after which an open page looks again by itself: news of another replica may be missed
_PACE = 1.0  # seconds at least between two looks of one page
_LAST = 90  # characters of a citizen's last words in the list
_SHOWN = ("waiting", "mine", "all")
# Where strangers come from for nothing; so many within so long.
_FLOODED, _CROWD, _LATELY = "web", 20, timedelta(hours=1)
_FILE = re.compile(r"\S+/tep/\S+")  # the address of what somebody sent


@dataclass(frozen=True)
class Row:
    """A ticket in the list. `last`: what its citizen said last but "gặp người"; `news`: whether this member has yet to see it."""

    ticket: Ticket
    last: str
    news: bool


@dataclass(frozen=True)
class _Queue:
    """`kinds`: (commune, procedure) of all that this member may see."""

    rows: list[Row]
    waiting: int
    mine: int
    kinds: list[tuple[str | None, str | None]]
    crowd: int


@dataclass(frozen=True)
class _Wanted:
    """Which list, and what it is narrowed to, or ""."""

    show: str
    commune: str
    procedure: str


@dataclass(frozen=True, kw_only=True)
class QueuePage(MemberPage):
    """
    Attributes:
        show: which list this is.
        waiting, mine: how many tickets wait, and how many this member has.
        rows: the tickets in it, each with its card.
        commune, procedure: what the list is narrowed to, or "".
        communes, procedures: id -> name of those that it could be narrowed to.
        crowd: how many came over the web at once, if somebody who leads may end them all; else 0.
    """

    template = "console/queue.html"
    now: datetime
    show: str
    waiting: int
    mine: int
    rows: list[tuple[Row, TicketSummary]]
    commune: str
    procedure: str
    communes: dict[str, str]
    procedures: dict[str, str]
    crowd: int


def routes(service: Service, door: Auth) -> APIRouter:
    router = APIRouter()

    @router.get("", response_class=HTMLResponse)
    async def queue(request: Request, show: str = "waiting", commune: str = "", procedure: str = "") -> Response:
        agent = await door.require_member(request)
        library = service.content.library
        show = show if show in _SHOWN else _SHOWN[0]
        wanted = _Wanted(show, commune, procedure)
        seen = await service.database.read(lambda tx: _queue(service, tx, agent, wanted))
        communes = sorted({id_ for id_, _ in seen.kinds if id_})
        procedures = sorted({id_ for _, id_ in seen.kinds if id_})
        page = QueuePage(
            agent=agent,
            now=service.clock(),
            show=show,
            waiting=seen.waiting,
            mine=seen.mine,
            rows=[(row, summarize(library, row.ticket)) for row in seen.rows],
            commune=commune,
            procedure=procedure,
            communes={id_: getattr(library.communes.get(id_), "name", id_) for id_ in communes},
            procedures={id_: getattr(library.procedures.get(id_), "title", id_) for id_ in procedures},
            crowd=seen.crowd,
        )
        return render(page)

    @router.post("/flood")
    async def end_flood(request: Request) -> Response:
        """End all that came over the web at once: whoever leads saw that it is nonsense."""
        boss = await door.require_lead(request)

        def work(tx: Tx) -> None:
            for ticket in _crowd(service, tx, boss):
                ticket_actions.end_as_spam(service.sender, Acting(tx, ticket, boss.name))

        await service.database.write(work)
        service.delivery.wake()
        return RedirectResponse("/console", 303)

    @router.get("/events")
    async def events(request: Request, of: RowId = subscriptions.ALL) -> Response:
        """Tell an open page to look again: the queue, or the ticket of conversation `of`."""
        if await door.signed_in_agent(request) is None:
            return Response(status_code=204)
        return stream_events(_rings(service, door, request, of))

    return router


def _queue(service: Service, tx: Tx, agent: Agent, wanted: _Wanted) -> _Queue:
    """Read the queue. What is asked for is chosen before it is limited: one's own ticket stands there however many others
    wait."""
    within = service.team.visibility_of(agent, agents.list_all(tx)).as_condition()
    kinds = ticket_lists.list_kinds(tx, within)
    for column, asked in ((table.c.commune, wanted.commune), (table.c.procedure, wanted.procedure)):
        within = within & (column == asked) if asked else within
    mine = (table.c.state == tickets.CLAIMED) & (table.c.agent == agent.name)
    lists = {"waiting": within & (table.c.state == tickets.WAITING), "mine": within & mine, "all": within}
    waiting, own = (ticket_lists.count_matching(tx, lists[name]) for name in ("waiting", "mine"))
    rows = list_rows(service.content.library, tx, agent, ticket_lists.list_newest(tx, lists[wanted.show]))
    return _Queue(rows, waiting, own, kinds, len(_crowd(service, tx, agent)))


def _crowd(service: Service, tx: Tx, agent: Agent) -> list[Ticket]:
    """List what came over the web at once, if it is a crowd and this member leads: only what they may see."""
    if not agent.leads or ticket_lists.count_lately(tx, _FLOODED, _LATELY) < _CROWD:
        return []
    visibility = service.team.visibility_of(agent, agents.list_all(tx))
    return [ticket for ticket in ticket_lists.list_flood(tx, _FLOODED, _LATELY) if visibility.can_see(ticket)]


def list_rows(library: Library, tx: Tx, agent: Agent, found: list[Ticket]) -> list[Row]:
    of = [ticket.conversation_id for ticket in found]
    newest, telling = conversations.last_words(tx, of), conversations.last_words(tx, of, _wishes(library))
    seen = view_log.last_views(tx, agent, [ticket.id for ticket in found])
    rows = []
    for ticket in found:
        last, looked = newest.get(ticket.conversation_id), seen.get(ticket.id)
        if last and ticket.read_until and last.at > ticket.read_until:
            last = None
        told = last and telling.get(ticket.conversation_id, last)
        news = ticket.state != tickets.RESOLVED and last is not None and (looked is None or looked < last.at)
        words = " ".join(_FILE.sub("", told.text).split()).removesuffix(":") if told else ""
        rows.append(Row(ticket, shortened(words, _LAST), news))
    return rows


def _wishes(library: Library) -> set[str]:
    """Return what citizens write, or press, who want a person, and a masked number: it says nothing of what they need."""
    typed = {library.sentences.labels["human"], *library.words.commands["human"], privacy.MASK}
    return typed | {phrase.capitalize() for phrase in typed}


async def _rings(service: Service, door: Auth, request: Request, conversation_id: int) -> AsyncIterator[bytes]:
    """Stream one event a ring, and one now and then, until the member is signed out; the page then fetches itself, so that only
    templates know how it looks."""
    with service.subscriptions.subscribe(conversation_id) as rung:
        while not service.subscriptions.closed:
            await wait_for_event(rung, _QUIET)
            rung.clear()
            if await door.signed_in_agent(request) is None:
                return
            yield format_sse_event(data_str="1")
            await asyncio.sleep(_PACE)

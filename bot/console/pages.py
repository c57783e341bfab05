"""The queue, and the page of one ticket."""

import asyncio
import logging
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.sse import format_sse_event

from bot import conversations, files, privacy
from bot.channels.protocol import ShowsTyping
from bot.console.actions import TicketForm, act, visible
from bot.console.auth import Auth
from bot.console.page import MemberPage
from bot.conversations import BOT, CITIZEN, Said
from bot.errors import SendError
from bot.handoff import agents, bans, canned, notes, ticket_actions, ticket_lists, tickets, view_log
from bot.handoff.acting import Acting
from bot.handoff.agents import Agent
from bot.handoff.canned import Answer
from bot.handoff.notes import Note
from bot.handoff.ticket_summary import TicketSummary, say_speakers, summarize
from bot.handoff.tickets import Ticket
from bot.http import RowId, read_upload, render, row_id, stream_events
from bot.live import subscriptions
from bot.live.subscriptions import wait_for_event
from bot.outbox import rate_limits
from bot.sender import Access
from bot.service import Service
from bot.store.tables import tickets as table
from bot.store.tx import Tx
from flows.definition.hours import VIETNAM
from flows.definition.library import Library
from flows.definition.team_texts import TeamTexts
from flows.dialogue.context import TurnContext, fill_in
from flows.dialogue.position import holds
from flows.state import State
from flows.text.language import shortened

log = logging.getLogger("motcua.console")

_LINES = 60  # of a conversation that are shown
_QUIET = 15.0  # seconds after which an open page looks again by itself: news of another replica may be missed
_PACE = 1.0  # seconds at least between two looks of one page
_FILE = re.compile(r"\S+/tep/\S+")  # the address of what somebody sent
_LAST = 90  # characters of a citizen's last words in the list
_BESIDE = 40  # tickets beside one, on a wide screen
_BEGINNING = 60  # characters of a step in the list of those that can be sent
_TYPING = timedelta(seconds=4)  # between two signs that somebody types; platforms show one for five
_SHOWN = ("waiting", "mine", "all")
_FLOODED, _CROWD, _LATELY = (
    "web",
    20,
    timedelta(hours=1),
)  # where strangers come from for nothing; so many within so long


@dataclass(frozen=True)
class _Seen:
    """A ticket that a member may see, with what stands on its page."""

    ticket: Ticket
    lines: list[Said | Note]
    watching: list[str]
    others: list[Agent]
    reached: list[Agent]
    held: dict[str, int]
    answers: list[Answer]
    barred: bool
    reach: Access
    beside: list["_Row"]


@dataclass(frozen=True)
class _Row:
    """A ticket in the list. `last`: what its citizen said last but "gặp người"; `news`: whether this member has yet to see it."""

    ticket: Ticket
    last: str
    news: bool


@dataclass(frozen=True)
class _Queue:
    """`kinds`: (commune, procedure) of all that this member may see."""

    rows: list[_Row]
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
    rows: list[tuple[_Row, TicketSummary]]
    commune: str
    procedure: str
    communes: dict[str, str]
    procedures: dict[str, str]
    crowd: int


@dataclass(frozen=True, kw_only=True)
class TicketPage(MemberPage):
    """
    Attributes:
        lines: of the conversation, and what the team noted, by time.
        answered: what a member answered last, or "".
        watching: the other members who look at it.
        others: to whom it could be handed over; `unreached`: who else could have it, and what is in the way, or "".
        speakers: who speaks its citizen's language, or "" where Vietnamese will do.
        spoken: id of who could have it -> the languages they speak, or "".
        held: name -> how many tickets they help with now; who has none is left out.
        answers: ready ones.
        barred: whether its citizen is.
        reach: whether they can be written to.
        steps: (id, the beginning of its text) of those that can be sent.
        beside: other open tickets.
        problem: what is in the way of a form that was posted, or "".
        text: what stands in the answer's box.
        ready: the ready answer whose words were put there, where there is no script or something goes with it.
        nonce: tells this page's forms from those of another.
    """

    template = "console/ticket.html"
    now: datetime
    card: TicketSummary
    words: TeamTexts
    lines: list[Said | Note]
    answered: str
    watching: list[str]
    others: list[Agent]
    unreached: str
    speakers: str
    spoken: dict[int, str]
    held: dict[str, int]
    today: date
    answers: list[Answer]
    barred: bool
    reach: Access
    steps: list[tuple[str, str]]
    beside: list[tuple[_Row, TicketSummary]]
    problem: str
    text: str
    ready: Answer | None
    nonce: str


@dataclass(frozen=True, kw_only=True)
class UnknownPage(MemberPage):
    template = "console/unknown.html"
    ticket_id: int


def routes(service: Service, door: Auth) -> APIRouter:
    router = APIRouter()

    @router.get("", response_class=HTMLResponse)
    async def queue(request: Request, show: str = "waiting", commune: str = "", procedure: str = "") -> Response:
        agent = await door.require_member(request)
        library = service.content.library
        show = show if show in _SHOWN else _SHOWN[0]
        wanted = _Wanted(show, commune, procedure)
        seen = await service.database.read(lambda c: _queue(service, c, agent, wanted))
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
        return stream_events(_rings(service, of))

    @router.get("/{ticket_id}", response_class=HTMLResponse)
    async def ticket(request: Request, ticket_id: RowId) -> Response:
        return await _ticket_page(service, request, ticket_id, await door.require_member(request))

    typed: dict[int, datetime] = {}  # agent -> when that was last shown

    @router.post("/{ticket_id}/typing")
    async def typing(request: Request, ticket_id: RowId) -> Response:
        """Show the citizen that whoever has the ticket types an answer, where the channel can show it."""
        agent, now = await door.require_member(request), service.clock()
        held = await service.database.read(lambda c: _held_by(service, c, agent, ticket_id))
        if held and now - typed.get(agent.id, now - _TYPING) >= _TYPING:
            typed[agent.id] = now
            await _show_typing(service, held)
        return Response(status_code=204)

    @router.post("/{ticket_id}/{action}")
    async def post(request: Request, ticket_id: RowId, action: str) -> Response:
        agent = await door.require_member(request)
        form, sent = await read_upload(request, service.settings.file_limit)
        file = files.file_from_upload(*sent) if sent else None
        problem = await act(service, agent, ticket_id, TicketForm(action, form, file))
        if problem:
            return await _ticket_page(service, request, ticket_id, agent, problem, form.get("text", ""))
        return RedirectResponse(f"/console/{ticket_id}#cuoi", 303)

    return router


def _held_by(service: Service, tx: Tx, agent: Agent, ticket_id: int) -> Ticket | None:
    """Find this member's own ticket, if something may be sent on its channel now."""
    ticket = visible(service, tx, agent, ticket_id)
    theirs = ticket and ticket.state == tickets.CLAIMED and ticket.agent == agent.name
    return ticket if ticket and theirs and ticket.channel not in rate_limits.paused_channels(tx) else None


async def _show_typing(service: Service, ticket: Ticket) -> None:
    channel = service.channels.get(ticket.channel)
    if isinstance(channel, ShowsTyping):
        with suppress(SendError):  # it was only a sign
            await channel.typing(ticket.contact)


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
    rows = _rows(service.content.library, tx, agent, ticket_lists.list_newest(tx, lists[wanted.show]))
    return _Queue(rows, waiting, own, kinds, len(_crowd(service, tx, agent)))


def _crowd(service: Service, tx: Tx, agent: Agent) -> list[Ticket]:
    """List what came over the web at once, if it is a crowd and this member leads: only what they may see."""
    if not agent.leads or ticket_lists.count_lately(tx, _FLOODED, _LATELY) < _CROWD:
        return []
    reach = service.team.visibility_of(agent, agents.list_all(tx))
    return [ticket for ticket in ticket_lists.list_flood(tx, _FLOODED, _LATELY) if reach.can_see(ticket)]


def _rows(library: Library, tx: Tx, agent: Agent, found: list[Ticket]) -> list[_Row]:
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
        rows.append(_Row(ticket, shortened(words, _LAST), news))
    return rows


def _wishes(library: Library) -> set[str]:
    """Return what citizens write, or press, who want a person, and a masked number: it says nothing of what they need."""
    typed = {library.sentences.labels["human"], *library.words.commands["human"], privacy.MASK}
    return typed | {phrase.capitalize() for phrase in typed}


async def _rings(service: Service, conversation_id: int) -> AsyncIterator[bytes]:
    """Stream one event a ring, and one now and then; the page then fetches itself, so that only templates know how it
    looks."""
    with service.subscriptions.subscribe(conversation_id) as rung:
        while not service.subscriptions.closed:
            await wait_for_event(rung, _QUIET)
            rung.clear()
            yield format_sse_event(data_str="1")
            await asyncio.sleep(_PACE)


async def _ticket_page(
    service: Service, request: Request, ticket_id: int, agent: Agent, problem: str = "", text: str = ""
) -> Response:
    now, library = service.clock(), service.content.library
    seen = await service.database.write(lambda c: _look(service, c, agent, ticket_id))
    if seen is None:
        log.warning("console: %s asks for ticket %d, which is not theirs to see", agent.name, ticket_id)
        return render(UnknownPage(agent=agent, ticket_id=ticket_id), 404)
    others = [one for one in seen.others if one.name not in (agent.name, seen.ticket.agent)]
    deaf = [one.name for one in others if one not in seen.reached]
    number = row_id(request.query_params.get("canned", ""))
    ready = next((answer for n, answer in enumerate(seen.answers, 1) if n == number), None)
    page = TicketPage(
        agent=agent,
        now=now,
        card=summarize(library, seen.ticket),
        words=library.team,
        lines=seen.lines,
        answered=next((line.text for line in reversed(seen.lines) if _is_of_member(line)), ""),
        watching=[name for name in seen.watching if name != agent.name],
        others=[one for one in others if one in seen.reached],
        unreached=fill_in(library.team.unreachable, names=", ".join(deaf)) if deaf else "",
        speakers=say_speakers(library.team, seen.ticket, seen.others),
        spoken={
            one.id: library.team.name_languages(one.speaks if seen.ticket.languages is not None else ())
            for one in others
        },
        held=seen.held,
        today=now.astimezone(VIETNAM).date(),
        answers=seen.answers,
        barred=seen.barred,
        reach=seen.reach,
        steps=_steps(library, seen.ticket, now),
        beside=[(row, summarize(library, row.ticket)) for row in seen.beside],
        problem=problem,
        text=text or (ready.text if ready else ""),
        ready=ready,
        nonce=secrets.token_urlsafe(12),
    )
    return render(page)


def _is_of_member(line: Said | Note) -> bool:
    """Tell whether a member said this to the citizen."""
    return isinstance(line, Said) and line.author not in (BOT, CITIZEN)


def _look(service: Service, tx: Tx, agent: Agent, ticket_id: int) -> _Seen | None:
    """Read a ticket for its page, and write down who saw the conversation."""
    ticket = visible(service, tx, agent, ticket_id)
    if ticket is None:
        return None
    if view_log.record_view(tx, agent, ticket):
        tx.changed.add(ticket.conversation_id)  # the others see who came
    said = conversations.read_transcript(tx, ticket.conversation_id, last=_LINES, until=ticket.read_until)
    lines: list[Said | Note] = [*said, *notes.list_notes(tx, ticket)]
    lines.sort(key=lambda line: line.at)
    others = service.team.list_helpers(agents.list_all(tx), ticket)
    conversation = conversations.by_id(tx, ticket.conversation_id)
    answers = canned.suggest_answers(service.content.library, tx, ticket, agent)
    open_ = service.team.visibility_of(agent, agents.list_all(tx)).as_condition() & (table.c.state != tickets.RESOLVED)
    return _Seen(
        ticket,
        lines,
        view_log.list_viewers(tx, ticket),
        others,
        service.team.list_reachable(tx, others),
        ticket_lists.count_held(tx),
        answers,
        bans.is_banned(tx, ticket.conversation_id),
        service.sender.messaging_window(tx, conversation),
        _rows(service.content.library, tx, agent, ticket_lists.list_newest(tx, open_, _BESIDE)),
    )


def _steps(library: Library, ticket: Ticket, now: datetime) -> list[tuple[str, str]]:
    """List (id, the beginning of its text) of each step on this citizen's way."""
    procedure, today = library.procedures.get(ticket.procedure or ""), now.astimezone(VIETNAM).date()
    context = TurnContext(library, State(commune=ticket.commune), today)
    steps = [step for step in procedure.steps if holds(step.when, ticket.answers, today)] if procedure else []
    return [(step.id, shortened(" ".join(context.fill(step.text).split()), _BEGINNING)) for step in steps]

"""A ticket in words, as the team reads it: on the console's pages, and as text in a chat."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.conversations import BOT, Said
from bot.handoff.agents import Agent
from bot.handoff.notes import Note
from bot.handoff.tickets import Ticket
from flows.definition.hours import VIETNAM
from flows.definition.library import Library
from flows.definition.team_texts import TeamTexts
from flows.dialogue.context import TurnContext, fill_in
from flows.dialogue.position import options_of, step_of
from flows.state import State
from flows.text.language import shortened

_SPEAKERS = 5  # that are named
_LINE, _BOT_LINE = 150, 60  # characters of what people, and of what the bot said


@dataclass(frozen=True)
class TicketSummary:
    """Values that the content no longer knows are shown as they are. `answers` are (question, answer) pairs."""

    ticket: Ticket
    procedure: str
    commune: str
    channel: str
    reason: str
    step: str | None
    answers: tuple[tuple[str, str], ...]
    tried: str | None
    opened: str


def summarize(library: Library, ticket: Ticket) -> TicketSummary:
    day = ticket.opened_at.astimezone(VIETNAM)
    state = State(procedure=ticket.procedure, commune=ticket.commune, answers=ticket.answers)
    context = TurnContext(library, state, day.date())
    procedure, words = context.procedure, library.team
    here = procedure.step(step_of(ticket.step or "")) if procedure else None
    return TicketSummary(
        ticket,
        procedure.title if procedure else words.no_procedure,
        context.commune.name if context.commune else words.no_commune,
        words.channels.get(ticket.channel, ticket.channel),
        next((text for reason, text in words.reasons.items() if reason == ticket.reason), ""),
        context.fill(here.text) if here else None,
        tuple(_answers(context)),
        next((t.title for t in getattr(here, "troubles", ()) if t.id == ticket.tried), None),
        day.strftime("%H:%M %d/%m"),
    )


def summary_text(
    library: Library,
    ticket: Ticket,
    lines: Sequence[Said],
    noted: Sequence[Note],
    speakers: str,
    *,
    for_holder: bool = False,
) -> str:
    """Render the whole card as text: the ticket, the last lines of the conversation, shortened, and the team's notes.

    Args:
        speakers: who speaks the citizen's language, see `say_speakers`.
        for_holder: only whoever has the ticket reads it, so the number for a call back stands on it.
    """
    shown, words = summarize(library, ticket), library.team
    inside = "\n".join(f"{note.who}: {note.text}" for note in noted)
    answers = "; ".join(f"{question} {answer}" for question, answer in shown.answers)
    parts = (
        fill_in(
            words.summary,
            procedure=shown.procedure,
            commune=shown.commune,
            channel=shown.channel,
            reason=shown.reason,
        ),
        speakers,
        _question(words, ticket),
        shown.step and fill_in(words.summary_step, step=shown.step),
        answers and fill_in(words.summary_answers, answers=answers),
        ticket.missing and fill_in(words.summary_missing, missing="; ".join(ticket.missing)),
        shown.tried and fill_in(words.summary_tried, tried=shown.tried),
        for_holder and ticket.phone and fill_in(words.summary_phone, phone=ticket.phone),
        inside and fill_in(words.summary_notes, lines=inside),
        _said(words, lines),
    )
    return "\n".join(part for part in parts if part)


def say_speakers(words: TeamTexts, ticket: Ticket, helpers: Sequence[Agent]) -> str:
    """Say who of those who may take a ticket speaks what its citizen needs, or that nobody does; "" where Vietnamese will do."""
    if ticket.languages is None:
        return ""
    needed = words.name_languages(ticket.languages) or words.any_language
    speakers = [one for one in helpers if one.can_speak(ticket.languages)]
    if not speakers:
        return fill_in(words.no_speakers, languages=needed)
    one_language = len(ticket.languages) == 1
    names = [one.name if one_language else f"{one.name} ({words.name_languages(one.speaks)})" for one in speakers]
    listed = ", ".join(names[:_SPEAKERS]) + (", …" if len(names) > _SPEAKERS else "")
    return fill_in(words.speakers, languages=needed, names=listed)


def citizen_words(library: Library, ticket: Ticket, lines: Sequence[Said]) -> str:
    """Write what the citizen asked and said, "" for nothing."""
    return "\n".join(part for part in (_question(library.team, ticket), _said(library.team, lines)) if part)


def _question(words: TeamTexts, ticket: Ticket) -> str:
    return fill_in(words.summary_question, question=ticket.question) if ticket.question else ""


def _said(words: TeamTexts, lines: Sequence[Said]) -> str:
    said = "\n".join(_line(words, line) for line in lines)
    return fill_in(words.summary_said, lines=said) if said else ""


def _line(words: TeamTexts, line: Said) -> str:
    """Write one line of the conversation; of what the bot said its beginning reminds."""
    text = shortened(" ".join(line.text.split()), _BOT_LINE if line.author == BOT else _LINE)
    return f"{words.authors.get(line.author, line.author)}: {text}"


def _answers(context: TurnContext) -> list[tuple[str, str]]:
    """List (question, answer) in the order of the steps."""
    found = []
    for ask in context.procedure.asks if context.procedure else ():
        if value := context.state.answers.get(ask.id):
            label = next((option.label for option in options_of(ask, context.today) if option.id == value), value)
            found.append((context.fill(ask.text), label))
    return found

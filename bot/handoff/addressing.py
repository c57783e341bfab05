"""Addressing of a member's words: they go to nobody whom the member did not name, or just said yes to."""

import re
from dataclasses import dataclass, replace
from functools import cached_property

from bot import conversations
from bot.channels import sheets
from bot.handoff import agents, drafts, notes, ticket_actions, ticket_lists, tickets
from bot.handoff.acting import Acting
from bot.handoff.agents import Agent, WorkChat
from bot.handoff.drafts import Draft, Part
from bot.handoff.team import Team
from bot.handoff.ticket_summary import summarize
from bot.handoff.tickets import Ticket
from bot.store.tx import Tx
from flows.definition.team_texts import TeamTexts
from flows.dialogue.context import fill_in
from flows.text.language import clean, shortened

_NUMBER = re.compile(r"#?(\d{1,9})")
_NAMED = re.compile(r"(?:#(\d{1,9})[:.,]?\s+|#?(\d{1,9})\s*:(?!\d))\s*(.*)", re.DOTALL)  # "8:30" is a time of the day
_SHOWN = 300  # characters of what waits


@dataclass(frozen=True)
class At:
    """Where something is said. `current`: the ticket that goes on in this chat, as long as it is this member's."""

    tx: Tx
    chat: WorkChat
    current: Ticket | None

    @property
    def agent(self) -> Agent:
        return self.chat.agent

    @property
    def speaking(self) -> Ticket | None:
        """The current ticket, if the member named it since they have it and nothing about another came in between."""
        named, held_since = self.chat.named_at, self.current.held_since if self.current else None
        return self.current if named and held_since and named >= held_since else None

    @property
    def mine(self) -> list[Ticket]:
        """List all that this member holds now, the current one first."""
        held = ticket_lists.list_held_by(self.tx, self.agent.name)
        return sorted(held, key=lambda ticket: self.current is None or ticket.id != self.current.id)

    def acting_on(self, ticket: Ticket) -> Acting:
        return Acting(self.tx, ticket, self.agent.name)

    @cached_property
    def draft(self) -> Draft | None:
        return drafts.find_draft(self.tx, self.chat)


def locate(tx: Tx, chat: WorkChat) -> At:
    ticket = tickets.get(tx, chat.ticket_id) if chat.ticket_id else None
    held = ticket is not None and ticket.state == tickets.CLAIMED and ticket.agent == chat.agent.name
    return At(tx, chat, ticket if held else None)


@dataclass(frozen=True)
class Addressing:
    team: Team

    @property
    def words(self) -> TeamTexts:
        return self.team.words

    def name_ticket(self, ticket: Ticket) -> str:
        """Name a ticket in a few words: its number and procedure."""
        shown = summarize(self.team.sender.library, ticket)
        return fill_in(self.words.ticket_line, id=ticket.id, procedure=shown.procedure)

    def pass_on(self, at: At, part: Part) -> str | None:
        """Send what was typed to whom it names, else to whom the member speaks with, else keep it and ask. Return what the
        member hears; None when they help nobody."""
        if not at.mine or not (clean(part.text) or part.file):
            return None
        number, words = named_in(part.text)
        if number is not None:
            return self._send_to(at, number, replace(part, text=words))
        if bare := _NUMBER.fullmatch(part.text):
            return self._take_number(at, int(bare[1]), part)
        return self._send_parts(at, at.speaking, (part,)) if at.speaking else self._hold_back(at, part)

    def send_draft(self, at: At, number: int | None) -> str:
        """Send what waits, to the ticket of this number, or to the one that the member was asked about."""
        number = number or (at.draft.ticket_id if at.draft else None)
        ticket = next((one for one in at.mine if one.id == number), None)
        if at.draft is None or number is None:
            return self.words.nothing_to_send
        if ticket is None:
            return self._refuse_number(at, number)
        told = self._send_parts(at, ticket, at.draft.parts)
        agents.speak_about(at.tx, at.chat, ticket.id, at.tx.now)
        return told or fill_in(self.words.sent_to, ticket=self.name_ticket(ticket))

    def mend_draft(self, at: At, message_id: str, text: str) -> str | None:
        """Return the question about the draft with one message reworded; None when that message is not in a draft."""
        number, words = named_in(text)
        mended = at.draft.with_edit(message_id, words) if at.draft else None
        if mended is None or not at.mine:
            return None
        if number is None:
            return self._ask_to_whom(at, mended)
        drafts.keep_draft(at.tx, at.chat, mended)
        return self.send_draft(replace(at), number)

    def _send_to(self, at: At, number: int, part: Part) -> str:
        """Send a message to the ticket that it names. Who names another one in passing is asked before the next words go
        there too."""
        ticket = next((one for one in at.mine if one.id == number), None)
        if ticket is None:
            return fill_in(self.words.not_sent, why=self._refuse_number(at, number))
        if not (clean(part.text) or part.file):
            return fill_in(self.words.not_sent, why="").strip()
        told = self._send_parts(at, ticket, (part,))
        if at.speaking is None or at.speaking.id != ticket.id:
            agents.speak_about(at.tx, at.chat, ticket.id, at.tx.now if len(at.mine) == 1 else None)
        return told

    def _refuse_number(self, at: At, number: int) -> str:
        """Refuse a number, and ask about the draft again, lest the next number seem to be about something else."""
        why = fill_in(self.words.not_yours, id=number)
        return f"{why}\n\n{self._ask_to_whom(at, at.draft)}" if at.draft and at.mine else why

    def _take_number(self, at: At, number: int, part: Part) -> str:
        """Take a bare number as the answer to whom a draft goes. Else it may be anything, so it is asked."""
        if at.draft and not _NUMBER.fullmatch(at.draft.text):
            return self.send_draft(at, number)
        drafts.keep_draft(at.tx, at.chat, Draft((part,), at.mine[0].id))
        return fill_in(self.words.bare_number, number=number, ticket=self.name_ticket(at.mine[0]))

    def _hold_back(self, at: At, part: Part) -> str:
        typed = [one for one in at.draft.parts if one.message_id] if at.draft else []
        return self._ask_to_whom(at, Draft((*typed, part), at.mine[0].id))

    def _ask_to_whom(self, at: At, draft: Draft) -> str:
        first, *others = at.mine
        drafts.keep_draft(at.tx, at.chat, replace(draft, ticket_id=first.id))
        ways = [fill_in(self.words.way_yes, ticket=self.name_ticket(first))]
        ways += [fill_in(self.words.way_number, id=other.id, ticket=self.name_ticket(other)) for other in others]
        return fill_in(self.words.which_ticket, text=shortened(draft.text, _SHOWN), ways="\n".join(ways))

    def _send_parts(self, at: At, ticket: Ticket, parts: tuple[Part, ...]) -> str:
        """Send messages; who holds several tickets reads to whom they went."""
        told = [self._send_part(at, ticket, part) for part in parts]
        if problem := next(filter(None, told), None):
            return problem
        return fill_in(self.words.sent_to, ticket=self.name_ticket(ticket)) if len(at.mine) > 1 else ""

    def _send_part(self, at: At, ticket: Ticket, part: Part) -> str | None:
        """Send a message to the team when it is a note, else to the citizen."""
        sender, acting = self.team.sender, at.acting_on(ticket)
        if part.text.startswith(notes.MARK):
            notes.add_note(acting, part.text.removeprefix(notes.MARK).strip())
            return fill_in(self.words.noted, id=ticket.id)
        if part.file:
            came_over = at.chat.channel if part.message_id else sheets.NAME
            return ticket_actions.send_file(sender, acting, came_over, part.file, part.text)
        if part.message_id:
            conversations.record_recipient(at.tx, at.chat.channel, part.message_id, ticket.id)
        return ticket_actions.send_answer(sender, acting, part.text)


def named_in(text: str) -> tuple[int | None, str]:
    """Split a text into the ticket number that it begins with and its words."""
    named = _NAMED.fullmatch(text)
    return (int(named[1] or named[2]), named[3]) if named else (None, text)

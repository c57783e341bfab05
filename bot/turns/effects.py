"""Effects that the engine asks for beside its replies, carried out in the turn's transaction."""

from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never

from sqlalchemy import insert

from bot import conversations, follow_up, privacy
from bot.conversations import BOT, CITIZEN, Conversation
from bot.handoff import bans, ticket_lists, tickets
from bot.handoff.team import Team
from bot.http import PRIVACY_PAGE
from bot.own_data import own_data
from bot.store.tables import content_feedback
from bot.store.tx import Tx
from flows.dialogue.context import fill_in
from flows.messages import (
    DropPhone,
    Effect,
    Erase,
    Export,
    KeepPhone,
    LeaveTicket,
    Missed,
    OpenTicket,
    Rate,
    Remind,
    Reopen,
    Reply,
    Returned,
)

_CROWD, _LATELY = 20, timedelta(minutes=10)  # tickets of the web that nobody took, and within which time
_PHONE = 500  # characters in which a number to call is looked for
_EXPORT = 20_000  # characters of what is kept that are sent as messages


@dataclass(frozen=True)
class Effects:
    team: Team

    def carry_out(self, tx: Tx, conversation: Conversation, effect: Effect, said: str) -> None:
        """Carry out one effect.

        Args:
            conversation: with the state after this turn.
            said: the message, with the number that may be in it.
        """
        match effect:
            case OpenTicket():
                self._open_ticket(tx, conversation, effect)
            case Reopen():
                self._reopen_ticket(tx, conversation)
            case Rate():
                self._record_rating(tx, conversation, effect)
            case LeaveTicket():
                self._leave_ticket(tx, conversation)
            case KeepPhone():
                self._keep_phone(tx, conversation, said)
            case DropPhone():
                self._drop_phone(tx, conversation)
            case Missed():
                conversations.note_miss(tx, conversation.id, effect, conversation.state.commune)
            case Returned():
                self._note_returned(tx, conversation, effect)
            case Remind():
                follow_up.plan_reminder(self.team.sender, tx, conversation, effect)
            case Erase():
                self.erase_citizen(tx, conversation)
            case Export():
                self._show_own_data(tx, conversation)
            case _:
                assert_never(effect)

    def _open_ticket(self, tx: Tx, conversation: Conversation, asked: OpenTicket) -> None:
        """Open a ticket: somebody needs a person. Who is banned, or has to tell first what they need, is told so instead, see
        bot/handoff/wait_estimate.py."""
        if bans.is_banned(tx, conversation.id) or self._is_one_of_crowd(tx, conversation, asked):
            return
        soon = timedelta(hours=self.team.sender.settings.reopen_hours)
        ticket, became = tickets.open_ticket(tx, conversation.id, asked, conversation.state.commune, soon)
        # Danger is announced though the ticket is open, or claimed; a language to who speaks it.
        if became != "asked again":
            self.team.announce_ticket(tx, ticket, again=became == "reopened")

    def _is_one_of_crowd(self, tx: Tx, conversation: Conversation, asked: OpenTicket) -> bool:
        """Tell whether somebody new on the web asks for a person, and nothing else, while very many do: a script begins
        conversations there for nothing. Who can't say it in writing, or not in Vietnamese, is let through."""
        new = conversation.channel == "web" and asked.reason == "asked" and not asked.procedure
        if not new or tickets.current_of(tx, conversation.id) or conversations.count_said(tx, conversation.id) > 1:
            return False
        return ticket_lists.count_lately(tx, conversation.channel, _LATELY) >= _CROWD

    def _reopen_ticket(self, tx: Tx, conversation: Conversation) -> None:
        ended = tickets.last_resolved(tx, conversation.id)
        one_is_open = tickets.current_of(tx, conversation.id) is not None
        banned = bans.is_banned(tx, conversation.id)
        if ended and not one_is_open and not banned and tickets.reopen(tx, ended, CITIZEN):
            self.team.announce_ticket(tx, ended, again=True)

    def _record_rating(self, tx: Tx, conversation: Conversation, rating: Rate) -> None:
        if ended := tickets.last_resolved(tx, conversation.id):
            rated = tickets.record_rating(tx, ended, rating)
            told = {"stars": rated.stars or "…", "word": rated.word or ""}
            self.team.tell_agent(tx, rated, self.team.sender.library.team.rated, **told)

    def _leave_ticket(self, tx: Tx, conversation: Conversation) -> None:
        held = tickets.current_of(tx, conversation.id)
        if held and tickets.resolve(tx, held, CITIZEN):
            self.team.tell_citizen_left(tx, held)

    def _note_returned(self, tx: Tx, conversation: Conversation, returned: Returned) -> None:
        """Tell the editors of a returned dossier by the hour, which is enough: they need not find the conversation."""
        library = self.team.sender.library
        procedure = library.procedures.get(returned.procedure)
        reasons = {o.id: o.label for o in procedure.returned} if procedure else {}
        reason = reasons.get(returned.reason) or library.sentences.returned.get(returned.reason, returned.reason)
        who = library.team.authors["citizen"]
        row = {"kind": "returned", "procedure": returned.procedure, "who": who, "about_id": conversation.id}
        at = tx.now.replace(minute=0, second=0, microsecond=0)
        tx.execute(insert(content_feedback).values(text=f"{reason}: {returned.text}", at=at, **row))

    def _drop_phone(self, tx: Tx, conversation: Conversation) -> None:
        if held := tickets.current_of(tx, conversation.id):
            self.team.tell_agent(tx, held, self.team.sender.library.team.phone_dropped)
        tickets.drop_phones(tx, conversation.id)

    def erase_citizen(self, tx: Tx, conversation: Conversation) -> None:
        """Erase everything about a citizen, here and where the team read it, and tell whoever helps them."""
        self.team.recall_from_team(tx, conversation.id)
        conversations.erase_citizen(tx, conversation.id)
        conversations.mark_erased(tx, conversation.id)

    @property
    def privacy_page(self) -> tuple[str, str] | None:
        """Label and address of the page that says what is kept; None where a platform could not open it."""
        sender = self.team.sender
        url = sender.settings.url if sender.settings.public_url.startswith("https://") else ""
        return (sender.library.sentences.page["privacy"], f"{url}{PRIVACY_PAGE}") if url else None

    def _show_own_data(self, tx: Tx, conversation: Conversation) -> None:
        """Show a citizen what is kept about them, once: written down again, each export would hold those before it."""
        if download := self.team.sender.channels[conversation.channel].download:
            text = fill_in(self.team.sender.library.sentences.export_at, link=download)
            self.team.sender.say(tx, conversation, BOT, Reply(text))
        else:
            kept = own_data(tx, self.team.sender.library, conversation, _EXPORT)
            self.team.sender.send(tx, conversation, Reply(kept, link=self.privacy_page))

    def _keep_phone(self, tx: Tx, conversation: Conversation, text: str) -> None:
        """Keep the one number that is kept: with a yes, on the ticket, for whoever has it."""
        ticket, phone = tickets.current_of(tx, conversation.id), privacy.phone_in(text[:_PHONE])
        if ticket and phone:
            tickets.keep_phone(tx, ticket, phone)
            self.team.tell_agent(tx, ticket, self.team.sender.library.team.phone_given, phone=phone)

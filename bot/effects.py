"""What the engine asks for in a turn beside its replies, done in the turn's transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert

from bot import checkin, conversations, privacy
from bot.conversations import BOT, CITIZEN, Conversation
from bot.handoff import barred, tickets
from bot.handoff.team import Team
from bot.http import PRIVACY_PAGE
from bot.own_data import own_data
from bot.store.tables import content_notes
from flows.dialogue.context import say
from flows.messages import (
    DropPhone,
    Effect,
    Erase,
    Export,
    LeaveTicket,
    Missed,
    OpenTicket,
    Rate,
    Remind,
    Reopen,
    Reply,
    Returned,
)

_PHONE = 500  # characters in which a number to call is looked for
_EXPORT = 20_000  # characters of what is kept that are sent as messages


@dataclass(frozen=True)
class Effects:
    team: Team

    def carry_out(
        self, connection: Connection, conversation: Conversation, effect: Effect, commune: str | None, now: datetime
    ) -> None:
        """`commune`: of the citizen, as they are after this turn."""
        match effect:
            case OpenTicket():
                self._open(connection, conversation, effect, commune, now)
            case Reopen():
                self._reopen(connection, conversation, now)
            case Rate():
                if ended := tickets.last_resolved(connection, conversation.id):
                    rated = tickets.rate(connection, ended, effect, now)
                    said = {"stars": rated.stars or "…", "word": rated.word or ""}
                    self.team.tell_agent(connection, rated, self.team.voice.content.library.team.rated, now, **said)
            case LeaveTicket():
                held = tickets.current(connection, conversation.id)
                if held and tickets.resolve(connection, held, CITIZEN, now):
                    self.team.left(connection, held, now)
            case DropPhone():
                self._drop_phone(connection, conversation, now)
            case Missed():
                conversations.note_miss(connection, conversation.id, effect, commune, now)
            case Returned():
                self._returned(connection, conversation, effect, now)
            case Remind():
                checkin.remind(self.team.voice, connection, conversation, effect, now)
            case Erase():
                self.erase(connection, conversation, now)
            case Export():
                self._export(connection, conversation, now)

    def _open(
        self, connection: Connection, conversation: Conversation, asked: OpenTicket, commune: str | None, now: datetime
    ) -> None:
        """Somebody needs a person. Who is barred is told so instead, see bot/turns.py."""
        if barred.is_barred(connection, conversation.id):
            return
        soon = timedelta(hours=self.team.voice.settings.reopen_hours)
        ticket, became = tickets.open_(connection, conversation.id, asked, commune, now, soon)
        if became != "asked again":  # who is in danger is announced though their ticket is open, or claimed
            self.team.announce(connection, ticket, now, again=became == "reopened")

    def _reopen(self, connection: Connection, conversation: Conversation, now: datetime) -> None:
        ended = tickets.last_resolved(connection, conversation.id)
        one_is_open = tickets.current(connection, conversation.id) is not None
        barred_since = barred.is_barred(connection, conversation.id)
        if ended and not one_is_open and not barred_since and tickets.reopen(connection, ended, CITIZEN, now):
            self.team.announce(connection, ended, now, again=True)

    def _returned(self, connection: Connection, conversation: Conversation, returned: Returned, now: datetime) -> None:
        """The hour is enough: the editors need not find the conversation."""
        library = self.team.voice.content.library
        procedure = library.procedures.get(returned.procedure)
        reasons = {o.id: o.label for o in procedure.returned} if procedure else {}
        reason = reasons.get(returned.reason) or library.sentences.returned.get(returned.reason, returned.reason)
        who = library.team.authors["citizen"]
        row = {"kind": "returned", "procedure": returned.procedure, "who": who, "about_id": conversation.id}
        at = now.replace(minute=0, second=0, microsecond=0)
        connection.execute(insert(content_notes).values(text=f"{reason}: {returned.text}", at=at, **row))

    def _drop_phone(self, connection: Connection, conversation: Conversation, now: datetime) -> None:
        if held := tickets.current(connection, conversation.id):
            self.team.tell_agent(connection, held, self.team.voice.content.library.team.phone_dropped, now)
        tickets.drop_phones(connection, conversation.id)

    def erase(self, connection: Connection, conversation: Conversation, now: datetime) -> None:
        """Everything about a citizen goes, here and where the team read it; whoever helps them hears it."""
        self.team.take_back(connection, conversation.id, now)
        conversations.erase(connection, conversation.id)
        conversations.mark_erased(connection, conversation.id, now)

    def _export(self, connection: Connection, conversation: Conversation, now: datetime) -> None:
        """What is kept is shown once and never written down again, or each export would hold those before it."""
        if download := self.team.voice.channels[conversation.channel].download:
            text = say(self.team.voice.content.library.sentences.export_at, link=download)
            self.team.voice.say(connection, conversation, BOT, Reply(text), now)
        else:
            library, url = self.team.voice.content.library, self.team.voice.settings.public_url
            more = (library.sentences.page["privacy"], f"{url.rstrip('/')}{PRIVACY_PAGE}") if url else None
            kept = own_data(connection, library, conversation, now, _EXPORT)
            self.team.voice.send(connection, conversation, Reply(kept, link=more), now)

    def keep_phone(self, connection: Connection, conversation: Conversation, text: str, now: datetime) -> None:
        """The one number that is kept: with a yes, on the ticket, for whoever has it."""
        ticket, phone = tickets.current(connection, conversation.id), privacy.phone_in(text[:_PHONE])
        if ticket and phone:
            tickets.keep_phone(connection, ticket, phone)
            self.team.tell_agent(connection, ticket, self.team.voice.content.library.team.phone_given, now, phone=phone)

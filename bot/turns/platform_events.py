"""Platform events beside messages: somebody left, the team answered in the platform's own tool, something did not arrive."""

from dataclasses import dataclass
from datetime import timedelta

from bot import conversations, privacy
from bot.channels.telegram_topics import is_place, ticket_of
from bot.conversations import BOT, Conversation
from bot.handoff import agents, ticket_actions, tickets
from bot.handoff.acting import Acting
from bot.handoff.team import Team
from bot.messages import Inbound, Outgoing
from bot.outbox import outbox
from bot.store.tx import Tx
from bot.turns.effects import Effects
from flows.dialogue.context import fill_in
from flows.messages import OpenTicket
from flows.state import State
from flows.text.language import fold


@dataclass(frozen=True)
class PlatformEvents:
    team: Team

    def record_blocked(self, tx: Tx, conversation: Conversation) -> None:
        """Note that somebody wants to hear nothing more here: what waits for them goes nowhere."""
        conversations.set_blocked(tx, conversation.id, True)
        outbox.make_dead_letters(tx, conversation.id, "the citizen left")
        self._lose_member(tx, conversation)

    def record_unblocked(self, tx: Tx, conversation: Conversation) -> None:
        conversations.set_blocked(tx, conversation.id, False)

    def erase_withdrawn(self, tx: Tx, conversation: Conversation) -> None:
        """Consent was taken back: everything about the citizen goes."""
        Effects(self.team).erase_citizen(tx, conversation)
        conversations.save_state(tx, conversation.id, State())

    def record_tool_answer(self, tx: Tx, conversation: Conversation, inbound: Inbound) -> None:
        """Record what the team wrote in the platform's own tool: the citizen has it already, and the bot keeps quiet from
        here on."""
        sender = self.team.sender
        words = sender.library.team
        who = words.platform.get(inbound.channel, inbound.channel)
        text = inbound.message.text or words.attachments.get(inbound.message.attachment or "other", "…")
        conversations.write_down(tx, conversation.id, who, privacy.redact_answer(text))
        ended = tickets.last_resolved(tx, conversation.id)
        if ended and inbound.at and inbound.at < ended.changed_at:  # it was on its way when the talk ended
            return
        ticket = tickets.current_of(tx, conversation.id)
        if fold(text.strip()) in {fold(word) for word in words.platform_done}:
            if ticket and ticket.agent == who:
                ticket_actions.resolve(sender, Acting(tx, ticket, who))
            return
        if ticket is None:
            scene = conversation.state
            asked = OpenTicket("answered", scene.procedure, scene.at or None, dict(scene.answers))
            soon = timedelta(hours=sender.settings.reopen_hours)
            ticket, _ = tickets.open_ticket(tx, conversation.id, asked, scene.commune, soon)
        if ticket_actions.claim(sender, Acting(tx, ticket, who)) is None:
            tickets.record_answer(tx, ticket)

    def report_lost(self, tx: Tx, conversation_id: int) -> None:
        """Report a failed delivery to whoever helps the citizen; to the leads when it was meant for the team's group."""
        conversation = conversations.by_id(tx, conversation_id)
        if is_place(conversation.contact):
            self.team.report_group_lost(tx, ticket_of(conversation.contact))
        elif conversation.contact == self.team.settings.team_zalo_group:
            self.team.report_call_lost(tx)
        if conversation.blocked:
            self._lose_member(tx, conversation)
        elif (chat := agents.find_chat(tx, conversation.channel, conversation.contact)) and not (
            outbox.failed_before(tx, conversation_id)  # then it is known
        ):
            self.team.report_unreached(tx, chat)
        ticket = tickets.current_of(tx, conversation_id)
        if ticket and ticket.state == tickets.CLAIMED:
            sentence = self.team.words.undelivered
            conversations.write_down(tx, conversation_id, BOT, fill_in(sentence, id=ticket.id))
            self.team.tell_agent(tx, ticket, sentence)

    def report_not_deleted(self, tx: Tx, call: Outgoing) -> None:
        """Ask the leads to delete what a platform did not delete of a citizen who erased their data."""
        self.team.report_recall_failed(tx, call)

    def _lose_member(self, tx: Tx, conversation: Conversation) -> None:
        """If it is a member of the team who can't be reached here, their tickets must not wait for them."""
        if chat := agents.find_chat(tx, conversation.channel, conversation.contact):
            self.team.drop_chat(tx, chat)

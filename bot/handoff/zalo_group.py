"""The team's group on Zalo Bot: tickets are called out there and taken there; the talk goes on in the member's private chat.

In a group the platform passes on only what mentions the bot (docs/zalo.md), so nobody could answer a citizen there.
"""

import re
from dataclasses import dataclass

from bot.handoff import agents, tickets
from bot.handoff.commands import Commands
from bot.handoff.team import Team
from bot.messages import Inbound
from bot.store.tx import Tx
from flows.dialogue.context import fill_in
from flows.text.language import fold

_TYPED = re.compile(r"(.*?) ?#?(\d{1,9})")


@dataclass(frozen=True)
class CallGroup:
    team: Team

    def handle(self, tx: Tx, inbound: Inbound) -> None:
        """Handle a message of the group: "@Bot nhận 12" claims; anything else is answered by how to."""
        self.team.call_out(tx, self._claim_and_answer(tx, inbound))

    def _claim_and_answer(self, tx: Tx, inbound: Inbound) -> str:
        words, room, number = self.team.words, inbound.room, self._parse_number(inbound.message.text)
        chat = agents.find_chat(tx, inbound.channel, room.sender) if room else None
        if room is None or number is None:
            return words.call_help
        if chat is None:
            return fill_in(words.group_stranger, name=room.name)
        told = Commands(self.team).claim_and_show(tx, chat, number)
        ticket = tickets.get(tx, number)
        if ticket is None or ticket.agent != chat.agent.name or ticket.state != tickets.CLAIMED:
            return told
        self.team.tell_chat(tx, chat, told, ticket)
        return fill_in(words.call_claimed, id=number, agent=chat.agent.name)

    def _parse_number(self, text: str) -> int | None:
        """Parse the number of the ticket to claim; the mention of the bot stands before the command."""
        typed = _TYPED.fullmatch(" ".join(text.split()))
        said = f" {fold(typed[1]).strip()}" if typed else ""
        claims = typed and any(said.endswith(f" {fold(word)}") for word in self.team.words.commands["claim"])
        return int(typed[2]) if typed and claims else None

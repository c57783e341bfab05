"""Commands of a member of the team in a private chat: each is a method that returns what they hear.

Typed commands, not buttons: Zalo Bot has none, and there a number alone would be a message to the citizen.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot import conversations
from bot.handoff import agents, canned, drafts, notes, practice, ticket_actions, ticket_lists, tickets, view_log
from bot.handoff.addressing import Addressing, At
from bot.handoff.agents import Agent, WorkChat
from bot.handoff.canned import Answer
from bot.handoff.drafts import Draft, Part
from bot.handoff.team import Team
from bot.handoff.ticket_summary import summary_text
from bot.handoff.tickets import Ticket
from bot.sender import Sender
from bot.store.tx import Tx
from bot.team_keys import COMMANDS, BareCommand, TeamCommand, TicketOutcome
from flows.definition.team_texts import TeamTexts
from flows.dialogue.context import fill_in
from flows.text.language import clean, fold

_LINES = 10  # of the conversation that an agent reads before answering
_LISTED = 10  # tickets, or ready answers
_MARKS = ",.:;!"  # that people put behind a command or a number
_COMMAND = re.compile(rf"(\D*?) ?(?:#?(\d{{1,9}})[{_MARKS}]*(?:\s+(.+))?)?")


@dataclass(frozen=True)
class Commands:
    team: Team

    @property
    def sender(self) -> Sender:
        return self.team.sender

    @property
    def words(self) -> TeamTexts:
        return self.team.words

    @property
    def addressing(self) -> Addressing:
        return Addressing(self.team)

    def execute(self, at: At, words: str) -> str | None:
        """Execute the command in `words`; None when they are words to the citizen.

        A command that can't be executed is answered with how to use it: it never reaches the citizen.
        """
        command, number, more = self.parse_command(words)
        match command:
            case None:
                return self._transfer_current(at, words)
            case "transfer":
                return self._transfer_by_name(at, number, more)
            case "tip":
                return self._keep_tip(at, number, more) if number and more else self.words.how_tip
            case "block" | "unblock":
                return self._ban(at, number, more, lift=command == "unblock") if number else self.words.how_block
            case "helped" | "in_person" | "wrong" | "spam":
                return self._record_outcome(at, command, number, more)
            case _:
                return BARE_COMMANDS[command](self, at, number)

    def parse_command(self, words: str) -> tuple[TeamCommand | None, int | None, str]:
        """Parse a text into command, ticket number and the rest: "sai 12, phí đã đổi".

        A command that takes no rest is none when there is one: "nhận 12 tờ giấy này nhé".
        """
        match = _COMMAND.fullmatch(clean(words, len(words)))
        said = fold(match[1]).strip(f" {_MARKS}") if match else ""
        command = next((c for c in COMMANDS if said in {fold(word) for word in self.words.commands[c]}), None)
        if match is None or command is None or (command in BARE_COMMANDS and match[3]):
            return None, None, ""
        return command, int(match[2]) if match[2] else None, match[3] or ""

    def _find_resolved(self, at: At, number: int | None) -> Ticket | None:
        """Find a ticket that this member resolved and now tells more about; None for others' tickets."""
        ticket = tickets.get(at.tx, number) if number else None
        mine = ticket is not None and ticket.state == tickets.RESOLVED and ticket.agent == at.agent.name
        return ticket if mine else None

    def _record_outcome(self, at: At, outcome: TicketOutcome, number: int | None, more: str) -> str | None:
        """Record what became of a resolved ticket. Of one that is not theirs, "sai 1 chữ" is meant for the citizen: None."""
        if ended := self._find_resolved(at, number):
            ticket_actions.record_outcome(at.acting_on(ended), outcome, more)
            return fill_in(self.words.outcome_kept, id=ended.id, outcome=self.words.outcomes[outcome])
        mine = {ticket.id for ticket in at.mine}
        return self.words.how_outcome if not more or number in mine else None

    def _keep_tip(self, at: At, number: int, text: str) -> str:
        """Keep for the editors what helped, as told by whoever had the ticket."""
        ticket = tickets.get(at.tx, number)
        if ticket is None or ticket.agent != at.agent.name:
            return fill_in(self.words.not_yours, id=number)
        ticket_actions.record_content_feedback(at.acting_on(ticket), "tip", text)
        return fill_in(self.words.tip_kept, id=number)

    def _ban(self, at: At, number: int, reason: str, *, lift: bool) -> str:
        """Ban or unban. Leads only, with a reason: it takes somebody's way to a person away. What was erased can still be
        lifted."""
        ticket = self._find_claimable(at, number)
        if ticket is None and (not lift or tickets.get(at.tx, number)):
            return fill_in(self.words.unknown, id=number)
        if not at.agent.leads:
            return self.words.leads_only
        if ticket is None or lift:
            problem = ticket_actions.unban(self.sender, at.tx, number, at.agent.name)
            return problem or fill_in(self.words.lifted, id=number)
        problem = self.team.ban(at.acting_on(ticket), reason)
        return problem or fill_in(self.words.barred, id=number)

    def claim_and_show(self, tx: Tx, chat: WorkChat, number: int) -> str:
        """Claim a ticket, of which this chat speaks from now on. Return its card, or what is in the way."""
        return self._claim_ticket(At(tx, chat, None), number)

    def _claim_ticket(self, at: At, number: int | None) -> str:
        """Claim a ticket; without a number the one that waits is meant."""
        if number is None:
            waiting = self._list_waiting(at)
            if len(waiting) != 1:
                return self.list_tickets(at)
            number = waiting[0].id
        ticket = self._find_claimable(at, number)
        if ticket is None:
            return self._refuse_to_talk(at, number, fill_in(self.words.unknown, id=number))
        if problem := ticket_actions.claim(self.sender, at.acting_on(ticket)):
            return self._refuse_to_talk(at, number, problem)
        view_log.record_view(at.tx, at.agent, ticket)
        return self._begin_talk(at, ticket)

    def _talk_about(self, at: At, number: int | None) -> str:
        """Speak with the citizen of a ticket. Who did not read it before, having it from somebody else, reads its card
        first."""
        ticket, why_not = self._find_own(at, number)
        if ticket is None:
            return self._refuse_to_talk(at, number, why_not)
        if view_log.record_view(at.tx, at.agent, ticket):
            return self._begin_talk(at, ticket)
        agents.speak_about(at.tx, at.chat, ticket.id, at.tx.now)
        return fill_in(self.words.talking, id=ticket.id)

    def _refuse_to_talk(self, at: At, number: int | None, why: str) -> str:
        """Tell why they don't speak with whom they named; what they type next may be meant for that one, so it is asked."""
        if number:
            agents.ask_before_next(at.tx, at.chat, number)
        return why

    def _begin_talk(self, at: At, ticket: Ticket) -> str:
        """Send what is typed from now on to this citizen, and show the card."""
        agents.speak_about(at.tx, at.chat, ticket.id, at.tx.now)
        lines = conversations.read_transcript(at.tx, ticket.conversation_id, last=_LINES, until=ticket.read_until)
        noted = notes.list_notes(at.tx, ticket)
        speakers = self.team.say_speakers(at.tx, ticket)
        summary = summary_text(self.sender.library, ticket, lines, noted, speakers, for_holder=True)
        return fill_in(self.words.claimed, id=ticket.id, summary=summary)

    def _resolve(self, at: At, number: int | None) -> str:
        ticket, why_not = self._find_own(at, number)
        if ticket is None:
            return why_not
        problem = ticket_actions.resolve(self.sender, at.acting_on(ticket), "helped")
        return problem or self._say_who_is_next(at, fill_in(self.words.done, id=ticket.id))

    def _release_ticket(self, at: At, number: int | None) -> str:
        ticket, why_not = self._find_own(at, number)
        if ticket is None:
            return why_not
        problem = self.team.give_back(at.acting_on(ticket))
        return problem or self._say_who_is_next(at, fill_in(self.words.released, id=ticket.id))

    def _transfer_by_name(self, at: At, number: int | None, name: str) -> str:
        """Hand a ticket to the colleague who is named, and tell them; a name that fits nobody is answered by those that do."""
        number = number or (at.speaking.id if at.speaking else None)
        if number is None:
            return f"{self.words.nobody}\n\n{self.list_tickets(at)}"
        ticket, why_not = self._find_own(at, number)
        if ticket is None and at.agent.leads:
            ticket = self._find_claimable(at, number)
        if ticket is None:
            return why_not
        others = self._list_others(at.tx, at.agent.name, ticket)
        to = _find_by_name(others, name)
        if to is None:
            names = ", ".join(one.name for one in self.team.list_reachable(at.tx, others))
            return fill_in(self.words.transfer_to, id=number, names=names) if names else self.words.group_alone
        return self._hand_over(at, ticket, to)

    def _transfer_current(self, at: At, words: str) -> str | None:
        """Hand over the ticket that they speak about: "chuyển Minh". Anybody else's name is words to the citizen."""
        to = self.find_transfer_target(at.tx, at.agent.name, at.speaking, words) if at.speaking else None
        return self._hand_over(at, at.speaking, to) if at.speaking and to else None

    def find_transfer_target(self, tx: Tx, who: str, ticket: Ticket, words: str) -> Agent | None:
        """Find the colleague whom "chuyển Minh" names; None for any other words."""
        said = clean(words, len(words))
        for word in self.words.commands["transfer"]:
            if fold(said).startswith(f"{fold(word)} "):
                return self.find_colleague(tx, who, ticket, said[len(word) :])
        return None

    def find_colleague(self, tx: Tx, who: str, ticket: Ticket, name: str) -> Agent | None:
        """Find by name a colleague who could have the ticket instead of `who`."""
        return _find_by_name(self._list_others(tx, who, ticket), name)

    def _hand_over(self, at: At, ticket: Ticket, to: Agent) -> str:
        problem = self.team.hand_over(at.tx, ticket, at.agent, to)
        said = fill_in(self.words.group_handed, id=ticket.id, agent=at.agent.name, to=to.name)
        return problem or self._say_who_is_next(at, said)

    def _list_others(self, tx: Tx, who: str, ticket: Ticket) -> list[Agent]:
        """List who could have the ticket instead."""
        helpers = self.team.list_helpers(agents.list_all(tx), ticket)
        return [one for one in helpers if one.name not in (who, ticket.agent)]

    def _find_claimable(self, at: At, number: int) -> Ticket | None:
        """Find the ticket of this number, if this member may take it."""
        ticket = tickets.get(at.tx, number)
        helps = ticket and at.agent in self.team.list_helpers(agents.list_all(at.tx), ticket)
        return ticket if helps else None

    def _show_canned(self, at: At, number: int | None) -> str:
        """List the ready answers, or send the one of this number as the last list had it."""
        about = next(iter(at.mine), None)
        if about is None:
            return f"{self.words.nobody}\n\n{self.list_tickets(at)}"
        answers = canned.suggest_answers(self.sender.library, at.tx, about, at.agent)
        listed = at.chat.offered[number - 1] if number and number <= len(at.chat.offered) else None
        chosen = next((answer for answer in answers if answer.mark == listed), None)
        if chosen is None:
            return self._list_canned(at, about, answers[:_LISTED])
        drafts.keep_draft(at.tx, at.chat, Draft((Part("", chosen.text, chosen.sheet),), about.id))
        return fill_in(self.words.canned_shown, text=chosen.shown, ticket=self.addressing.name_ticket(about))

    def _list_canned(self, at: At, ticket: Ticket, answers: list[Answer]) -> str:
        agents.record_offered(at.tx, at.chat, [answer.mark for answer in answers])
        listed = "\n".join(f"{n}. {answer.title}" for n, answer in enumerate(answers, 1))
        return fill_in(self.words.canned_list, id=ticket.id, answers=listed)

    def _confirm_draft(self, at: At, number: int | None) -> str:
        return self.addressing.send_draft(at, number)

    def _leave_chat(self, at: At, number: int | None) -> str:
        agents.leave_chat(at.tx, at.chat.channel, at.chat.contact)
        return self.words.left

    def list_tickets(self, at: At, number: int | None = None) -> str:
        """List one's own tickets, and those that wait."""
        mine, waiting = at.mine, self._list_waiting(at)[:_LISTED]
        lines = [fill_in(self.words.mine, tickets=self._name_tickets(mine))] if mine else []
        lines.append(
            fill_in(self.words.waiting, tickets=self._name_tickets(waiting)) if waiting else self.words.none_waiting
        )
        return "\n".join(lines)

    def _go_on_duty(self, at: At, number: int | None) -> str:
        agents.say_duty(at.tx, at.agent, there=True)
        return f"{self.words.duty_begun}\n{self._list_on_duty(at)}"

    def _go_off_duty(self, at: At, number: int | None) -> str:
        agents.say_duty(at.tx, at.agent, there=False)
        return f"{self.words.duty_ended}\n{self._list_on_duty(at)}"

    def _list_on_duty(self, at: At, number: int | None = None) -> str:
        """List who of their communes is on duty, each with how many tickets they hold."""
        colleagues = [one for one in agents.list_all(at.tx) if at.agent.shares_commune(one.communes)]
        held, there = ticket_lists.count_held(at.tx), self.team.list_on_duty(at.tx, colleagues)
        names = ", ".join(fill_in(self.words.duty_member, name=one.name, count=held.get(one.name, 0)) for one in there)
        return fill_in(self.words.duty_list, names=names) if names else self.words.duty_nobody

    def _begin_practice(self, at: At, number: int | None) -> str:
        ticket = practice.begin_practice(self.team, at.tx, at.agent)
        return fill_in(self.words.practice_begun, id=ticket.id)

    def _show_help(self, at: At, number: int | None) -> str:
        return self.words.help

    def _find_own(self, at: At, number: int | None) -> tuple[Ticket | None, str]:
        """Find the ticket that is meant, if it is this member's; else say why not."""
        if number is None:
            asked = f"{self.words.which_number}\n" if len(at.mine) > 1 else ""
            return at.speaking, f"{asked}{self.list_tickets(at)}"
        ticket = tickets.get(at.tx, number)
        mine = ticket is not None and ticket.agent == at.agent.name
        if ticket is None or not (mine or at.agent in self.team.list_helpers(agents.list_all(at.tx), ticket)):
            return None, fill_in(self.words.unknown, id=number)
        if ticket.state == tickets.RESOLVED:
            return None, fill_in(self.words.already_done, id=number)
        return (ticket if mine else None), fill_in(self.words.not_yours, id=number)

    def _say_who_is_next(self, at: At, said: str) -> str:
        """Say whom they speak with now.

        The next one has yet to be named: what was typed a moment too late must reach no other citizen.
        """
        still = at.speaking and next((ticket for ticket in at.mine if ticket.id == at.speaking.id), None)
        if still:
            return f"{said} {fill_in(self.words.talking, id=still.id)}"
        if not at.mine:
            return said
        agents.speak_about(at.tx, at.chat, at.mine[0].id, None)
        return f"{said} {fill_in(self.words.talk_next, ticket=self.addressing.name_ticket(at.mine[0]))}"

    def _list_waiting(self, at: At) -> list[Ticket]:
        found, everyone = ticket_lists.list_waiting(at.tx), agents.list_all(at.tx)
        return [ticket for ticket in found if at.agent in self.team.list_helpers(everyone, ticket)]

    def _name_tickets(self, found: list[Ticket]) -> str:
        return ", ".join(self.addressing.name_ticket(ticket) for ticket in found)


def _find_by_name(members: list[Agent], name: str) -> Agent | None:
    """Find a member by name as it is written, or without its accents where only one fits."""
    said = name.strip(f" {_MARKS}").casefold()
    alike = [one for one in members if fold(one.name) == fold(said)]
    exact = [one for one in alike if one.name.casefold() == said]
    return next(iter(exact), alike[0] if len(alike) == 1 else None)


BARE_COMMANDS: Mapping[BareCommand, Callable[[Commands, At, int | None], str]] = {
    "claim": Commands._claim_ticket,
    "list": Commands.list_tickets,
    "talk": Commands._talk_about,
    "done": Commands._resolve,
    "release": Commands._release_ticket,
    "help": Commands._show_help,
    "practice": Commands._begin_practice,
    "canned": Commands._show_canned,
    "leave": Commands._leave_chat,
    "send": Commands._confirm_draft,
    "on_duty": Commands._go_on_duty,
    "off_duty": Commands._go_off_duty,
    "duty": Commands._list_on_duty,
}

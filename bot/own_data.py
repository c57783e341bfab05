"""Export of everything that is kept about a citizen, in plain words, for themselves."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Row, Select, func, select

from bot import conversations
from bot.conversations import BOT, CITIZEN, Conversation, Said
from bot.store.tables import arrivals, files, follow_ups, links, misses, tickets
from bot.store.tx import Tx
from flows.definition.hours import VIETNAM
from flows.definition.library import Library
from flows.definition.texts import OwnDataTexts
from flows.dialogue.context import TurnContext, fill_in
from flows.dialogue.procedure_screens import answered
from flows.state import State
from flows.text.address import address

_BLANKS = 5  # line ends around what was said
_STAMP = 20  # characters before each line, at least
_FIRST, _MORE = 200, 4  # lines that are read; so many times as many, until there are enough


def own_data(tx: Tx, library: Library, conversation: Conversation, limit: int) -> str:
    """Tell what is kept about a citizen, in at most `limit` characters: of what was said, the oldest is left out first."""
    teller = _Teller(tx, library, conversation, tx.now.astimezone(VIETNAM).date())
    head = "\n".join((*teller.tell_state(), *teller.tell_rows()))[:limit]
    foot = teller.add_line(teller.words.erase)
    room = limit - len(head) - len(teller.words.said) - len(foot) - _BLANKS
    lines: list[str] = []
    for _, line in sorted(teller.read_lines(limit), key=itemgetter(0))[::-1]:  # what was said at once stays in order
        room -= len(line) + 1
        if room < 0:
            break
        lines.append(line)
    return "\n".join((head, "", teller.words.said, *reversed(lines), "", foot))[:limit]


@dataclass(frozen=True)
class _Teller:
    tx: Tx
    library: Library
    conversation: Conversation
    today: date

    @property
    def words(self) -> OwnDataTexts:
        return self.library.sentences.own_data

    def add_line(self, sentence: str, **values: object) -> str:
        """Fill in a sentence of the content; what the citizen said themselves is left as it is."""
        return fill_in(address(sentence, self.conversation.state.called), **values)

    def tell_state(self) -> Iterator[str]:
        """Tell where they stand: what the engine keeps."""
        state = self.conversation.state
        yield self.add_line(self.words.heading)
        yield self.add_line(self.words.called, form=state.called)
        if commune := self.library.communes.get(state.commune or ""):
            yield self.add_line(self.words.commune, commune=commune.name)
        if state.procedure:
            yield self.add_line(self.words.doing, title=self._title_of(state.procedure))
            yield from self._tell_answers(state)
        for id_, answers in state.drafts.items():
            yield self.add_line(self.words.draft, title=self._title_of(id_))
            yield from self._tell_answers(state.model_copy(update={"procedure": id_, "answers": answers}))
        for id_ in state.plan:
            yield self.add_line(self.words.planned, title=self._title_of(id_))
        for id_ in state.told:
            yield self.add_line(self.words.told, title=self._title_of(id_))

    def tell_rows(self) -> Iterator[str]:
        """Tell what else is kept: tickets, files, links, when they will be written to."""
        for row in self._select(select(follow_ups).where(follow_ups.c.conversation_id == self.conversation.id)):
            yield self.add_line(self.words.checkin, title=self._title_of(row.procedure), time=_time(row.due_at))
        mine = arrivals.c.conversation_id == self.conversation.id
        for row in self._select(select(arrivals.c.at, links.c.source).join(links).where(mine).order_by(arrivals.c.at)):
            yield self.add_line(self.words.link, source=row.source, time=_time(row.at))
        held = select(func.count()).select_from(files).where(files.c.conversation_id == self.conversation.id)
        if count := self.tx.execute(held).scalar_one():
            yield self.add_line(self.words.files, number=count)
        theirs = tickets.c.conversation_id == self.conversation.id
        for row in self._select(select(tickets).where(theirs).order_by(tickets.c.opened_at)):
            yield from self._tell_ticket(row)

    def read_lines(self, limit: int) -> Iterator[tuple[datetime, str]]:
        """Tell what was said, as far as there is room, and which of it the editors keep because nobody understood it."""
        page = self.library.sentences.page
        authors = {CITIZEN: page["you"], BOT: page["bot"]}
        for line in self._read_newest(limit):
            yield line.at, f"{_time(line.at)} {authors.get(line.author, line.author)}: {line.text}"
        theirs = misses.c.conversation_id == self.conversation.id
        for row in self._select(select(misses).where(theirs).order_by(misses.c.id.desc()).limit(limit // _STAMP)):
            yield row.at, f"{_time(row.at)} {self.add_line(self.words.missed, text=row.text)}"

    def _read_newest(self, limit: int) -> list[Said]:
        """Read no more of a long conversation than there is room for, or a few times that."""
        last = _FIRST
        while True:
            lines = conversations.read_transcript(self.tx, self.conversation.id, last=last)
            if len(lines) < last or sum(len(line.text) + _STAMP for line in lines) > limit:
                return lines
            last *= _MORE

    def _tell_ticket(self, row: Row[Any]) -> Iterator[str]:
        about = self._title_of(row.procedure) if row.procedure else self.library.team.no_procedure
        yield self.add_line(self.words.ticket, id=row.id, title=about, time=_time(row.opened_at))
        if row.agent:
            yield self.add_line(self.words.ticket_agent, agent=row.agent)
        if row.languages is not None:
            team = self.library.team
            named = team.name_languages(json.loads(row.languages)) or team.any_language
            yield self.add_line(self.words.ticket_languages, languages=named)
        if row.phone:
            yield self.add_line(self.words.ticket_phone, phone=row.phone)
        if row.stars:
            yield self.add_line(self.words.ticket_stars, stars=row.stars)
        if row.word:
            yield self.add_line(self.words.ticket_word, word=row.word)

    def _tell_answers(self, state: State) -> Iterator[str]:
        context = TurnContext(self.library, state, self.today)
        for _, question, label in answered(context):
            yield self.add_line(self.words.answer, question=self.add_line(question), answer=label)
        if context.missing:
            yield self.add_line(self.words.missing, papers=", ".join(paper.name for paper in context.missing))

    def _title_of(self, id_: str) -> str:
        return self.library.title(id_) or id_

    def _select(self, query: Select[Any]) -> list[Row[Any]]:
        return list(self.tx.execute(query).all())


def _time(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%d/%m/%Y %H:%M}"

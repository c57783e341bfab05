"""What the engine knows: an immutable Library. flows/definition/loading.py makes it from the texts of content/."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from flows.definition.catalogue import Entry
from flows.definition.hours import Days, Hours
from flows.definition.procedure import (
    Commune,
    Danger,
    Group,
    LifeEvent,
    News,
    Procedure,
    Said,
    Signpost,
    Source,
    Term,
    Wish,
)
from flows.definition.texts import BotTexts, Canned, PlainWords, TeamTexts, Vocabulary
from flows.definition.yaml_source import Document, Path
from flows.text.frames import FrameBook
from flows.text.language import same, shortened, words
from flows.text.phrasebook import Phrasebook, Reader
from flows.text.topic_index import Topicbook

Origin = tuple[Document, Path]

CODE = re.compile(r"\d\.\d{6}")
_BUTTON = 60  # characters: as long as a title of our own may be


@dataclass(frozen=True, repr=False)
class Library:
    """Everything the engine knows. `origins` tells where in which file a step stands: (procedure, step) -> place."""

    procedures: Mapping[str, Procedure]
    communes: Mapping[str, Commune]
    groups: Mapping[str, Group]
    life_events: Mapping[str, LifeEvent]
    news: Mapping[str, News]
    dangers: Mapping[str, Danger]
    wishes: Mapping[str, Wish]
    signposts: Mapping[str, Signpost]
    portal: Mapping[str, Signpost]
    terms: Mapping[str, Term]
    catalogue: Mapping[str, Entry]
    sources: Mapping[str, Source]
    days_off: Days
    sentences: BotTexts
    team: TeamTexts
    canned: Mapping[str, Canned]
    words: Vocabulary
    plain_words: PlainWords | None
    origins: Mapping[tuple[str, str], Origin]
    documents: Mapping[str, Document]

    def __repr__(self) -> str:
        return f"Library({', '.join(self.procedures)})"

    def title(self, id_: str) -> str | None:
        """What a procedure, a life event or an entry of the catalogue is called on a button."""
        if entry := self.catalogue.get(id_):
            return shortened(entry.name, _BUTTON)
        known = self.procedures.get(id_) or self.life_events.get(id_) or self.posts.get(id_)
        return known.title if known else None

    def news_on(self, today: date, procedure: str | None = None) -> dict[str, News]:
        """Deadlines that have not passed: those of a procedure, or all of them."""
        return {
            id_: news
            for id_, news in self.news.items()
            if today <= news.until and not news.unsure(today) and procedure in (None, *news.procedures)
        }

    @cached_property
    def posts(self) -> Mapping[str, Signpost]:
        """What is answered with one text: signposts, and troubles with the portal."""
        return {**self.signposts, **self.portal}

    def team_of(self, commune: str | None, procedure: str | None) -> str | None:
        """The commune whose team helps: its own, or the one to which it leaves this procedure."""
        known = self.communes.get(commune or "")
        return known.team.procedures.get(procedure or "", known.id) if known else commune

    def hours(self, commune: str | None, procedure: str | None = None) -> Hours:
        """When the team is there that helps with this; a commune that nobody knows has a team at any time."""
        known = self.communes.get(self.team_of(commune, procedure) or "")
        return Hours(known.team.hours, self.days_off) if known else Hours()

    @cached_property
    def topic_book(self) -> Topicbook:
        """What people come for: procedures, and what happens in a life."""
        phrases = [(p.id, said) for p in self.procedures.values() for said in (p.title, *p.says)]
        phrases += [(id_, said) for id_, event in self.life_events.items() for said in (event.title, *event.says)]
        phrases += [(id_, said) for id_, post in self.posts.items() for said in (post.title, *post.says)]
        fillers = (*self.words.fillers, *self.words.idle)
        return Topicbook(phrases, Reader(self.words.abbreviations, self._synonyms, fillers, keep_last=False))

    @property
    def _synonyms(self) -> dict[str, str]:
        return {said: meant for meant, others in self.words.synonyms.items() for said in others}

    @cached_property
    def danger_frames(self) -> FrameBook:
        return FrameBook(((id_, f) for id_, one in self.dangers.items() for f in one.frames), self.words.abbreviations)

    @cached_property
    def danger_denials(self) -> FrameBook:
        return FrameBook(((id_, f) for id_, one in self.dangers.items() for f in one.unless), self.words.abbreviations)

    @cached_property
    def not_now(self) -> FrameBook:
        return FrameBook((("not_now", frame) for frame in self.words.not_now), self.words.abbreviations)

    @cached_property
    def now(self) -> FrameBook:
        return FrameBook((("now", frame) for frame in self.words.now), self.words.abbreviations)

    @cached_property
    def wish_frames(self) -> FrameBook:
        return FrameBook(((id_, f) for id_, one in self.wishes.items() for f in one.frames), self.words.abbreviations)

    @cached_property
    def wish_denials(self) -> FrameBook:
        return FrameBook(((id_, f) for id_, one in self.wishes.items() for f in one.unless), self.words.abbreviations)

    @cached_property
    def command_book(self) -> Phrasebook:
        return self._book(
            [(key, phrase) for key, phrases in self.words.commands.items() for phrase in phrases], whole=0.7
        )

    @cached_property
    def fact_book(self) -> Phrasebook:
        phrases = [(key, phrase) for key, said in self.words.facts.items() for phrase in said]
        local = [(key, phrase) for key, said in self.words.commune.items() for phrase in said]
        more = [("papers", phrase) for phrase in self.words.papers] + [("status", said) for said in self.words.status]
        return self._book([*phrases, *local, *more], whole=0.4)

    @cached_property
    def fact_words(self) -> dict[str, set[str]]:
        """The words that people ask for each fact with."""
        said: dict[str, tuple[str, ...]] = {str(kind): phrases for kind, phrases in self.words.facts.items()}
        said |= {str(key): phrases for key, phrases in self.words.commune.items()}
        said["papers"] = self.words.papers
        return {fact: {word for phrase in phrases for word in words(phrase)} for fact, phrases in said.items()}

    @cached_property
    def talk_book(self) -> Phrasebook:
        """What is no business of any procedure; an emergency under its own name."""
        said = [*self.words.emergency.items(), ("frustration", self.words.frustration)]
        said.append(("out_of_scope", self.words.out_of_scope))
        return self._book([(kind, phrase) for kind, phrases in said for phrase in phrases], whole=0.6)

    @cached_property
    def term_book(self) -> Phrasebook:
        """The terms by their names; "là gì", "nghĩa là sao" are left out of what was said."""
        named = [(id_, name) for id_, term in self.terms.items() for name in (term.term, *term.says)]
        reader = Reader(self.words.abbreviations, fillers=(*self.words.fillers, *self.words.meaning))
        return Phrasebook(named, reader, whole=0.9)

    @cached_property
    def covered(self) -> dict[str, str]:
        """Code of the national database -> the procedure of ours that leads through it."""
        values = ((p.id, value) for p in self.procedures.values() for value in p.facts.get("code", ()))
        own = {code: id_ for id_, value in values for code in CODE.findall(value.text or "")[:1]}
        return {code: p.id for p in self.procedures.values() for code in p.covers} | own

    @cached_property
    def catalogue_book(self) -> Phrasebook:
        """The official names, of ours and of all others."""
        names = [(self.covered.get(code, code), entry.name) for code, entry in self.catalogue.items()]
        return Phrasebook(names, self.reader, whole=1.0)

    @cached_property
    def spoken(self) -> list[tuple[tuple[str, ...], Said]]:
        """Yes, no, not yet and "don't know" as people say them, the longest first."""
        said = {
            (self.command_book.phrase(said), kind) for kind, phrases in self.words.spoken.items() for said in phrases
        }
        return sorted(said, key=lambda pair: (-len(pair[0]), pair))

    def says_stuck(self, text: str) -> bool:
        """ "vướng", "lỗi rồi": said at a step that has no button for it."""
        said = self.command_book.words(text)
        return any(same(said, self.command_book.phrase(phrase)) for phrase in self.words.stuck)

    def _book(self, phrases: Iterable[tuple[str, str]], whole: float) -> Phrasebook:
        return Phrasebook(phrases, self.reader, whole=whole)

    @cached_property
    def reader(self) -> Reader:
        return Reader(self.words.abbreviations, fillers=self.words.fillers)

"""Library of all content, immutable. flows/definition/loading.py builds it from the texts of content/."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from flows.definition import learning
from flows.definition.contents import Contents
from flows.definition.entries import Danger, LifeEvent, Signpost, Wish
from flows.definition.learnt import Learnt
from flows.definition.learnt_odds import weigh_calls, weigh_done, weigh_kinds, weigh_questions
from flows.definition.procedure import Procedure
from flows.definition.sayings import DANGER, NOISE, NOT_OURS, PERSON, PORTAL
from flows.definition.steps import Said
from flows.definition.yaml_source import Document
from flows.text.accents import AccentBook, count_spellings
from flows.text.calls import CallBook
from flows.text.fits import Fits
from flows.text.frames import FrameBook
from flows.text.language import fold, same, words
from flows.text.likeness import Likeness, read_said
from flows.text.naive_bayes import OFTEN, NaiveBayes, read_bare
from flows.text.odds import Odds, Tallies, read_twice
from flows.text.option_index import weigh_words
from flows.text.part_counts import Example, Key, PartCounts
from flows.text.phrasebook import Phrasebook, Reader
from flows.text.topic_index import Topicbook

WORD = re.compile(r"\w+")
CODE = re.compile(r"\d\.\d{6}")
_OF_PEOPLE = (".says.yaml", ".questions.yaml", ".talks.yaml")  # files that hold other people's spelling


@dataclass(frozen=True, repr=False, eq=False)
class Library(Contents):
    """Library of all content, with what understanding looks words up in.

    Attributes:
        learnt: what is worked out from all words of the content, when it is asked for. May be kept for the next start, and
            given to a library of the same content before it is asked for anything.
    """

    learnt: Learnt = field(default_factory=Learnt, init=False)

    def __repr__(self) -> str:
        return f"Library({', '.join(self.procedures)})"

    @cached_property
    def topic_book(self) -> Topicbook:
        """Topics that people come for: procedures and life events."""
        fillers = (*self.words.fillers, *self.words.idle)
        return Topicbook(
            self._topic_names(), Reader(self.words.abbreviations, self._synonyms, fillers, keep_last=False)
        )

    @cached_property
    def errands_named(self) -> frozenset[tuple[str, ...]]:
        """Folded words of each name of a topic, where it has more than one."""
        said = (tuple(fold(name).split()) for _, name in self._topic_names())
        return frozenset(words for words in said if len(words) > 1)

    def _topic_names(self) -> Iterator[tuple[str, str]]:
        topics: dict[str, Procedure | LifeEvent] = {**self.procedures, **self.life_events}
        return ((id_, name) for id_, topic in topics.items() for name in (topic.title, *topic.says))

    @cached_property
    def topics(self) -> frozenset[str]:
        """Ids of procedures and life events."""
        return frozenset((*self.procedures, *self.life_events))

    @cached_property
    def elsewhere(self) -> frozenset[str]:
        """Sorts of what is not done here."""
        return frozenset((*self.signposts, *self._sorts(NOT_OURS)))

    @cached_property
    def noise(self) -> frozenset[str]:
        """Sorts of what is said to nobody here, or means nothing."""
        return self._sorts(NOISE)

    @cached_property
    def troubles(self) -> frozenset[str]:
        """Sorts of trouble with the portal, with VNeID or with something filed."""
        return self._sorts(PORTAL)

    def _sorts(self, set_: str) -> frozenset[str]:
        return frozenset(sort for sort in self.likelihoods.sorts if sort.startswith(f"{set_}/"))

    @cached_property
    def likelihoods(self) -> NaiveBayes:
        """What people say of each procedure, life event and signpost, and what they say beside: by id, or by set and kind."""
        names = ((id_, self.catalogue[code].name) for code, id_ in self.covered.items() if code in self.catalogue)
        examples = learning.label_examples(
            self.procedures, {**self.life_events, **self.signposts}, self.questions, self.sayings
        )
        read = read_bare(chain(examples, names), self.words.abbreviations)
        return NaiveBayes(self._count("likelihoods", read, OFTEN), self.words.abbreviations)

    @cached_property
    def asked_words(self) -> Fits[learning.Sought]:
        """How people ask, by what they ask for."""
        said = learning.say_of_answers(one for known in self.questions.values() for one in known.values())
        return Fits(self._count("asked_words", read_said(said, self.words.abbreviations)))

    @cached_property
    def step_words(self) -> Likeness:
        """What is said at steps, by what it means there."""
        said = learning.say_at_steps(self.procedures, self.questions, self.sayings)
        return Likeness(self._count("step_words", read_said(said, self.words.abbreviations)))

    def _count(self, name: str, examples: Iterable[Example[Key]], least: int = 1) -> PartCounts[Key]:
        """Count examples, if they were not counted before."""
        counts = self.learnt.counts
        if name not in counts:
            counts[name] = PartCounts(examples, least)
        return counts[name]

    def learn(self) -> None:
        """Work out all that is learnt from the texts."""
        _ = self.likelihoods, self.asked_words, self.step_words, self.accents, self.vocabulary
        _ = self.danger_calls, self.wish_calls, self.signpost_calls, self.portal_calls
        _ = self.question_odds, self.done_odds, self.kind_odds
        self.learnt.rows.update(kinds=self.kinds.parts, parts=self.vectors.parts, sorts=self.vectors.sorts)

    def let_texts_go(self) -> None:
        """Forget how the files are written and the lines that people say, after all was learnt from them.

        What is built next takes the room of theirs: 10 MB, if this comes before it, else nothing.
        """
        self.learn()
        origins = {at: (Document(document.file, None, ()), path) for at, (document, path) in self.origins.items()}
        self.__dict__.update(sayings=(), documents={}, origins=origins)

    @property
    def _synonyms(self) -> dict[str, str]:
        return {said: meant for meant, others in self.words.synonyms.items() for said in others}

    @cached_property
    def accents(self) -> AccentBook:
        """Pairs of words as the content writes them."""
        if self.learnt.spellings is None:
            ours = (document for file, document in self.documents.items() if not file.endswith(_OF_PEOPLE))
            self.learnt.spellings = count_spellings(text for document in ours for _, text in document.leaves())
        return AccentBook(self.learnt.spellings)

    @property
    def vocabulary(self) -> str:
        """The words of the content, as they are written and without accents, one after the other."""
        if self.learnt.vocabulary is None:
            texts = (text for document in self.documents.values() for _, text in document.leaves())
            found = {word.lower() for text in texts for word in WORD.findall(text)}
            self.learnt.vocabulary = " ".join(sorted(found | {fold(word) for word in found}))
        return self.learnt.vocabulary

    def _frame_book(self, frames: Iterable[tuple[str, str]]) -> FrameBook:
        return FrameBook(frames, self.words.abbreviations, self.accents)

    # The odds below which a text is no call whatever else is known of it; of those above, learnt weights decide
    # (flows/understanding/urgent.py), but for signposts and the portal. Set on all lines that are not kept aside.
    @cached_property
    def danger_calls(self) -> CallBook:
        """How people say that they are in danger."""
        return self._call_book(DANGER, self.dangers, "help", (0.0, -0.8, -1.0, -3.0))

    @cached_property
    def wish_calls(self) -> CallBook:
        """How people say that they want a person, another language, or to be read to."""
        return self._call_book(PERSON, self.wishes, "person", (-1.0, -1.5, -1.5, -2.0))

    @cached_property
    def language_frames(self) -> FrameBook:
        """How people name the languages that members of the team may speak."""
        return self._frame_book((id_, frame) for id_, one in self.team.languages.items() for frame in one.frames)

    @cached_property
    def signpost_calls(self) -> CallBook:
        """How people ask for what is not ours."""
        return self._call_book(NOT_OURS, self.signposts, "", (2.5, 0.3, -1.0))

    @cached_property
    def portal_calls(self) -> CallBook:
        """How people tell of trouble with the portal, with VNeID or with what they filed."""
        return self._call_book(PORTAL, self.portal, "", (2.5, -1.0, -3.0))

    def _call_book(
        self,
        name: str,
        known: Mapping[str, Danger] | Mapping[str, Wish] | Mapping[str, Signpost],
        any_kind: str,
        least: Sequence[float],
    ) -> CallBook:
        """Build the calls of one sort: the frames of `known`, and the odds learnt from the lines of its set.

        Args:
            any_kind: see `CallBook`; "" where examples are too few to tell which it is.
        """
        frames = self._frame_book((id_, frame) for id_, one in known.items() for frame in one.frames)
        denials = self._frame_book((id_, frame) for id_, one in known.items() for frame in one.unless)
        odds, kinds = weigh_calls(self._tallies, name, by_kind=bool(any_kind))
        sorts = frozenset(f"{name}/{kind}" for kind in kinds)
        return CallBook(frames, denials, odds, kinds, any_kind, least, self.likelihoods if odds else None, sorts)

    @cached_property
    def _tallies(self) -> Tallies:
        said = learning.say_by_sort(
            self.procedures.values(),
            [*self.life_events.values(), *self.posts.values()],
            [question for known in self.questions.values() for question in known.values()],
            self.sayings,
        )
        reader = Reader(self.words.abbreviations, fillers=self._places, keep_last=False)
        return Tallies(self._count("tallies", read_twice(said, reader)), reader)

    @property
    def _places(self) -> Iterator[str]:
        """Yield the names of the communes, old and new: where somebody lives tells nothing of what they need."""
        return (name for one in self.communes.values() for name in (one.name, *one.merged_from, *one.says))

    @cached_property
    def question_odds(self) -> Odds | None:
        """Odds that what is said at a step asks for something, learnt from how people ask and from what they answer there."""
        return weigh_questions(self._tallies)

    @cached_property
    def done_odds(self) -> Odds | None:
        """Odds that what is said at a thing to do tells that it is done, and not where it is stuck."""
        return weigh_done(self._tallies)

    @cached_property
    def kind_odds(self) -> Mapping[str, Odds]:
        """Odds that what is said at a step is of a kind, and nothing else that people say there."""
        return weigh_kinds(self._tallies)

    @cached_property
    def question_frames(self) -> FrameBook:
        """How people ask for each kind of thing."""
        return self._frame_book((kind, frame) for kind, frames in self.words.questions.items() for frame in frames)

    @cached_property
    def waiting_frames(self) -> FrameBook:
        """How people say that they have waited for long."""
        return self._frame_book(("", frame) for frame in self.words.waiting)

    @cached_property
    def question_words(self) -> frozenset[str]:
        """Bare words of any question, that tell nothing of what it is about."""
        return frozenset(word for text in self.words.asking for word in words(text))

    @cached_property
    def not_now(self) -> FrameBook:
        return self._frame_book(("not_now", frame) for frame in self.words.not_now)

    @cached_property
    def harmless(self) -> FrameBook:
        return self._frame_book(("harmless", frame) for frame in self.words.harmless)

    @cached_property
    def now(self) -> FrameBook:
        return self._frame_book(("now", frame) for frame in self.words.now)

    @cached_property
    def move_frames(self) -> FrameBook:
        """What somebody wants with the talk itself: a command in a sentence, later, a correction, another errand."""
        listed = self.words.command_frames.items()
        frames: list[tuple[str, str]] = [(command, frame) for command, frames in listed for frame in frames]
        for move, signs in (("later", self.words.later), ("correction", self.words.correction)):
            frames += [(f"{move} {sign}", frame) for sign, said in signs.items() for frame in said]
        frames += [("switch", frame) for frame in self.words.switch]
        return self._frame_book(frames)

    @cached_property
    def rarity(self) -> Mapping[str, float]:
        """How much a bare word says among all answers that may be picked anywhere."""
        return weigh_words(self._picks)

    @cached_property
    def _picks(self) -> Sequence[tuple[str, ...]]:
        """What each option and each trouble is called."""
        ours = self.procedures.values()
        picks = [(option.label, *option.says) for one in ours for ask in one.asks for option in ask.options]
        return picks + [(trouble.title, *trouble.says) for one in ours for _, trouble in one.troubles]

    @cached_property
    def command_book(self) -> Phrasebook:
        """Phrases of the commands."""
        return self._book(
            [(key, phrase) for key, phrases in self.words.commands.items() for phrase in phrases], whole=0.7
        )

    @cached_property
    def fact_book(self) -> Phrasebook:
        """Phrases that ask for a fact, a value of the commune, the papers or the status of a filing."""
        phrases = [(key, phrase) for key, said in self.words.facts.items() for phrase in said]
        local = [(key, phrase) for key, said in self.words.commune.items() for phrase in said]
        more = [("papers", phrase) for phrase in self.words.papers] + [("status", said) for said in self.words.status]
        return self._book([*phrases, *local, *more], whole=0.4)

    @cached_property
    def fact_words(self) -> dict[str, set[str]]:
        """Words that people use to ask for each fact."""
        said: dict[str, tuple[str, ...]] = {str(kind): phrases for kind, phrases in self.words.facts.items()}
        said |= {str(key): phrases for key, phrases in self.words.commune.items()}
        said["papers"] = self.words.papers
        return {fact: {word for phrase in phrases for word in words(phrase)} for fact, phrases in said.items()}

    @cached_property
    def talk_book(self) -> Phrasebook:
        """Phrases outside any procedure: each emergency by its kind, frustration, out of scope."""
        said = [("frustration", self.words.frustration), ("out_of_scope", self.words.out_of_scope)]
        return self._book([(kind, phrase) for kind, phrases in said for phrase in phrases], whole=0.6)

    @cached_property
    def term_book(self) -> Phrasebook:
        """Terms by their names; "là gì", "nghĩa là sao" are left out of a text."""
        named = [(id_, name) for id_, term in self.terms.items() for name in (term.term, *term.says)]
        reader = Reader(self.words.abbreviations, fillers=(*self.words.fillers, *self.words.meaning))
        return Phrasebook(named, reader, whole=0.9)

    @cached_property
    def covered(self) -> dict[str, str]:
        """Code of the national database -> our procedure that leads through it."""
        values = ((p.id, value) for p in self.procedures.values() for value in p.facts.get("code", ()))
        own = {code: id_ for id_, value in values for code in CODE.findall(value.text or "")[:1]}
        return {code: p.id for p in self.procedures.values() for code in p.covers} | own

    @cached_property
    def catalogue_book(self) -> Phrasebook:
        """Official names, of our procedures and of all others."""
        names = [(self.covered.get(code, code), entry.name) for code, entry in self.catalogue.items()]
        return Phrasebook(names, self.reader, whole=1.0)

    @cached_property
    def spoken(self) -> list[tuple[tuple[str, ...], Said]]:
        """Phrases for yes, no, not yet, "don't know" and refusal, the longest first."""
        said = {
            (self.command_book.phrase(said), kind) for kind, phrases in self.words.spoken.items() for said in phrases
        }
        return sorted(said, key=lambda pair: (-len(pair[0]), pair))

    def says_stuck(self, text: str) -> bool:
        """Return whether a text says "vướng" or "lỗi rồi": needed at steps that have no button for it."""
        said = self.command_book.words(text)
        return any(same(said, self.command_book.phrase(phrase)) for phrase in self.words.stuck)

    def _book(self, phrases: Iterable[tuple[str, str]], whole: float) -> Phrasebook:
        return Phrasebook(phrases, self.reader, whole=whole)

    @cached_property
    def reader(self) -> Reader:
        """Tokenizer for everything but topics and terms."""
        return Reader(self.words.abbreviations, fillers=self.words.fillers)

"""One citizen: a persona with an errand, who looks at a screen and makes the next move. No channel, no clock, no luck of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from flows.definition.library import Library
from flows.messages import numbers_of
from flows.text.language import fold
from tests.simulation.persona import Persona
from tests.utterances import read as utterances

LONGEST = 150  # turns; whoever needs more is in a dead end
PATIENCE = 8  # answers in a row that leave the same question on screen
QUESTIONS = ("mất bao lâu?", "tốn bao nhiêu tiền?", "nộp ở đâu?", "cần giấy tờ gì?", "ai đi làm được?")
ASTRAY = ("tôi không hiểu", "thế là thế nào", "mắt tôi kém lắm", "để hỏi thằng cháu đã", "ờ")


@dataclass(frozen=True)
class Screen:
    """What a citizen sees.

    Attributes:
        text: everything that was said since their last move.
        choices: what answers the question, in order; tapped, or where there are no buttons picked by its number.
        nav: what leads elsewhere ("quay lại"); tapped or typed.
        tappable: False where the choices are numbered lines.
    """

    text: str
    choices: tuple[str, ...] = ()
    nav: tuple[str, ...] = ()
    tappable: bool = True


@dataclass(frozen=True)
class Move:
    """
    Attributes:
        kind: "open" by a link with `text` as its payload; "tap" the button labelled `text`; "say" it; "speak" into the phone;
            "wait" for a person; "leave" until tomorrow; "stop".
        twice: sent a second time before anything came back.
        end: for "stop", how it ended: "done", or what kind of dead end.
    """

    kind: Literal["open", "tap", "say", "speak", "wait", "leave", "stop"]
    text: str = ""
    twice: bool = False
    end: str = ""


@dataclass(frozen=True)
class Errand:
    procedure: str
    title: str
    group: str
    commune: str
    commune_name: str
    phrases: tuple[str, ...]


@dataclass(frozen=True)
class Signs:
    """What tells a citizen where they are: labels and sentences of the content."""

    done: str
    finished: str
    stuck: str
    back: str
    switch: str
    stay: str
    helped: str
    not_helped: str
    person: frozenset[str]
    none: frozenset[str]
    titles: frozenset[str]
    asked_for: str
    missed: tuple[str, ...]
    reminded: str


def signs(library: Library) -> Signs:
    labels, said = library.sentences.labels, library.sentences
    return Signs(
        done=labels["other_procedure"],
        finished=labels["finished"],
        stuck=labels["stuck"],
        back=labels["back"],
        switch=labels["switch"],
        stay=labels["stay"],
        helped=labels["helped"],
        not_helped=labels["not_helped"],
        person=frozenset(labels[name] for name in ("human", "other_trouble", "still_stuck")),
        none=frozenset(labels[name] for name in ("none_of_these", "other_group")),
        titles=frozenset(procedure.title for procedure in library.procedures.values()),
        asked_for=said.ticket_opened.split(",")[0],  # as with nothing answered yet
        reminded=said.remind_kept.rpartition("} ")[2].split(".")[0],
        missed=(said.asked_one_by_one, said.not_understood, said.not_understood_again),
    )


def errands(library: Library) -> list[Errand]:
    """Every procedure that we ship, in each commune; the words for it were written apart from the content."""
    words: dict[str, list[str]] = {}
    for one in utterances():
        words.setdefault(one.intent, []).append(one.text)
    groups = {id_: group.title for group in library.groups.values() for id_ in group.procedures}
    return [
        Errand(id_, it.title, groups.get(id_, ""), commune.id, commune.name, tuple(words.get(id_) or (it.title,)))
        for id_, it in library.procedures.items()
        for commune in library.communes.values()
    ]


@dataclass
class Citizen:
    """
    Attributes:
        others: what may come to mind in the middle of an errand.
        dice: makes every choice; the same dice before the same screens make the same moves.
    """

    persona: Persona
    errand: Errand
    signs: Signs
    dice: Random
    others: Sequence[Errand] = ()
    turns: int = 0
    days_away: int = 0
    _waiting: bool = False
    _helped: bool = False
    _switched: bool = False
    _other: Errand | None = None
    _last: str = ""
    _same: int = 0

    def next(self, screen: Screen | None) -> Move:
        """The next move; `screen` is None before the first one."""
        self.turns += 1
        if screen is None:
            return self._open()
        if self.turns > LONGEST:
            return Move("stop", end="too long")
        if self.signs.not_helped in screen.choices:
            self._waiting, self._helped = False, True
            return self._pick(screen, self.signs.helped)
        if self._waiting or self.signs.asked_for in screen.text:
            self._waiting = True
            self.turns -= 1
            return Move("wait")
        if self.signs.done in screen.choices:
            return Move("stop", end="done")
        if self.signs.reminded in screen.text:
            return Move("leave")
        if not screen.choices:
            return Move("stop", end="nothing to answer")
        if self._stands_still(screen):
            return Move("stop", end="the same question again and again")
        return self._astray(screen) or self._answer(screen)

    def returns(self) -> Move:
        """The first thing that somebody says who comes back the next day."""
        self.turns += 1
        return self._say("xin chào")

    def _open(self) -> Move:
        if self.persona.opens == "link":
            return Move("open", f"{self.errand.commune}_{self.errand.procedure}")
        return self._say("xin chào" if self.persona.opens == "list" else self.dice.choice(self.errand.phrases))

    def _stands_still(self, screen: Screen) -> bool:
        """The same step is put again and again, whatever is answered."""
        question = "|".join((screen.text, *screen.choices))
        self._same = self._same + 1 if question == self._last else 0
        self._last = question
        return self._same > PATIENCE

    def _astray(self, screen: Screen) -> Move | None:
        """What people do instead of answering."""
        who, roll = self.persona, self.dice.random
        if self._missed(screen):
            return None
        if self.days_away < who.away and roll() < 0.3:
            self.days_away += 1
            return Move("leave")
        if not self._switched and self.others and roll() < who.switches:
            self._switched, self._other = True, self.dice.choice(self.others)
            return self._say(self.dice.choice(self._other.phrases))
        if roll() < who.voice:
            return Move("speak")
        if roll() < who.lost:
            return self._say(self.dice.choice(ASTRAY))
        if roll() < who.asks:
            return self._say(self.dice.choice(QUESTIONS))
        if self.signs.back in screen.nav and roll() < who.back:
            return self._pick(screen, self.signs.back)
        return None

    def _answer(self, screen: Screen) -> Move:
        choices, signs = screen.choices, self.signs
        wanted = (self.errand.title, self.errand.group, self.errand.commune_name)
        if known := next((label for label in wanted if label in choices), None):
            return self._pick(screen, known)
        if signs.switch in choices:
            return self._pick(screen, self._switch())
        if signs.titles & set(choices) and (none := next((label for label in choices if label in signs.none), None)):
            return self._pick(screen, none)  # they were taken for somebody with another errand
        if signs.stuck in choices:
            return self._pick(screen, signs.stuck if self.dice.random() < self.persona.stuck else signs.finished)
        offered = [label for label in choices if label in signs.person]
        others = [label for label in choices if label not in signs.person]
        calls = not self._helped and self.dice.random() < self.persona.person  # who was helped goes on by themselves
        if offered and (not others or calls):
            return self._pick(screen, offered[0])
        return self._pick(screen, self.dice.choice([others[0], *others]))  # the first answer is the usual one

    def _switch(self) -> str:
        """Whether what came to mind is done now, or later."""
        if self._other is None or self.dice.random() < 0.5:
            return self.signs.stay
        self.errand = self._other
        return self.signs.switch

    def _pick(self, screen: Screen, label: str) -> Move:
        """By a tap, in words, or by its number; by whatever cannot be misunderstood once something was."""
        twice = self.dice.random() < self.persona.twice
        types = self.dice.random() < self.persona.types
        if screen.tappable and (not types or self._missed(screen)):
            return Move("tap", label, twice)
        if label in screen.choices and (self._missed(screen) or self.dice.random() < 0.5):
            return Move("say", str(numbers_of(len(screen.choices))[screen.choices.index(label)]))
        return self._say(label)

    def _say(self, text: str) -> Move:
        return Move("say", text if self.persona.accents else fold(text))

    def _missed(self, screen: Screen) -> bool:
        return any(sentence in screen.text for sentence in self.signs.missed)

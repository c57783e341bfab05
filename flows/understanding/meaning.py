"""Values of understanding: candidates before, a meaning after."""

from dataclasses import dataclass
from typing import Literal

from flows.definition.steps import Range, Spoken
from flows.text.quantities import Measure

Kind = Literal[
    "danger", "person", "answer", "ahead", "ask_back", "command", "later", "correction", "question", "fact", "term",
    "status", "snag", "procedure", "event", "catalogue", "signpost", "greeting", "thanks", "frustration", "begins",
    "out_of_scope", "unknown",
]  # fmt: skip
ERRANDS: tuple[Kind, ...] = ("procedure", "event", "catalogue")  # kinds that people come for
Action = Literal["go", "choose", "unsure"]


@dataclass(frozen=True)
class Candidate:
    """Candidate answer that a text may pick.

    Attributes:
        phrases: ways to say it, beside its label.
        polarity: the yes, no, "not yet" or "don't know" that it stands for.
        aside: whether it leads elsewhere: its number or its own label picks it, other words never do.
        exact_phrases: ways to say it that count only when nothing else is said ("rồi", "vâng").
    """

    id: str
    label: str
    phrases: tuple[str, ...] = ()
    polarity: Spoken | None = None
    exact_phrases: tuple[str, ...] = ()
    ranges: tuple[tuple[Measure, Range], ...] = ()
    abroad: bool = False
    aside: bool = False

    def __hash__(self) -> int:
        """Hash what tells candidates apart: their phrases would be hashed some twenty times in a turn."""
        return hash((self.id, self.label))


@dataclass(frozen=True)
class Meaning:
    """Meaning found in a text.

    Attributes:
        kind: sort of thing said; "unknown" when no score was good enough.
        id: the option, command, fact, procedure …
        top: (id, score) of the best few, for people who tune the words; of answers told ahead, ("step=option", score) of all.
        action: "go" acts on it, "choose" shows 2-4 named choices, "unsure" says that it was not understood.
        other_words: whether an answer was read out of other words than its own.
        why: the frame, or the words, that decided, where they did.
        procedure: the procedure that a question about a fact names, if it names one.
    """

    kind: Kind
    id: str = ""
    top: tuple[tuple[str, float], ...] = ()
    action: Action = "unsure"
    procedure: str | None = None
    why: str = ""
    other_words: bool = False


def clear(ranked: list[tuple[str, float]], margin: float) -> bool:
    """Return whether the best score is at least `margin` above the second."""
    return len(ranked) < 2 or ranked[0][1] - ranked[1][1] >= margin

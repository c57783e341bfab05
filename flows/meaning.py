"""What a text may mean, before and after it was understood."""

from dataclasses import dataclass
from typing import Literal

from flows.procedure import Spoken

Kind = Literal[
    "answer", "command", "fact", "term", "status", "procedure", "event", "catalogue", "greeting", "thanks", "frustration",
    "emergency", "out_of_scope", "unknown",
]  # fmt: skip
Action = Literal["go", "choose", "unsure"]


@dataclass(frozen=True)
class Candidate:
    """Something that may be picked. `whole` are phrases that mean it only when nothing else is said ("rồi", "vâng")."""

    id: str
    label: str
    says: tuple[str, ...] = ()
    spoken: Spoken | None = None
    whole: tuple[str, ...] = ()


@dataclass(frozen=True)
class Meaning:
    """What a text says.

    Attributes:
        kind: which sort of thing was said; "unknown" when nothing was good enough.
        id: the option, command, fact, procedure …
        top: (id, score) of the best few, for people who tune the words.
        action: "go" acts on it, "choose" shows 2-4 named choices, "unsure" says that it was not understood.
        procedure: the procedure that a question about a fact names, if it names one.
    """

    kind: Kind
    id: str = ""
    top: tuple[tuple[str, float], ...] = ()
    action: Action = "unsure"
    procedure: str | None = None


def clear(ranked: list[tuple[str, float]], margin: float) -> bool:
    """Whether the first leaves the second well behind."""
    return len(ranked) < 2 or ranked[0][1] - ranked[1][1] >= margin

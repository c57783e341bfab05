"""State of a conversation between two messages: one JSON object, readable by eye."""

from datetime import date, datetime
from typing import Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, model_validator

Asking = Literal[
    "menu", "which", "event", "switch", "commune", "change", "redo", "restart", "erase", "human", "trouble", "cured",
    "helped", "rating", "word", "outcome", "returned", "returned_word", "stuck_at", "callback", "phone", "between",
    "leaflet", "papers", "later", "ask_team", "go",
    "helping",
]  # fmt: skip
FormOfAddress = Literal["bác", "cô", "chú", "anh", "chị", "ông", "bà", "bạn"]


_PLACES = ("leaflet", "papers")  # where one stands until one goes on from there


class Standstill(BaseModel):
    """Counters of a citizen who gives no new answer (flows/dialogue/stuck_detection.py).

    Attributes:
        answers: the most answers that there were at once.
        turns: messages since the last new answer.
        since: when the last new answer came.
        offered: whether a person was offered or asked for since then.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    answers: int = 0
    turns: int = 0
    since: datetime | None = None
    offered: bool = False


class Stated(BaseModel):
    """Where the last statement comes from: the id of its source, and its day; "" and None where nobody could confirm it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    source: str = ""
    as_of: date | None = None
    single: bool = False


class Work(BaseModel):
    """What is under way for one person, the citizen or somebody whom they help; `State` tells what each field is."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    procedure: str | None = None
    version: str = ""
    at: str = ""
    answers: dict[str, str] = {}
    drafts: dict[str, dict[str, str]] = {}
    came_from: str = ""
    plan: tuple[str, ...] = ()
    commune: str | None = None
    told: tuple[str, ...] = ()
    remind: str = ""


class State(Work):
    """State of one conversation; the step on screen, missing papers and progress are derived from it.

    Attributes:
        procedure: the procedure under way, or None at the menu.
        version: the version of that procedure at the last turn.
        at: the slot on screen after the last turn: where to resume when the content changes in between.
        answers: slot -> answer. A slot is a step id, or `step/paper` for one paper. Answers to steps that do not apply
            at the moment are kept, so that changing an answer back restores them. "" is a step added later, passed over.
        drafts: procedures left half-way, newest last: id -> answers.
        came_from: the procedure from which they crossed over to this one; "" where they came from the menu.
        plan: what is still to be done after a life event, in order: procedure ids.
        person: for whom the citizen works, in their words; "" for themselves.
        others: what is kept of the others, the latest last: name -> theirs.
        asking: a question of the bot's own on screen, over the step.
        beneath: the leaflet, or the papers of a household, that comes back once that question is answered.
        offered: what that question is about (procedure ids, a trouble id, the step that is answered anew; the words for the team
            to find out, and the procedure that they are about; the name of somebody to help).
        epoch: rises whenever old buttons must die.
        commune: commune id; "" when asked and not said; None when not asked yet.
        told: procedures whose filing outcome the citizen has told, newest last.
        remind: the procedure that they want to be reminded of; "" once they have gone on with it.
        checkins: False once they want no more follow-up questions.
        greeted: whether the introduction was said.
        called: what the citizen is called; content is written with "bác".
        chosen: whether they asked to be called so; what they call themselves changes nothing then.
        last_at: time of the last turn.
        standstill: for how long the procedure has not moved on, for the offer of a person.
        stated: the last statement about the world that was made; None before the first.
    """

    person: str = ""
    others: dict[str, Work] = {}
    asking: Asking | None = "menu"
    beneath: Literal["leaflet", "papers"] | None = None
    offered: tuple[str, ...] = ()
    epoch: int = 0
    misses: int = 0
    checkins: bool = True
    greeted: bool = False
    called: FormOfAddress = "bác"
    chosen: bool = False
    last_at: datetime | None = None
    standstill: Standstill = Standstill()
    stated: Stated | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_older(cls, kept: Any) -> Any:
        """Read a state that an earlier version wrote: "redo:noi-o", or a question that is asked no more."""
        if not isinstance(kept, dict) or kept.get("asking") in (None, *get_args(Asking)):
            return kept
        asking, _, step = str(kept["asking"]).partition(":")
        return {**kept, "asking": "redo", "offered": (step,)} if asking == "redo" else {**kept, "asking": None}

    def ask(self, asking: Asking | None, *offered: str) -> Self:
        """Return the state with a question of the bot's own on screen, or with none: then what lay beneath comes back."""
        stood = self.asking if self.asking in _PLACES else None
        if asking is None and stood is None:
            return self.model_copy(update={"asking": self.beneath, "offered": offered, "beneath": None})
        beneath = None if asking in (None, "menu", *_PLACES) else stood or self.beneath
        return self.model_copy(update={"asking": asking, "offered": offered, "beneath": beneath})

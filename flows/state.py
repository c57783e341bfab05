"""State of a conversation between two messages: one JSON object, readable by eye."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict


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


class State(BaseModel):
    """State of one conversation; the step on screen, missing papers and progress are derived from it.

    Attributes:
        procedure: the procedure under way, or None at the menu.
        version: the version of that procedure at the last turn.
        at: the slot on screen after the last turn: where to resume when the content changes in between.
        answers: slot -> answer. A slot is a step id, or `step/paper` for one paper. Answers to steps that do not apply
            at the moment are kept, so that changing an answer back restores them. "" is a step added later, passed over.
        drafts: unfinished procedures, newest last: id -> answers.
        plan: procedures still to do for a life event, in order: ids.
        asking: a question of the bot's own on screen, over the step ("menu", "restart", "redo:noi-o" …).
        offered: the subject of that question (procedure ids, a trouble id).
        epoch: counted up whenever older buttons must stop working.
        misses: messages in a row that were not understood.
        commune: commune id; "" when asked and not said; None when not asked yet.
        told: procedures whose filing outcome the citizen has told, newest last.
        checkins: False once they want no more follow-up questions.
        greeted: whether the introduction was said.
        last_at: time of the last turn.
        standstill: counters for the offer of a person.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    procedure: str | None = None
    version: str = ""
    at: str = ""
    answers: dict[str, str] = {}
    drafts: dict[str, dict[str, str]] = {}
    plan: tuple[str, ...] = ()
    asking: str | None = "menu"
    offered: tuple[str, ...] = ()
    epoch: int = 0
    misses: int = 0
    commune: str | None = None
    told: tuple[str, ...] = ()
    checkins: bool = True
    greeted: bool = False
    last_at: datetime | None = None
    standstill: Standstill = Standstill()

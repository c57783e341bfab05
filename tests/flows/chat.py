"""A conversation in a test: say and tap, and look at what comes back. The state goes through JSON at every turn."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from flows.definition.library import Library
from flows.dialogue.advance import Turn, advance
from flows.messages import UNCLEAR, Choice, Effect, Heard, Limits, Message, Reply
from flows.state import State

FILED = [
    "<filed_online>",
    "<filed_in_person>",
    "<filed_returned>",
    "<filed_not_yet>",
    "<filed_later>",
]  # asked at the end
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@dataclass
class Chat:
    library: Library
    state: State = field(default_factory=State)
    now: datetime = NOW
    limits: Limits = field(default_factory=Limits)
    effects: list[Effect] = field(default_factory=list)
    reply: Reply = field(default_factory=lambda: Reply(""))
    heard: Heard = UNCLEAR

    def send(self, message: Message) -> str:
        turn: Turn = advance(self.library, self.state, message, self.now, self.limits)
        self.state = State.model_validate_json(turn.state.model_dump_json())
        assert self.state == turn.state
        self.effects.extend(turn.effects)
        self.reply, self.heard = turn.replies[-1], turn.heard
        return self.reply.text

    def say(self, *texts: str) -> str:
        for text in texts:
            self.send(Message(text=text))
        return self.reply.text

    def choice(self, label: str) -> Choice:
        return next(choice for choice in (*self.reply.choices, *self.reply.nav) if choice.label == label)

    def tap(self, *labels: str) -> str:
        for label in labels:
            self.send(Message(choice=self.choice(label).token))
        return self.reply.text

    def first(self) -> str:
        return self.send(Message(choice=self.reply.choices[0].token))

    @property
    def remembered(self) -> dict[str, object]:
        """The state without what only counts time."""
        return self.state.model_dump(exclude={"last_at", "standstill", "stated"})

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)

    @property
    def labels(self) -> list[str]:
        return [choice.label for choice in self.reply.choices]

    @property
    def slot(self) -> str:
        """What is on screen."""
        return self.reply.choices[0].token.split(":")[1]


def started(library: Library, procedure: str = "lam-nha") -> Chat:
    """A chat at the first step of a procedure, in a known commune, past its leaflet."""
    chat = Chat(library)
    chat.send(Message(start=f"ban-moi_{procedure}"))
    chat.tap("<walk>")
    return chat


def at_the_form(library: Library) -> Chat:
    """At the `do` step: the form is missing."""
    chat = started(library)
    chat.tap("Có rồi", "Nhà gỗ", "Một tầng", "<some_missing>", "Đơn", "<only_these>")
    assert chat.slot == "xin-don"
    return chat

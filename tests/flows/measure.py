"""How long it takes to get somewhere: turns to the papers, screens of a walk, words on a screen.

`python -m tests.flows.measure` prints the table; tests/content/test_talking.py holds the floors.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bot.content import load_folder
from flows.definition.library import Library
from flows.definition.steps import Done
from flows.dialogue.context import TurnContext
from flows.dialogue.household_papers import count_questions
from flows.dialogue.leaflet import leaflet_text
from flows.dialogue.screens import HOUSEHOLD, WALK
from flows.messages import Message
from flows.state import State
from tests.flows.chat import NOW, Chat

CONTENT = Path(__file__).parents[2] / "content"
_COMMUNE = "na-ri"
_MOST = 120  # screens of one walk, before it counts as endless


@dataclass(frozen=True)
class Measured:
    """One procedure, in a known commune.

    Attributes:
        leaflet: words of the leaflet.
        first: words of the whole first message to a stranger who comes by a link: who speaks, the leaflet, the question.
        papers: messages until the papers of one's own household stand there, at most; 0 where it needs none.
        screens: messages of a walk that takes the first option each time, up to the end, which asks how the filing went.
        longest: words of the longest message on these two ways.
    """

    procedure: str
    leaflet: int
    first: int
    papers: int
    screens: int
    longest: int


def measure(library: Library, procedure: str) -> Measured:
    state, one = State(procedure=procedure, commune=_COMMUNE), library.procedures[procedure]
    leaflet = leaflet_text(TurnContext(library, state, NOW.date()), one)
    first = Chat(library).send(Message(start=f"{_COMMUNE}_{procedure}"))
    walk, papers = [*walked(library, procedure)], [*_asked(library, procedure)]
    longest = max(_words(text) for text in (first, *walk, *papers))
    turns = 1 + 1 + count_questions(one, {}, NOW.date()) if papers else 0
    return Measured(procedure, _words(leaflet), _words(first), turns, len(walk) - 1, longest)


def _opened(library: Library, procedure: str) -> Chat:
    chat = Chat(library)
    chat.send(Message(start=_COMMUNE))
    chat.send(Message(start=procedure))
    return chat


def walked(library: Library, procedure: str) -> Iterator[str]:
    """Yield the messages of a walk, always with the first option, up to the end."""
    chat = _opened(library, procedure)
    _pick(chat, WALK)
    for _ in range(_MOST):
        yield chat.reply.text
        if _at_the_end(chat):
            return
        chat.first()
    raise AssertionError(f"{procedure}: the end was not reached")


def _asked(library: Library, procedure: str) -> Iterator[str]:
    """Yield the messages on the way to the papers of a household, always with the first option."""
    if not library.procedures[procedure].papers:
        return
    chat = _opened(library, procedure)
    _pick(chat, HOUSEHOLD)
    yield chat.reply.text
    while not chat.slot.startswith("@"):
        chat.first()
        yield chat.reply.text


def _pick(chat: Chat, value: str) -> None:
    chat.send(Message(choice=next(c.token for c in chat.reply.choices if c.token.endswith(f":{value}"))))


def _at_the_end(chat: Chat) -> bool:
    procedure = chat.library.procedures[chat.state.procedure or ""]
    return isinstance(procedure.step(chat.slot), Done)


def _words(text: str) -> int:
    return len(text.split())


def main() -> None:
    library = load_folder(CONTENT)
    found = [measure(library, procedure) for procedure in sorted(library.procedures)]
    print(f"{'':22} leaflet first papers screens longest")
    for one in found:
        print(f"{one.procedure:22} {one.leaflet:7} {one.first:5} {one.papers:6} {one.screens:7} {one.longest:7}")
    papers = [one.papers for one in found if one.papers]
    print(f"leaflet: median {median(one.leaflet for one in found)}, most {max(one.leaflet for one in found)} words")
    print(f"papers: median {median(papers)}, most {max(papers)} messages")
    print(f"walks: {sum(one.screens for one in found)} screens; longest {max(one.longest for one in found)} words")


if __name__ == "__main__":
    main()

"""Personas before the engine itself: each gets to an end, and the same dice lead the same way."""

from pathlib import Path
from random import Random

import pytest

from bot.content import load_folder
from flows.messages import OpenTicket
from tests.flows.chat import Chat
from tests.simulation.citizen import Citizen, Move, Screen, errands, signs
from tests.simulation.direct import message_of, screen_of
from tests.simulation.persona import Persona, read
from tests.simulation.phones import numbered

LIBRARY = load_folder(Path(__file__).parents[2] / "content")
PERSONAS = read()
ERRANDS = errands(LIBRARY)


def walk(persona: Persona, seed: int) -> tuple[list[Move], Chat]:
    """One citizen from the first message to the end; a person is at hand at once."""
    dice, chat = Random(seed), Chat(LIBRARY)
    citizen = Citizen(persona, dice.choice(ERRANDS), signs(LIBRARY), dice, ERRANDS[:12])
    moves = [citizen.next(None)]
    while moves[-1].kind != "stop":
        move = moves[-1]
        if move.kind == "wait":
            chat.state = chat.state.model_copy(update={"asking": "helped", "offered": ()})
            chat.send(message_of(Move("open"), None))
        elif move.kind == "leave":
            chat.later(days=1)
            chat.send(message_of(citizen.returns(), None))
        else:
            message = message_of(move, chat.reply)  # both taps are on the button that was there
            for _ in range(1 + move.twice):
                chat.send(message)
        moves.append(citizen.next(screen_of(chat.reply)))
    return moves, chat


@pytest.mark.parametrize("persona", PERSONAS.values(), ids=PERSONAS)
@pytest.mark.parametrize("seed", range(6))
def test_every_persona_gets_to_the_end(persona: Persona, seed: int) -> None:
    assert walk(persona, seed)[0][-1].end == "done"


def test_the_same_dice_lead_the_same_way() -> None:
    assert walk(PERSONAS["lung-tung"], 3)[0] == walk(PERSONAS["lung-tung"], 3)[0]
    assert walk(PERSONAS["lung-tung"], 3)[0] != walk(PERSONAS["lung-tung"], 4)[0]


def test_personas_are_who_they_are() -> None:
    def moves(name: str) -> list[Move]:
        return [move for seed in range(6) for move in walk(PERSONAS[name], seed)[0]]

    assert any(move.twice for move in moves("voi"))
    assert any(move.kind == "speak" for move in moves("ghi-am"))
    assert sum(move.kind == "leave" for move in moves("mai-quay-lai")) > 6
    kinds = [move.kind for move in moves("ong-ba")]
    assert kinds.count("say") > 8 * kinds.count("tap"), "a tap only after words were not understood"
    assert all(move.text.isascii() for move in moves("khong-dau") if move.kind == "say")
    assert any(
        isinstance(effect, OpenTicket) for seed in range(6) for effect in walk(PERSONAS["lung-tung"], seed)[1].effects
    )


def test_a_citizen_who_is_asked_the_same_for_ever_gives_up() -> None:
    citizen = Citizen(Persona(id="x", title="x"), ERRANDS[0], signs(LIBRARY), Random(1))
    citizen.next(None)
    moves = [citizen.next(Screen("Bác làm nhà gì?", ("Nhà ở", "Nhà bếp"))) for _ in range(12)]
    assert moves[-1].end == "the same question again and again"


def test_a_screen_without_a_way_on_is_a_dead_end() -> None:
    citizen = Citizen(Persona(id="x", title="x"), ERRANDS[0], signs(LIBRARY), Random(1))
    citizen.next(None)
    assert citizen.next(Screen("Vâng ạ.")).end == "nothing to answer"


def test_numbered_lines_are_read_as_choices_and_papers_are_not() -> None:
    text = "Bước 3/9\n1. Căn cước\n2. Sổ đỏ\n\nBác có đủ chưa?\n\n1. Có đủ cả rồi\n2. Xem từng giấy một\n\n9 “Quay lại” · 0 “Gặp người”"
    assert numbered(text) == (("Có đủ cả rồi", "Xem từng giấy một"), ("Quay lại", "Gặp người"))
    assert numbered("Bác cần:\n1. Căn cước") == ((), ())

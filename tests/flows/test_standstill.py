"""Who goes back and forth on one step is offered a person; who is slow, busy or helped already is left in peace."""

import pytest

from flows.definition.library import Library
from flows.messages import Message, OpenTicket
from tests.flows.chat import Chat, started


def lost(library: Library, minutes: float = 1.5, turns: int = 4) -> Chat:
    chat = started(library)
    for _ in range(turns):
        chat.later(minutes=minutes)
        chat.say("mất bao lâu?")
    return chat


def test_five_minutes_on_one_step_and_a_person_is_offered(library: Library) -> None:
    chat = lost(library)
    assert "[lingering]" in chat.reply.text
    assert "[offer_person]" in chat.reply.text
    chat.first()
    assert chat.effects[-1] == OpenTicket("lingering", "lam-nha", "co-dat", {}, ())


def test_a_few_messages_in_many_minutes_are_somebody_slow(library: Library) -> None:
    chat = lost(library, minutes=3, turns=3)
    assert "[lingering]" not in chat.reply.text
    chat.later(minutes=3)
    assert "[lingering]" in chat.say("mất bao lâu?")


def test_who_waits_for_a_person_is_offered_none(library: Library) -> None:
    chat = started(library)
    for _ in range(5):
        chat.later(minutes=2)
        chat.send(Message(text="mất bao lâu?", waits=True))
        assert "[lingering]" not in chat.reply.text


@pytest.mark.parametrize(
    "said", ["xoadulieu", "gọi lại", "dừng", "cháy nhà", "nuôi mèo", "gặp người", "nói linh tinh xyz"]
)
def test_it_is_not_offered_over_something_else_that_goes_on(library: Library, said: str) -> None:
    chat = lost(library, minutes=1, turns=4)
    chat.later(minutes=2)
    assert "[lingering]" not in chat.say(said)


def test_going_there_and_back_again_is_no_progress(library: Library) -> None:
    chat = started(library)
    chat.say("có rồi")
    for said in ("quay lại", "có rồi", "quay lại", "có rồi"):
        chat.later(minutes=1.5)
        chat.say(said)
    assert "[lingering]" in chat.reply.text


def test_who_declines_is_not_asked_again_on_this_step(library: Library) -> None:
    chat = lost(library)
    chat.tap("<keep_going>")
    for _ in range(9):
        chat.later(minutes=2)
        assert "[lingering]" not in chat.say("mất bao lâu?")


def test_a_new_answer_begins_it_anew(library: Library) -> None:
    chat = lost(library, turns=3)
    chat.later(minutes=2)
    assert "[lingering]" not in chat.say("có rồi")
    chat.later(minutes=1)
    assert "[lingering]" not in chat.say("mất bao lâu?")


def test_many_questions_in_a_moment_are_no_trouble(library: Library) -> None:
    assert "[lingering]" not in lost(library, minutes=0.1, turns=20).reply.text


def test_who_comes_back_another_day_is_not_lost(library: Library) -> None:
    chat = lost(library, turns=3)
    chat.later(hours=20)
    assert "[lingering]" not in chat.say("mất bao lâu?")


def test_who_waits_for_a_person_is_not_offered_one(library: Library) -> None:
    chat = started(library)
    chat.say("gặp người")
    for _ in range(6):
        chat.later(minutes=2)
        assert "[lingering]" not in chat.say("mất bao lâu?")


def test_the_menu_holds_nobody_up(library: Library) -> None:
    chat = Chat(library)
    for _ in range(6):
        chat.later(minutes=2)
        assert "[lingering]" not in chat.send(Message(text="xin chào"))

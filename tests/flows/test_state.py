"""What a conversation remembers outlives the version that wrote it."""

from typing import get_args

from flows.dialogue.bot_questions import QUESTIONS
from flows.state import Asking, State


def test_every_question_of_the_bots_own_can_be_put_and_answered() -> None:
    assert set(QUESTIONS) == set(get_args(Asking))


def test_an_answer_that_was_being_changed_is_still_being_changed() -> None:
    state = State.model_validate_json('{"procedure": "lam-nha", "asking": "redo:co-dat"}')
    assert (state.asking, state.offered) == ("redo", ("co-dat",))


def test_a_question_that_is_asked_no_more_gives_way_to_the_step() -> None:
    assert State.model_validate_json('{"procedure": "lam-nha", "asking": "horoscope"}').asking is None

"""Words for oneself with the content that ships: they bring no person, and answers call people by them."""

import pytest

from flows.messages import OpenTicket
from flows.text.address import address
from tests.content import LIBRARY
from tests.flows.chat import Chat


@pytest.mark.parametrize(
    "said",
    ["cho chị hỏi", "em ơi cho chị hỏi", "cháu ơi cho ông hỏi", "chị muốn hỏi", "chú hỏi chút", "bà muốn hỏi cái này"],
)
def test_who_begins_to_ask_wants_no_person(said: str) -> None:
    chat = Chat(LIBRARY)
    assert LIBRARY.sentences.listening in chat.say(said)
    assert chat.effects == []


@pytest.mark.parametrize(
    ("said", "procedure"),
    [("em ơi cho anh hỏi đổi bằng lái", "giay-phep-lai-xe"), ("anh muốn hỏi về bằng lái", "giay-phep-lai-xe")],
)
def test_what_they_ask_about_is_heard(said: str, procedure: str) -> None:
    chat = Chat(LIBRARY)
    text = chat.say(said)
    assert (chat.state.procedure, chat.state.called) == (procedure, "anh")
    assert "Anh xem gì ạ?" in address(text, chat.state.called)


@pytest.mark.parametrize(
    "said", ["cho chị gặp cán bộ", "cho bác gặp người", "cho hỏi chị Lan", "cho tôi hỏi chị cán bộ"]
)
def test_who_wants_a_person_is_still_heard(said: str) -> None:
    chat = Chat(LIBRARY)
    chat.say(said)
    assert any(isinstance(effect, OpenTicket) for effect in chat.effects)

"""What nobody here may say for sure: one tap has the team find it out, and what it found is said to the next."""

import pytest

from flows.definition.library import Library
from flows.definition.loading import load
from flows.definition.yaml_source import ContentError
from flows.messages import Message, OpenTicket
from tests.flows.chat import Chat, started
from tests.library import COMMUNE, HOUSE, files
from tests.library import library as small

FOUND = """\
questions:
  tho:
    procedure: lam-nha
    asks: [mượn thợ ở đâu, nhờ ai dựng nhà]
    text: Bác nhờ hội thợ ở nhà văn hoá.
    source: so-tay
    checked: 2026-11-01
"""


@pytest.fixture
def informed() -> Library:
    """The small library where the team of the commune has found out who builds."""
    return load(files(commune=COMMUNE + FOUND))


def asked(chat: Chat) -> OpenTicket:
    (ticket,) = [effect for effect in chat.effects if isinstance(effect, OpenTicket)]
    return ticket


def test_a_tap_hands_the_question_on_as_it_was_put(library: Library) -> None:
    chat = started(library)
    chat.tap("Có rồi")
    assert "[question_decided] ông trưởng bản" in chat.say("tho o dau gioi")
    assert "[offer_to_ask]" in chat.reply.text
    assert "[question_sent] tho o dau gioi" in chat.tap("<ask_team>")
    assert "[ticket_opened]" in chat.reply.text
    ticket = asked(chat)
    assert (ticket.reason, ticket.procedure, ticket.question) == ("question", "lam-nha", "tho o dau gioi")
    assert ticket.answers == {"co-dat": "co"}
    assert chat.slot == "loai-nha"


@pytest.mark.parametrize("question", ["tốn bao nhiêu tiền", "số điện thoại của xã", "mượn thợ ở đâu"])
def test_whatever_is_not_known_can_be_handed_on(library: Library, question: str) -> None:
    chat = started(library)
    chat.say(question)
    chat.tap("<ask_team>")
    assert asked(chat).question == question


def test_who_does_not_want_that_goes_on(library: Library) -> None:
    chat = started(library)
    chat.say("mượn thợ ở đâu")
    chat.tap("<keep_going>")
    assert chat.slot == "co-dat"
    chat.say("mượn thợ ở đâu")
    assert "Bác làm nhà gì?" in chat.say("đất có rồi")
    assert not [effect for effect in chat.effects if isinstance(effect, OpenTicket)]


def test_a_question_about_another_errand_goes_to_who_knows_that(library: Library) -> None:
    chat = started(library, "nuoi-meo")
    chat.say("làm nhà tốn bao nhiêu tiền")
    chat.tap("<ask_team>")
    ticket = asked(chat)
    assert (ticket.procedure, ticket.step, ticket.answers) == ("lam-nha", None, {})
    assert chat.state.procedure == "nuoi-meo"


def test_what_the_team_found_is_said_in_its_commune_alone(informed: Library) -> None:
    told = "hội thợ ở nhà văn hoá"
    chat = started(informed)
    assert told in chat.say("mượn thợ ở đâu")
    assert told in chat.say("nho ai dung nha")
    assert chat.slot == "co-dat"
    elsewhere = Chat(informed)
    elsewhere.send(Message(start="lam-nha"))
    assert told not in elsewhere.say("mượn thợ ở đâu")
    assert "[question_decided]" in elsewhere.reply.text


def test_at_the_menu_what_was_asked_about_can_be_opened_too(library: Library) -> None:
    chat = Chat(library)
    chat.say("làm nhà tốn bao nhiêu tiền")
    assert chat.labels == ["Làm nhà", "<ask_team>", "<other_group>"]
    assert "[leaflet_fact]" in chat.tap("Làm nhà")
    assert not [effect for effect in chat.effects if isinstance(effect, OpenTicket)]


PLAN = "values:\n  school_plan: {text: từ mùng 1, source: so-tay, checked: 2026-11-01}\n"
HOUSE_ASKS = HOUSE.replace("text: Bác hỏi bản về đất trước.", 'text: "Kế hoạch: {commune.school_plan}"')


def test_a_step_that_lacks_something_of_the_commune_has_its_question_ready() -> None:
    chat = started(small(house=HOUSE_ASKS))
    chat.tap("Chưa có")
    assert chat.labels[-1] == "<ask_team>"
    assert "[question_sent] [to_ask school_plan]" in chat.tap("<ask_team>")
    assert (asked(chat).question, asked(chat).step) == ("[to_ask school_plan]", "giay-to")
    assert chat.state.answers == {"co-dat": "chua"}


def test_what_the_commune_has_told_nobody_asks() -> None:
    chat = started(small(house=HOUSE_ASKS, commune=COMMUNE.replace("values:\n", PLAN)))
    chat.tap("Chưa có")
    assert "từ mùng 1" in chat.reply.text
    assert "<ask_team>" not in chat.labels


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("procedure: lam-nha", "procedure: xay-cau", "không có thủ tục `xay-cau`"),
        ("    source: so-tay\n", "", "source và checked"),
        ("    text: Bác nhờ hội thợ ở nhà văn hoá.", "    place: time", "text hoặc decided_by"),
        ("    source:", "    when: {gi: co}\n    source:", "`gi` không phải câu hỏi"),
    ],
)
def test_a_mistake_in_what_was_found_is_told(good: str, bad: str, said: str) -> None:
    assert good in FOUND
    with pytest.raises(ContentError, match=said):
        load(files(commune=COMMUNE + FOUND.replace(good, bad, 1)))

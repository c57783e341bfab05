"""What a sentence tells a citizen to press is on the screen where they read it."""

import re
from collections.abc import Iterator

import pytest

from bot.channels.text import numbered
from flows.checks.check import paths
from flows.definition.procedure import Procedure
from flows.dialogue.answers import answer_step
from flows.dialogue.bot_questions import current_screen
from flows.dialogue.context import TurnContext
from flows.dialogue.screens import build_reply
from flows.messages import Choice, Message
from flows.state import State
from tests.content import LIBRARY
from tests.content.test_journeys import ASKED_FOR_PERSON
from tests.flows.chat import NOW, Chat

TODAY = NOW.date()
_NAMED = re.compile(r"(?:[Cc]họn|[Bb]ấm|nút) “([^”]+)”")
_BELOW = re.compile(r"(?:chọn|xem|xoá thế chấp|[^”] việc thừa kế|tháng) ở dưới")
_OF_THE_PORTAL = {"Tiếp tục", "Đồng ý"}  # stand there too
_AFTER_ANOTHER = re.compile(
    r"“sửa”|ở dưới[^.]*, rồi chọn|chọn lại “"
)  # the names that follow stand on the screen after that


def _labels(procedure: Procedure) -> set[str]:
    """What may be pressed somewhere in the talk about a procedure, so that a button of the portal is none of it."""
    asks = (step for step in procedure.steps if step.kind == "ask")
    own = {name for name in LIBRARY.sentences.labels.values() if "{" not in name}
    return (own | {option.label for ask in asks for option in ask.options}) - _OF_THE_PORTAL


def _screens(procedure: Procedure) -> Iterator[tuple[str, tuple[Choice, ...]]]:
    """Yield the text and the buttons of each screen: of every step that somebody may come to, and of every cure."""
    states = [
        State(procedure=procedure.id, answers=answers, asking=None, commune="na-ri")
        for answers, _ in paths(procedure, TODAY)
    ]
    contexts = [TurnContext(LIBRARY, state, TODAY) for state in states]
    fresh = TurnContext(LIBRARY, State(procedure=procedure.id, commune="na-ri"), TODAY)
    for context in (*contexts, *(fresh.ask("cured", trouble.id) for _, trouble in procedure.troubles)):
        reply = build_reply(context, current_screen(context), ())
        yield reply.text, (*reply.choices, *reply.nav)


@pytest.mark.parametrize("procedure", sorted(LIBRARY.procedures))
def test_a_button_that_a_screen_names_is_on_it(procedure: str) -> None:
    one = LIBRARY.procedures[procedure]
    known, lacking = _labels(one), set()
    for text, buttons in _screens(one):
        shown = {button.label for button in buttons}
        lacking |= {name for name in _NAMED.findall(_AFTER_ANOTHER.split(text)[0]) if name in known - shown}
        if _BELOW.search(text) and not any(LIBRARY.title(button.token.split(":")[-1]) for button in buttons):
            lacking.add(text)
    assert lacking == set()


@pytest.mark.parametrize("procedure", sorted(LIBRARY.procedures))
def test_who_is_stuck_or_goes_later_is_not_led_past_the_step(procedure: str) -> None:
    """Wherever these buttons stand: also where something that is only told shares the screen below the deed."""
    led_on, seen = set(), set()
    for answers, _ in paths(LIBRARY.procedures[procedure], TODAY):
        context = TurnContext(LIBRARY, State(procedure=procedure, answers=answers, asking=None, commune="na-ri"), TODAY)
        assert context.walk
        slots = tuple(slot.id for slot in context.walk.shown)
        if slots in seen:
            continue
        seen.add(slots)
        for picked in current_screen(context).candidates:
            kept = answer_step(context, picked.id).context.state.answers == answers
            if picked.label in (context.labels["stuck"], context.labels["later"]) and not kept:
                led_on.add((slots, picked.label))
    assert led_on == set()


def test_an_answer_names_no_button_but_the_one_that_is_everywhere() -> None:
    """It is said above whatever is on screen; a way elsewhere comes with it."""
    asked = [question for known in LIBRARY.questions.values() for question in known.values() if not question.go]
    texts = [one.text for one in asked]
    texts += [one.text for one in LIBRARY.signposts.values()]
    texts += [one.text for one in LIBRARY.portal.values()]
    said = {text or "" for text in texts} | {one.meaning for one in LIBRARY.terms.values()}
    named = {name for text in said for name in _NAMED.findall(text)}
    assert named & set(LIBRARY.sentences.labels.values()) <= {LIBRARY.sentences.labels["human"]}
    assert [text for text in said if _BELOW.search(text)] == []


@pytest.mark.parametrize("place", ["", "na-ri", "na-ri_khai-sinh"])
def test_a_person_is_a_button_from_the_first_screen_on(place: str) -> None:
    chat = Chat(LIBRARY)
    chat.send(Message(start=place))
    assert ASKED_FOR_PERSON in chat.tap(LIBRARY.sentences.labels["human"])


@pytest.mark.parametrize(
    "command", ["gọi lại", "đừng gọi nữa", "dữ liệu của tôi", "xoá dữ liệu", "quay lại bot", "danh sách"]
)
@pytest.mark.parametrize("begun", [[], ["làm thẻ căn cước"], ["làm thẻ căn cước", "đi từng bước"]])
def test_what_the_bot_says_to_type_is_heard_to_the_letter(begun: list[str], command: str) -> None:
    chat = Chat(LIBRARY)
    chat.send(Message(start="na-ri"))
    chat.say(*begun, command)
    assert chat.heard.kind == "command"


def test_nine_goes_back_and_nought_is_a_person_however_many_choices_stand() -> None:
    chat = Chat(LIBRARY)
    chat.send(Message(start="na-ri"))
    chat.say("1")
    assert len(chat.reply.choices) > 9
    shown = numbered(chat.reply)
    ninth = chat.reply.choices[8]
    assert f"\n10. {ninth.label}" in shown
    assert "\n9. " not in shown
    chat.say("9")
    assert chat.heard.id == "back"
    chat.say("1", "10")
    assert chat.state.procedure == ninth.token.rpartition(":")[2]


def test_a_choice_that_has_its_number_is_not_numbered_twice() -> None:
    chat = Chat(LIBRARY)
    chat.send(Message(start="na-ri_lop-1"))
    chat.say("đi từng bước", "1", "1", "sửa")
    assert "1. Năm 2021\n2. Có rồi\n" in numbered(chat.reply)

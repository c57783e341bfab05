"""A conversation as JSON lines: what scripts and other programs read of a turn."""

import json
from datetime import datetime
from typing import Any

import pytest

from bot.cli.chat_lines import Conversation
from flows.definition.hours import VIETNAM
from tests.library import library

NOW = datetime(2026, 11, 23, 9, tzinfo=VIETNAM)


def talk(*lines: object) -> list[dict[str, Any]]:
    conversation = Conversation(library(), NOW)
    said = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    return [json.loads(answer) for answer in conversation.answer_lines(said)]


def test_a_turn_tells_what_was_heard_recorded_and_asked_next() -> None:
    turn = talk({"start": "ban-moi_lam-nha"}, {"text": "tiếp tục"}, {"text": "có rồi"})[-1]
    assert (turn["kind"], turn["id"]) == ("answer", "co")
    assert turn["recorded"] == turn["answers"] == {"co-dat": "co"}
    assert turn["at"] == {"procedure": "lam-nha", "step": "loai-nha"}
    assert turn["choices"][:3] == ["Nhà gỗ", "Nhà gạch", "Kiểu khác"]


def test_a_pick_that_is_not_on_screen_taps_the_first_choice() -> None:
    turns = talk(
        {"start": "ban-moi_lam-nha"}, {"text": "tiếp tục"}, {"pick": ""}, {"pick": "gach"}, {"pick": "no-such"}
    )
    assert [turn["recorded"] for turn in turns[2:]] == [{"co-dat": "co"}, {"loai-nha": "gach"}, {"tang": "mot"}]


def test_a_number_is_what_is_typed_where_there_are_no_buttons() -> None:
    assert talk({"start": "ban-moi_lam-nha"}, {"text": "tiếp tục"}, {"number": 2})[-1]["recorded"] == {"co-dat": "chua"}


def test_what_is_asked_back_is_offered_and_not_recorded() -> None:
    turn = talk({"start": "ban-moi_lam-nha"}, {"text": "tiếp tục"}, {"text": "có nhưng bị mờ mất"})[-1]
    assert (turn["kind"], turn["recorded"], turn["offered"]) == ("ask_back", {}, ["co", "chua", "khac"])


def test_danger_comes_first_and_names_its_effect() -> None:
    turn = talk({"text": "nhà cháy rồi"})[-1]
    assert (turn["kind"], turn["id"], turn["effects"]) == ("danger", "fire", ["OpenTicket"])
    assert turn["replies"][0].startswith("[fire] 114")


def test_a_reset_forgets_and_sets_the_day_and_the_commune() -> None:
    turns = talk({"text": "làm nhà"}, {"reset": True, "date": "2027-03-02", "commune": "ban-moi"}, {"text": "làm nhà"})
    assert turns[1]["at"] == {"procedure": None, "step": None}
    assert turns[2]["at"]["step"] == "co-dat", "the commune is known, so it is not asked"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "x",
        "[]",
        '{"text": 3}',
        '{"number": true}',
        "{}",
        '{"reset": true, "date": "mai"}',
        '{"reset": true, "commune": "x"}',
    ],
)
def test_a_bad_line_is_answered_and_changes_nothing(line: str) -> None:
    _, before, *bad, after = talk({"start": "ban-moi_lam-nha"}, {"text": "tiếp tục"}, line, {"pick": ""})
    assert all(set(answer) == {"error"} for answer in bad)
    assert after["recorded"] == {"co-dat": "co"}
    assert before["at"]["step"] == "co-dat"


def test_a_number_of_an_id_card_never_reaches_the_talk() -> None:
    turn = talk({"text": "số căn cước của tôi là 001099012345, tôi muốn làm nhà"})[-1]
    assert "001099012345" not in json.dumps(turn)
    assert turn["procedure"] == "lam-nha"

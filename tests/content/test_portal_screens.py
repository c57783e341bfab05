"""On the portal, every branch of every procedure says one bare code to type and one agency to pick."""

import re

import pytest

from flows.dialogue.bot_questions import current_screen
from flows.dialogue.context import TurnContext
from flows.state import State
from tests.content import LIBRARY, situations
from tests.flows.chat import NOW

SEARCH, PICK = "mo-cong", "chon-noi"  # the steps of content/shared/dang-nhap-vneid.yaml
ONLINE = [id_ for id_, procedure in LIBRARY.procedures.items() if procedure.step(PICK)]


def screens(procedure: str, step: str) -> set[str]:
    found = set()
    for answers, slot in situations(procedure):
        if slot.step.id == step:
            state = State(procedure=procedure, answers=answers, asking=None, commune="na-ri")
            found.add(current_screen(TurnContext(LIBRARY, state, NOW.date())).text)
    return found


@pytest.mark.parametrize("id_", ONLINE)
def test_what_is_typed_into_the_search_box_is_a_bare_code(id_: str) -> None:
    shown = screens(id_, SEARCH)
    assert shown
    assert all(re.search(r"gõ mã \d\.\d{6} vào ô tìm kiếm", text) for text in shown)


@pytest.mark.parametrize("id_", ONLINE)
def test_the_agency_is_the_one_where_it_is_filed(id_: str) -> None:
    procedure = LIBRARY.procedures[id_]
    shown = screens(id_, PICK)
    assert shown
    police = procedure.file_at == "police"
    for text in shown:
        assert ("Bộ Công an" in text) is police
        assert ("chọn tỉnh Thái Nguyên" in text) is (procedure.file_at in ("commune", "province", "school"))


@pytest.mark.parametrize(
    ("id_", "codes"),
    [
        ("giay-phep-lai-xe", {"3.000347", "3.000348"}),
        ("tam-tru", {"1.004194", "1.002755"}),
        ("thuong-tru", {"1.004222"}),
        ("bhyt-ho-gia-dinh", {"1.001939"}),
    ],
)
def test_each_branch_has_its_own_code(id_: str, codes: set[str]) -> None:
    shown = screens(id_, SEARCH)
    assert {code for text in shown for code in re.findall(r"\d\.\d{6}", text)} == codes

"""Floors of what is heard, a little below what was reached: on the lines for building, and on the third kept aside."""

import pytest

from flows.definition.sayings import Saying
from flows.understanding.understand import understand
from tests.content import LIBRARY
from tests.listening import read_lines, read_steps
from tests.listening.steps import score
from tests.utterances import read as read_utterances

# set -> share heard at least: building, building without accents, kept aside, kept aside without accents
HEARD = {"danger": (0.99, 0.99, 0.93, 0.925), "person": (0.97, 0.97, 0.9, 0.9)}
# Of lines said at a step, right at least and wrongly recorded at most, in the same order. What is said at steps is learnt from the
# lines for building, so that only those kept aside tell how words are heard that are new.
AT_STEP = ((0.94, 0.01), (0.92, 0.01), (0.85, 0.018), (0.84, 0.018))
_OPENS = ("procedure", "event", "catalogue")
PARTS: list[tuple[bool, bool]] = [(False, False), (False, True), (True, False), (True, True)]


def share(lines: list[Saying], kind: str, *, bare: bool) -> float:
    heard = [understand(LIBRARY, line.bare if bare else line.say).kind == kind for line in lines]
    return sum(heard) / len(heard)


@pytest.mark.parametrize(("aside", "bare"), PARTS)
@pytest.mark.parametrize("name", HEARD)
def test_who_is_in_danger_or_wants_a_person_is_heard(name: str, aside: bool, bare: bool) -> None:
    lines = [line for line in read_lines(name) if line.kept_aside == aside and line.kind != "none"]
    assert share(lines, name, bare=bare) >= HEARD[name][PARTS.index((aside, bare))]


@pytest.mark.parametrize(("name", "most"), [("danger", 0.03), ("person", 0.07)])
def test_what_only_sounds_like_it_is_mostly_left_alone(name: str, most: float) -> None:
    assert share([line for line in read_lines(name) if line.kind == "none"], name, bare=False) <= most


@pytest.mark.parametrize("name", HEARD)
def test_an_errand_is_no_cry(name: str) -> None:
    said = [Saying("utterances", one.text, one.intent) for one in read_utterances()]
    assert share([one for one in said if one.kind != "-"], name, bare=False) <= 0.005


@pytest.mark.parametrize(("aside", "bare"), PARTS)
def test_at_a_step_people_are_heard_and_seldom_recorded_wrongly(aside: bool, bare: bool) -> None:
    counts = score((line for line in read_steps() if line.kept_aside == aside), bare=bare)
    right, wrong = AT_STEP[PARTS.index((aside, bare))]
    print(
        f"\nat a step, {'kept aside' if aside else 'building'}{', no accents' if bare else ''}: {counts.most_common()}"
    )
    assert counts["right"] / counts.total() >= right
    assert counts["wrong"] / counts.total() <= wrong


# set -> share told that it is not ours, or opened as a procedure: building, kept aside
@pytest.mark.parametrize(("aside", "told", "opened"), [(False, 0.96, 0.01), (True, 0.78, 0.016)])
def test_what_is_not_ours_is_said_to_be_so_and_opens_nothing(aside: bool, told: float, opened: float) -> None:
    lines = [line for line in read_lines("not-ours") if line.kept_aside == aside]
    heard = [understand(LIBRARY, line.say) for line in lines]
    assert sum(meaning.kind in ("signpost", "out_of_scope") for meaning in heard) >= told * len(lines)
    assert sum(meaning.kind in _OPENS and meaning.action == "go" for meaning in heard) <= opened * len(lines)


@pytest.mark.parametrize(("aside", "heard"), [(False, 0.95), (True, 0.64)])
def test_trouble_with_the_portal_is_heard_at_the_menu(aside: bool, heard: float) -> None:
    lines = [line for line in read_lines("portal-trouble") if line.kept_aside == aside]
    assert sum(understand(LIBRARY, line.say).kind == "snag" for line in lines) >= heard * len(lines)

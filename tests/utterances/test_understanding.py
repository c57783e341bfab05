"""The floors below which understanding must not fall. `python -m tests.utterances -v` shows every mistake."""

import random
import unicodedata
from collections.abc import Callable

import pytest

from flows.text.language import fold
from flows.understanding.understand import understand
from tests.content import LIBRARY
from tests.utterances import accepted, read, score, without_accents

SAID = [one for one in read() if one.intent in {*LIBRARY.procedures, *LIBRARY.life_events}]


def test_every_errand_has_forty_utterances() -> None:
    for id_ in (*LIBRARY.procedures, *LIBRARY.life_events):
        assert sum(one.intent == id_ for one in SAID) >= 40, id_


def test_errands_are_understood(capsys: pytest.CaptureFixture[str]) -> None:
    plain, bare = score(LIBRARY, SAID), score(LIBRARY, without_accents(SAID))
    with capsys.disabled():
        print(
            f"\nunderstanding: top-1 {plain.top1:.1%}, top-3 {plain.top3:.1%}, wrong go {plain.wrong_go:.1%}", end=" "
        )
        print(f"(without accents {bare.top1:.1%}, {bare.top3:.1%}, {bare.wrong_go:.1%})")
    assert plain.top1 >= 0.92
    assert plain.top3 >= 0.966
    assert plain.wrong_go <= 0.02
    assert bare.top1 >= plain.top1 - 0.02
    assert bare.top3 >= plain.top3 - 0.02


@pytest.mark.parametrize("errand", sorted((*LIBRARY.procedures, *LIBRARY.life_events)))
def test_no_errand_is_left_behind(errand: str) -> None:
    own = [one for one in SAID if one.intent == errand]
    assert score(LIBRARY, own).top3 >= 0.85  # what was lost in a fire or a flood is danger first


def test_what_is_none_of_our_business_is_not_acted_on() -> None:
    outside = read("none")
    assert len(accepted(LIBRARY, outside)) <= 0.03 * len(outside)


# --- the catalogue: an official name, typed badly, finds itself ---

TELEX = {"â": "aa", "ă": "aw", "ê": "ee", "ô": "oo", "ơ": "ow", "ư": "uw", "đ": "dd"}
TONES = {"\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j"}


def two_typos(name: str, luck: random.Random) -> str:
    words = name.split()
    long = [at for at, word in enumerate(words) if len(word) > 3]
    for at in luck.sample(long, min(2, len(long))):
        spot = luck.randrange(1, len(words[at]) - 1)
        words[at] = words[at][:spot] + words[at][spot + 1] + words[at][spot] + words[at][spot + 2 :]
    return " ".join(words)


def telex(name: str) -> str:
    """The keystrokes of a keyboard whose Vietnamese is switched off."""
    typed = []
    for word in name.lower().split():
        apart = unicodedata.normalize("NFD", word)
        tone = "".join(TONES[ch] for ch in apart if ch in TONES)
        letters = unicodedata.normalize("NFC", "".join(ch for ch in apart if ch not in TONES))
        typed.append("".join(TELEX.get(ch, ch) for ch in letters) + tone)
    return " ".join(typed)


FORMS: dict[str, Callable[[str, random.Random], str]] = {
    "as it is": lambda name, _: name,
    "without accents": lambda name, _: fold(name),
    "two typos": lambda name, luck: two_typos(fold(name), luck),
    "telex": lambda name, _: telex(name),
}


@pytest.mark.parametrize("form", FORMS)
def test_an_official_name_finds_itself(form: str) -> None:
    luck = random.Random(7)
    found = 0
    for code, entry in LIBRARY.catalogue.items():
        top = understand(LIBRARY, FORMS[form](entry.name, luck)).top
        twins = {c for c, other in LIBRARY.catalogue.items() if other.name == entry.name}
        found += bool(top) and top[0][0] in {*twins, LIBRARY.covered.get(code)}
    assert found >= 0.93 * len(LIBRARY.catalogue)

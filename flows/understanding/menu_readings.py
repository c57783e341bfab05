"""What a text may be where no step waits: a call, one of ours, none of ours, noise, or trouble with the portal."""

import math
from collections.abc import Mapping
from typing import Literal

from flows.definition.library import Library
from flows.text.calls import Call
from flows.text.language import as_typed, spelled
from flows.understanding.meaning import ERRANDS
from flows.understanding.menu_weights import WEIGHTS
from flows.understanding.topics import topic
from flows.understanding.urgent import score_call
from flows.understanding.utterance import asks_for_something

MenuSort = Literal["danger", "person", "ours", "elsewhere", "noise", "trouble"]
Features = Mapping[str, float]

MENU = "menu"  # among the places where something is said, see `KindWeights`

_BASE: MenuSort = "ours"  # against which the others are weighed
_LONG, _FEW = 10, 4  # words
_NOWHERE = -3.0  # how little a text leans to trouble, none of whose words is known


def weigh_sorts(library: Library, text: str, danger: Call | None, wish: Call | None) -> Mapping[MenuSort, float]:
    """Return how likely a text is of each sort, from 0 to 1, 1 for all together; of a call only where it may be one."""
    readings = sort_readings(library, weigh_signs(library, text, danger, wish))
    scores = {
        sort: sum(WEIGHTS.get(name, 0.0) * value for name, value in features.items())
        for sort, features in readings.items()
    }
    best = max(scores.values())
    shares = {sort: math.exp(score - best) for sort, score in scores.items()}
    whole = sum(shares.values())
    return {sort: share / whole for sort, share in shares.items()}


def sort_readings(library: Library, signs: Features) -> Mapping[MenuSort, Features]:
    """Return the features of each sort that a text of these signs may be, of those that the library knows of."""
    may_be: Mapping[MenuSort, bool] = {
        "danger": signs["danger"] > 0,
        "person": signs["person"] > 0,
        "ours": True,
        "elsewhere": bool(library.elsewhere),
        "noise": bool(library.noise),
        "trouble": bool(library.troubles),
    }
    return {
        sort: {f"{sort} {name}".strip(): value for name, value in signs.items() if value} if sort != _BASE else {}
        for sort, known in may_be.items()
        if known
    }


def weigh_signs(library: Library, text: str, danger: Call | None, wish: Call | None) -> Features:
    """Return what tells the sorts of a text from each other."""
    plain = spelled(text, library.words.abbreviations)
    said, errand = as_typed(plain), topic(library, text)
    likely, odds = library.likelihoods, library.question_odds
    known = bool(likely.rank(text))
    post = library.signpost_calls.find(text)
    return {
        "": 1.0,
        **{f"chance {kind}": chance for kind, chance in library.kinds.chances(plain, MENU).items()},
        "length": len(said) / _LONG,
        "one word": float(len(said) <= 1),
        "few words": float(1 < len(said) <= _FEW),
        "asks": float(asks_for_something(library.words.abbreviations, text, said)),
        "question": odds.score(text) if odds else 0.0,
        "errand": errand.top[0][1] if errand.top and errand.kind in ERRANDS else 0.0,
        "lean elsewhere": likely.lean(text, library.elsewhere, library.topics),
        "lean noise": likely.lean(text, library.noise),
        "lean trouble": likely.lean(text, library.troubles) if known else _NOWHERE,
        "post odds": library.signpost_calls.odds_of(text),
        "post": float(post is not None),
        "post frame": float(post is not None and post.frames > 0),
        "danger": float(danger is not None),
        "danger score": score_call(library, text, "danger", danger) if danger else 0.0,
        "person": float(wish is not None),
        "person score": score_call(library, text, "person", wish) if wish else 0.0,
    }

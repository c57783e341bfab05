"""Nobody is recorded to be what they say that they are not: at every step of every procedure, in the ways in which people deny."""

import hashlib
from collections.abc import Iterator

from flows.definition.steps import Ask
from flows.dialogue.advance import advance
from flows.messages import Message
from flows.text.denial import is_negation, mark_denied
from flows.text.language import fold, spelled
from tests.content import LIBRARY
from tests.listening.steps import NOW, state_at

WAYS = (
    "không phải {}", "chẳng phải {} ạ", "đâu phải {}", "nhà em không phải {} đâu", "có phải {} đâu",
    "{} thì không", "{} thì không phải", "{} thì đâu có",
)  # fmt: skip
TURNS = frozenset(spelled("mà thì nhưng gì đâu nào sao khỏi"))
EVERY = 48  # one in so many of all that can be said so


def denials() -> Iterator[tuple[str, str, str, str]]:
    """Yield (procedure, step, option, text) for phrases of a few words, none of which denies or turns by itself."""
    for id_, procedure in LIBRARY.procedures.items():
        for step in procedure.steps:
            for option in step.options if isinstance(step, Ask) else ():
                for meant in (option.label, *option.says) if option.spoken is None else ():
                    said = spelled(meant)
                    if 2 <= len(said) <= 6 and not any(is_negation(word) or word in TURNS for word in said):
                        lower = meant[0].lower() + meant[1:]
                        for way in WAYS:
                            yield id_, step.id, option.id, way.format(lower)


def test_what_is_denied_is_never_recorded() -> None:
    wrong, tried = [], 0
    for procedure, step, option, text in denials():
        for said in (text, fold(text)):
            if int(hashlib.sha256(f"{procedure}{step}{said}".encode()).hexdigest(), 16) % EVERY:
                continue
            before = state_at(procedure, step)
            if before is None:
                continue
            tried += 1
            after = advance(LIBRARY, before, Message(text=said), NOW).state
            if after.procedure == procedure and after.answers.get(step) == option:
                wrong.append((procedure, step, option, said))
    assert tried > 500
    assert not wrong


def test_words_are_denied_by_what_stands_before_behind_and_around_them() -> None:
    def denied(text: str) -> str:
        return " ".join(
            word for word, marked in zip(text.split(), mark_denied(spelled(text)), strict=True) if marked.endswith("!")
        )

    assert denied("không phải mua bán mà được cho") == "phải mua bán"
    assert denied("hộ nghèo thì không phải em ạ") == "hộ nghèo"
    assert denied("đâu phải xin cấp mới") == "phải xin cấp mới"
    assert denied("có phải xin cấp mới đâu cháu") == "phải xin cấp mới"
    assert denied("nộp ở xã thì không nhưng nộp mạng thì được") == "nộp ở xã"
    assert denied("có giấy tờ thì nộp ở đâu") == ""
    assert denied("nhà em ở Na Rì thì mới có sổ") == ""

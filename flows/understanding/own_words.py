"""Answers in a screen's own words: its number, its label, one of its phrases, a spoken yes or no."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from flows.definition.library import Library
from flows.definition.steps import Said
from flows.messages import numbers_of
from flows.text.language import bare, phrase, same, spelled
from flows.text.phrasebook import Phrasebook, Reader
from flows.understanding.meaning import Candidate, Meaning, clear

# Thresholds on phrasebook scores, set on tests/content/answers.yaml: the lowest without a wrong move there.
_WHOLE_OPTION = 0.9
_MARGIN = 0.12
_OPTION = 0.7
_NEGATIONS = spelled("không chưa chẳng chả đừng")
_QUESTION_ENDS = (spelled("không"), spelled("chưa"), spelled("à"), spelled("hả"), spelled("nhỉ"))
_QUESTION_WORDS = tuple(spelled(word) for word in ("gì", "nào", "đâu", "bao", "mấy", "sao", "ai"))
_COUNT = dict(zip(spelled("một hai ba bốn tư năm sáu nhất"), (1, 2, 3, 4, 4, 5, 6, 1), strict=True))
_ALONE = {"mot", "hai", "bon"}  # number words that mean nothing else when said alone
_PARTS = re.compile(r", hoặc |, hay |,| hoặc ")  # what parts the label of an option
_POINTERS = {"so", "cai", "thu", "chon", "y", "muc", "cau", "lua", "nut", "dap", "an", "dong"}


def find_pick(library: Library, text: str, candidates: Sequence[Candidate]) -> Meaning | None:
    """Match a candidate's number or its whole label; that wins even over a command of the same words."""
    said, whole = library.command_book.words(text), spelled(text)
    number = _number(said) or _number(whole)
    numbers = numbers_of(len(candidates))
    if number in numbers:
        return answer_with(candidates[numbers.index(number)].id)
    return next((answer_with(c.id) for c in candidates if same(whole, phrase(c.label))), None)


def find_plain_answer(library: Library, text: str, candidates: Sequence[Candidate]) -> Meaning | None:
    """Match a text that is all of a label or of a phrase, or a yes or no and nothing else."""
    said = library.command_book.words(text)
    for id_, meant in _phrases_by_words(library, tuple(candidates)).get(tuple(map(bare, said)), ()):
        if same(said, meant):
            return answer_with(id_)
    return match_spoken(read_spoken(library, said), candidates)


@lru_cache(maxsize=256)
def _phrases_by_words(
    library: Library, candidates: tuple[Candidate, ...]
) -> Mapping[tuple[str, ...], Sequence[tuple[str, tuple[str, ...]]]]:
    """Return the phrases of a screen that fold to the same words: whose each is, and its words."""
    found: dict[tuple[str, ...], list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    for candidate in candidates:
        for meant in (candidate.label, *candidate.phrases, *candidate.exact_phrases):
            for said in dict.fromkeys((phrase(meant), tuple(library.command_book.phrase(meant)))):
                found[tuple(map(bare, said))].append((candidate.id, said))
    parts = [(c.id, phrase(part)) for c in candidates for part in _PARTS.split(c.label)]
    for id_, said in parts:  # "người lớn" for "Người lớn, hoặc cả nhà"
        alone = [other for other, meant in parts if same(meant, said)] == [id_]
        if alone and len(said) > 1:
            found.setdefault(tuple(map(bare, said)), [(id_, said)])
    return found


def is_bare_yes_or_no(library: Library, text: str) -> bool:
    """Tell whether a text is a yes, a no or a "not yet" and nothing else."""
    return read_spoken(library, library.command_book.words(text)) in ("yes", "no", "not_yet")


def read_spoken(library: Library, said: Sequence[str]) -> Said | None:
    """Return the yes, no or "not yet" that some words are, and nothing else."""
    return next((kind for meant, kind in library.spoken if same(said, meant)), None)


def find_phrase_answer(library: Library, text: str, candidates: Sequence[Candidate]) -> Meaning | None:
    """Match the phrase that a longer text holds, or the yes or no that it opens with; what is denied is no answer."""
    if not candidates:
        return None
    no = holds_negation(spelled(text, library.words.abbreviations))
    ranked = _ranked(library, text, candidates, negated=no)
    if ranked and ranked[0][1] >= _OPTION and clear(ranked, _MARGIN):
        return answer_with(ranked[0][0], ranked[0][1], other_words=True)
    if no and (said := _before_the_denial(text)):
        sure = _ranked(library, said, candidates, negated=False)
        if sure and sure[0][1] >= _WHOLE_OPTION and clear(sure, _MARGIN):
            return answer_with(sure[0][0], sure[0][1])
    if no and _denies_an_option(library, text, candidates):
        return None
    return match_spoken(_read_opening(library, text, candidates), candidates)


def _ranked(
    library: Library, text: str, candidates: Sequence[Candidate], negated: bool | None = None
) -> list[tuple[str, float]]:
    said = ((c.id, meant) for c in candidates for meant in (c.label, *c.phrases))
    phrases = tuple((id_, meant) for id_, meant in said if negated is None or _is_negated(meant) == negated)
    return _book(library.reader, phrases).rank(text)


@lru_cache(maxsize=128)
def _book(reader: Reader, phrases: tuple[tuple[str, str], ...]) -> Phrasebook:
    """Build the phrasebook of a screen; cached, as many citizens see it. Screens are many: each caches few words."""
    return Phrasebook(phrases, reader, whole=0.4, remembers=128)


@lru_cache(maxsize=16_384)
def _is_negated(phrase_: str) -> bool:
    return holds_negation(spelled(phrase_))


def _denies_an_option(library: Library, text: str, candidates: Sequence[Candidate]) -> bool:
    """Return whether an option is denied: "không bị mất giấy" denies "mất giấy" and is no plain "no" to the question."""
    named = {id_ for id_, score in _ranked(library, text, candidates) if score >= _OPTION}
    plain = {c.id for c in candidates if c.polarity in ("no", "not_yet")}
    return bool(named - plain)


def _before_the_denial(text: str) -> str:
    """Return the words before a denial: "3 tháng rồi chưa làm" -> "3 tháng rồi"; "không phải 3 tháng" -> ""."""
    said: list[str] = []
    for word in text.split():
        if holds_negation(spelled(word)):
            break
        said.append(word)
    return " ".join(said)


def holds_negation(said: tuple[str, ...]) -> bool:
    """Return whether words hold a negation: "không khuyết tật" is no "khuyết tật", "chưa có hộ khẩu" no "có hộ khẩu"."""
    return any(same((word,), (negation,)) for word in said for negation in _NEGATIONS)


def _read_opening(library: Library, text: str, candidates: Sequence[Candidate]) -> Said | None:
    """Return the yes, no or "not yet" that a text starts with, if nothing in the rest says otherwise.

    "chưa làm giấy đó" is a "not yet"; "không hiểu gì" is no "no". Things to do are done when somebody says so and no
    more: "rồi em ạ" is, "rồi làm gì nữa" is not.
    """
    if looks_like_question(library, text):
        return None
    said = library.command_book.words(text)
    for meant, kind in library.spoken:
        if same(said[: len(meant)], meant):
            labels = [c.label for c in candidates if c.polarity == kind]
            neutral = {bare(word) for words_ in (*library.words.neutral, *labels) for word in spelled(words_)}
            answers = any(c.polarity == kind and not c.exact_phrases for c in candidates) or kind in ("no", "not_yet")
            if answers and neutral.issuperset(map(bare, said[len(meant) :])):
                return kind
    return None


def looks_like_question(library: Library, text: str) -> bool:
    """Return whether a text looks like a question: "…?", "… không", "… à", "… gì", "bao nhiêu …"."""
    said = spelled(text, library.words.abbreviations)
    last = said[-1:]
    if text.rstrip().endswith("?") or (len(said) > 1 and any(same(last, end) for end in _QUESTION_ENDS)):
        return True
    return any(same((word,), asked) for word in said for asked in _QUESTION_WORDS)


def match_spoken(spoken: Said | None, candidates: Sequence[Candidate]) -> Meaning | None:
    """Match a spoken yes or no to the one candidate of its polarity.

    People say "không" for "chưa" and the other way round; whichever is on screen is meant. "Đừng" is only a "no".
    """
    if spoken is None:
        return None
    stand_in = {"no": "not_yet", "not_yet": "no", "refuse": "no"}.get(spoken)
    for wanted in (spoken, stand_in):
        fitting = [c for c in candidates if c.polarity == wanted]
        if wanted and len(fitting) == 1:
            return answer_with(fitting[0].id)
    return None


def _number(spoken: tuple[str, ...]) -> int | None:
    """Parse "2", "số hai", "cái thứ 2", "cái đầu tiên". A number among other words is no pick, nor is "tự đóng" the "dòng tư"."""
    said = tuple(map(bare, spoken))
    rest = tuple(word for word in said if word not in _POINTERS)
    if rest in (("dau",), ("dau", "tien")) and len(said) > 1:
        return 1
    if len(rest) != 1 or len(said) > 4 or (len(said) == 1 and not rest[0].isdigit() and rest[0] not in _ALONE):
        return None
    if re.fullmatch(r"[1-9]\d?", rest[0]):
        return int(rest[0])
    return next((number for meant, number in _COUNT.items() if same(spoken[-1:], (meant,))), None)


def answer_with(id_: str, score: float = 1.0, *, other_words: bool = False) -> Meaning:
    """Build the meaning of an answer."""
    return Meaning("answer", id_, ((id_, score),), "go", other_words=other_words)

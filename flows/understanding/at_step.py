"""What is said at a step: what a text is plainly, else the likeliest of its readings."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import assert_never

from flows.definition.library import Library
from flows.text.language import bare
from flows.understanding.answer import (
    denies_another,
    find_denied,
    find_told,
    find_whole,
    speaks_against,
    typed_answers,
)
from flows.understanding.meaning import Candidate, Meaning
from flows.understanding.own_words import answer_with
from flows.understanding.phrases import (
    WHOLLY,
    find_command,
    find_commune_fact,
    find_fact,
    find_small_talk,
    find_term,
    is_named,
)
from flows.understanding.questions import asked_kinds
from flows.understanding.readings import At, Reading, Sort, StepText, read_step_text, weigh_readings
from flows.understanding.topics import topic
from flows.understanding.urgent import PLAINLY
from flows.understanding.utterance import has_contrast, has_denial, has_question_shape

_FEW, _SHORT = 4, 6  # words
_WISHED = frozenset({"muon", "can", "dinh", "hoi", "xin"})
# How likely readings at a step must be; set with the lines kept aside in view: only lines written later test them.
_STANDS: Mapping[Sort, float] = {"danger": 0.1, "person": 0.05}  # calls that nothing outweighs,
_STANDS_PLAINLY = 0.005  # and a danger that is told plainly
_SURE = 0.88  # an answer that is not asked back
_SURE_AHEAD = 0.92  # an answer to a question still to come, if it is that or something else
_SURE_BESIDE_NAME = 0.92  # the same, where the text names the procedure as well
_WHOLE, _SOME = 0.95, 2.0  # share of an answer's phrase, and its evidence, that were said then
_LEADS_SIBLINGS = 0.88  # an answer, among all to its question
_SURE_AHEAD_AMONG = 0.75  # the same, among the answers to all such questions
_SURE_THOUGH_ASKED = 0.97  # the same, of a text that has the shape of a question
_PERHAPS = 0.1  # a question of that shape, where an answer is not sure
_LIKELY = 0.35  # a question without it
_BESIDE = 0.25  # an errand that is surely named, beside a question without that shape
_HALF = 0.5  # share of an option's phrase below which hardly anything of it was said
_ALONE = 0.75  # an answer beside which nothing can be asked back
_NOT_OURS = 0.9  # score of a phrase that says what is not done here
_SECOND = 0.05  # an answer that is asked back beside the likeliest
_LAST = 7  # words in which a question stands to which a text comes


def hear_at_step(
    library: Library,
    text: str,
    candidates: Sequence[Candidate],
    troubles: Sequence[Candidate],
    at: At,
    today: date,
) -> Meaning:
    """Return what is said at a step: what it is plainly, else the likeliest of its readings."""
    heard = read_step_text(library, text, candidates, troubles, at, today)
    plain = (
        None
        if heard.urgent
        else find_command(library, text, candidates) or _find_small_talk(library, text) or find_term(library, text)
    )
    return plain or _told_plainly(library, heard) or _named_fact(library, heard) or _likeliest(library, heard)


def _find_small_talk(library: Library, text: str) -> Meaning | None:
    """Return small talk; what is like none of our business only in part is rather an answer: "chưa chia", "chữa bệnh"."""
    talk = find_small_talk(library, text)
    return None if talk and talk.kind == "out_of_scope" and talk.top[0][1] < _NOT_OURS else talk


def _named_fact(library: Library, heard: StepText) -> Meaning | None:
    """Return what is asked by the bare name of a fact: "lệ phí", "mã thủ tục"."""
    if told := find_commune_fact(library, heard.text):
        return told
    short = len(heard.said) <= _SHORT and not heard.urgent and not has_denial(heard.said)
    ranked = library.fact_book.rank(heard.text) if short else ()
    return find_fact(library, heard.text, at_step=True) if ranked and ranked[0][1] >= WHOLLY else None


def _likeliest(library: Library, heard: StepText) -> Meaning:
    """Weigh the readings of a text.

    Danger and a wish stand where they are at all likely. An answer that does not lead clearly is asked back, or taken
    for the question that it may be as well.
    """
    weighed = weigh_readings(library, heard)
    first, *others = (one for one in weighed if one.sort != "ahead")
    for sort in _STANDS:
        if (call := _find(weighed, sort)) and call.likely >= _least(call):
            return _meaning(library, heard, call)
    if weighed[0].sort == "ahead" and not heard.asks and (told := _told_ahead(heard, weighed)):
        return told
    doubtful = first.sort == "answer" and not heard.at.deed and _is_doubtful(library, heard, first)
    errand = _find(others, "errand")
    if errand and _is_surely_named(errand, beside=first) and not (first.sort == "question" and heard.asks):
        return _meaning(library, heard, errand)
    asks = first.sort == "answer" and _asks_at_last(library, heard)
    if first.sort == "answer" and (asks or first.likely < (_SURE_THOUGH_ASKED if heard.asks else _SURE) or doubtful):
        question, other = _find(others, "question"), _find(others, "answer")
        plain = heard.asks and asked_kinds(library, heard.text)
        if question and (asks or plain or question.likely >= (_PERHAPS if heard.asks else _LIKELY)):
            return _meaning(library, heard, question)
        siblings = [one.id for one in heard.candidates if one.id != first.id and doubtful]
        if other or siblings:
            between = has_contrast(heard.said) or (other is not None and other.likely >= _SECOND)
            second = [other.id if other else siblings[0]] if between else []
            return Meaning("ask_back", "", tuple((id_, first.likely) for id_ in (first.id, *second)), "choose")
        if first.likely < _ALONE:
            first = others[0]
    return _meaning(library, heard, first)


def _asks_at_last(library: Library, heard: StepText) -> bool:
    """Tell whether a text comes to a question, whatever it tells before: "trả hết nợ rồi, muốn xoá thì mấy ngày xong"."""
    likelier = heard.kinds["question"] > heard.kinds["answer"]
    return (
        heard.asks
        and has_question_shape("", heard.said[-_LAST:])
        and (likelier or bool(asked_kinds(library, heard.text)))
    )


def _told_ahead(heard: StepText, weighed: Sequence[Reading]) -> Meaning | None:
    """Return the answers to questions still to come that a text surely tells, at most one to each; None where it tells none."""
    besides = sum(one.likely for one in weighed if one.sort != "ahead")
    of_step: dict[str, list[Reading]] = defaultdict(list)
    for one in weighed:
        if one.sort == "ahead":
            of_step[one.step].append(one)
    sure = [first for first, *others in of_step.values() if _is_sure_ahead(heard, first, others, besides)]
    first = weighed[0]
    if first not in sure or has_contrast(heard.said) or (not heard.at.named and first.likely < _SURE_AHEAD_AMONG):
        return None
    told = [one for one in sure if one is first or _is_said_in_full(one)]
    return Meaning("ahead", "", tuple((f"{one.step}={one.id}", one.likely) for one in told), "go")


def _is_sure_ahead(heard: StepText, answer: Reading, siblings: Sequence[Reading], besides: float) -> bool:
    """Tell whether an answer to a question still to come leads its siblings, and all that a text may be besides."""
    leads = answer.likely >= _LEADS_SIBLINGS * (answer.likely + sum(one.likely for one in siblings))
    if heard.at.named:  # the name holds words of answers too
        return leads and answer.likely >= _SURE_BESIDE_NAME * (answer.likely + besides) and _is_said_in_full(answer)
    return leads and answer.likely >= _SURE_AHEAD * (answer.likely + besides)


def _is_said_in_full(answer: Reading) -> bool:
    return answer.features["ahead share"] >= _WHOLE and answer.features["ahead evidence"] >= _SOME


def _least(call: Reading) -> float:
    """Return how likely a danger or a wish must be to stand."""
    return _STANDS_PLAINLY if call.features.get("danger frames", 0.0) >= PLAINLY else _STANDS[call.sort]


def _is_doubtful(library: Library, heard: StepText, answer: Reading) -> bool:
    """Tell whether a text takes half of it back, denies some other option, or says a yes or no of something not on screen."""
    features = answer.features
    unlike = all(features[f"answer {how}"] <= 0 for how in ("typed", "here", "anywhere"))
    elsewhere = unlike and features["answer share"] < _HALF
    return has_contrast(heard.said) or elsewhere or denies_another(library, heard.said, heard.candidates, answer.id)


def _told_plainly(library: Library, heard: StepText) -> Meaning | None:
    """Return the answer that a text tells beyond doubt: by a number, or in a few words by the whole of one of its phrases."""
    if _is_called(heard) or heard.asks or has_contrast(heard.said):
        return None
    if option := _typed_option(library, heard, heard.candidates):
        return answer_with(option, other_words=True)
    if not heard.at.asked and (told := _told_plainly_ahead(library, heard)):
        return told
    if len(heard.said) > _SHORT:
        return None
    option = find_whole(library, heard.said, heard.candidates)
    if option and option not in find_denied(library, heard.said, heard.candidates):
        return answer_with(option, other_words=True)
    if trouble := find_whole(library, heard.said, heard.troubles):
        return Meaning("snag", trouble, ((trouble, 1.0),), "go")
    other = topic(library, heard.text)
    named = other.kind == "procedure" and other.action == "go" and other.id != heard.at.procedure
    ways = (heard.said, _without_wish(heard.said))
    return other if named and any(is_named(library, other.id, way) for way in ways) else None


def _is_called(heard: StepText) -> bool:
    """Tell whether a text may be a cry for help, or fits a frame of a wish: "cho tôi nói chuyện với người" is no "người lớn"."""
    danger = heard.urgent is not None and heard.urgent.kind == "danger"
    return danger or (heard.wish is not None and heard.wish.frames > 0)


def _without_wish(said: Sequence[str]) -> Sequence[str]:
    """Return what is wanted: "tôi muốn làm giấy khai sinh" without "tôi muốn"."""
    wished = next((at for at, word in enumerate(said[:_FEW]) if bare(word) in _WISHED), -1)
    return said[wished + 1 :]


def _told_plainly_ahead(library: Library, heard: StepText) -> Meaning | None:
    """Return what a text tells beyond doubt of one question still to come: by a number, or by the whole of a phrase."""
    ahead = heard.at.ahead
    typed = [(step, option) for step, options in ahead if (option := _typed_option(library, heard, options))]
    whole = len(heard.said) <= _FEW and not has_denial(heard.said)
    told = [(step, option) for step, options in ahead if whole and (option := find_told(library, heard.said, options))]
    sure = typed or told
    return Meaning("ahead", "", (("=".join(sure[0]), 1.0),), "go") if len(sure) == 1 else None


def _typed_option(library: Library, heard: StepText, options: Sequence[Candidate]) -> str | None:
    """Return the option that a number tells, unless the words beside it speak for another."""
    typed = typed_answers(library, heard.text, options, heard.today)
    return typed[0] if len(typed) == 1 and not speaks_against(library, heard.said, options, typed[0]) else None


def _is_surely_named(errand: Reading, beside: Reading) -> bool:
    """Tell whether an errand is named so that what comes before it is none: a question for its shape alone, or nothing."""
    least = {"question": _BESIDE, "unclear": 0.0}.get(beside.sort, 1.0)
    return errand.likely >= least and errand.features["errand sure"] > 0


def _find(readings: Sequence[Reading], sort: Sort) -> Reading | None:
    return next((one for one in readings if one.sort == sort), None)


def _meaning(library: Library, heard: StepText, reading: Reading) -> Meaning:
    top = ((reading.id, reading.likely),)
    match reading.sort:
        case "answer":
            return answer_with(reading.id, reading.likely, other_words=True)
        case "ahead":
            raise ValueError("several answers may be told ahead: see _told_ahead")
        case "question":
            return find_fact(library, heard.text, at_step=True) or Meaning("question", "", (), "go")
        case "errand":
            return topic(library, heard.text)
        case "danger" | "person" if heard.urgent and heard.urgent.kind == reading.sort:
            return heard.urgent
        case "later" | "correction":
            return Meaning(reading.sort, reading.sort, ((reading.sort, reading.likely),), "go")
        case "snag" | "command" | "person" | "danger":
            return Meaning(reading.sort, reading.id, top, "go")
        case "unclear":
            return find_fact(library, heard.text, at_step=True) or Meaning("unknown", "", ())
        case _:
            assert_never(reading.sort)

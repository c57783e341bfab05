"""Understanding of one text: from words to a Meaning, with a score. Deterministic and offline; in doubt it says so."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Literal, assert_never

from flows.definition.library import CODE, Library
from flows.text.language import as_typed, bare, phrase, same, spelled
from flows.understanding.address import in_first_person
from flows.understanding.answer import (
    denies_another,
    find_denied,
    find_told,
    find_whole,
    speaks_against,
    typed_answers,
)
from flows.understanding.elsewhere import (
    find_portal_trouble,
    find_signpost,
    is_noise,
    is_plainly_elsewhere,
    lean_elsewhere,
)
from flows.understanding.meaning import ERRANDS, Candidate, Kind, Meaning
from flows.understanding.own_words import (
    answer_with,
    find_phrase_answer,
    find_pick,
    find_plain_answer,
    is_bare_yes_or_no,
    match_spoken,
    read_spoken,
)
from flows.understanding.questions import asked_kinds, asks_beyond_name, asks_for_something, rank_procedures
from flows.understanding.readings import At, Reading, Sort, StepText, read_step_text, weigh_readings
from flows.understanding.topics import named, topic
from flows.understanding.urgent import PLAINLY, hear_urgent
from flows.understanding.utterance import (
    asks_for_way,
    asks_how,
    has_contrast,
    has_denial,
    has_question_shape,
)

# Thresholds on phrasebook scores, set on tests/content/answers.yaml and tests/utterances: the lowest without a wrong move there.
_COMMAND = 0.86
_FACT = 0.74
_WHOLLY = 0.99  # a phrase of the content that is all that a text says
_TALK = 0.8
_TERM = 0.9
_ASKED = 0.36  # an errand so likely that a question is about it, and not about what is none of ours
_OURS = -0.3  # how little a text may lean elsewhere, that asks about something of ours
_AHEAD = 1.5  # how far ahead of the next a procedure is that a question is clearly about
_CLEARLY = 0.45  # an errand that is named more clearly than what is not ours
_TWO, _FEW = 2, 4  # words
_WISHED = frozenset({"muon", "can", "dinh", "hoi", "xin"})
_OPENS = 0.38  # an errand that two words may bring up
_SYLLABLE = 5  # letters that may be one syllable
# How likely readings at a step must be; set with the lines kept aside in view: only lines written later test them.
_STANDS: Mapping[Sort, float] = {"danger": 0.08, "person": 0.08}  # calls that nothing outweighs,
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
_LAST = 7  # words in which a question stands to which a text comes
_STORY = 10  # words from which on somebody tells a story
_SHORT = 6  # words: what an option calls itself is most of it

_TALKS: Mapping[str, Kind] = {"frustration": "frustration", "out_of_scope": "out_of_scope"}


Place = Literal["menu", "question"]


def prepare(library: Library) -> None:
    """Build all that understanding needs, before somebody waits for the first answer."""
    for at in (None, At("", "", "deed")):
        understand(library, "x", at=at)
    _ = library.done_odds, library.asked_words  # which only an answer, and only a question, ask for


def understand(
    library: Library,
    text: str,
    candidates: Sequence[Candidate] = (),
    hidden: Sequence[Candidate] = (),
    *,
    place: Place = "menu",
    at: At | None = None,
    today: date = date.max,
) -> Meaning:
    """Return what a text means: first what kind of utterance it is, then what about.

    At a step all readings are weighed against each other. Elsewhere are tried in order: a pick on screen, danger, a person, a
    command, a plain answer, small talk, a term, a question, an answer in other words, an errand.

    Args:
        hidden: candidates that are not on screen and have no number, but may be said here (the troubles of a step).
        place: where it is said: at the menu, or at a question of the bot's own.
        at: the step at which it is said, if a step waits.
        today: the day from which ages are reckoned.
    """
    if picked := find_pick(library, text, candidates):
        return picked
    text = in_first_person(text)
    candidates = tuple(candidate for candidate in candidates if not candidate.aside)
    said = as_typed(spelled(text, library.words.abbreviations))
    exact = find_plain_answer(library, text, candidates)
    if at:
        if not exact and not at.deed and at.asked and candidates and is_bare_yes_or_no(library, text):
            return Meaning("unknown", "", ())  # a yes or a no to nothing that is on screen
        return exact or _at_step(library, text, candidates, hidden, at, today)
    if place == "menu" and (talk := _whole_small_talk(library, said)):
        return talk
    plain = (
        _said_wholly(library, text, candidates)
        or hear_urgent(library, text, answering=place == "question")
        or _command(library, text, candidates)
        or exact
        or _small_talk(library, text)
        or _term(library, text)
    )
    if plain:
        return plain
    asking = asks_for_something(library, text, said)
    if asking and (fact := _fact(library, text, at_step=place == "question")):
        nameless = fact.kind == "fact" and fact.procedure is None and fact.id not in library.words.commune
        post = find_signpost(library, text) if nameless else None
        return post if post and post.kind == "signpost" else fact
    long_question = asking and len(said) > _SHORT
    if not long_question and (answer := find_phrase_answer(library, text, (*candidates, *hidden))):
        return answer
    return _by_code(library, text) or _errand_or_elsewhere(library, text, said, asking=asking)


def _errand_or_elsewhere(library: Library, text: str, said: Sequence[str], *, asking: bool) -> Meaning:
    """Return the errand, the question about one, or whose business it is instead, whichever is told more clearly."""
    errand = _errand(library, text)
    likely = errand.top[0][1] if errand.top and errand.kind in ERRANDS else 0.0
    plainly = likely < _CLEARLY and is_plainly_elsewhere(library, text)
    about = _asked_about(library, errand, text, said) if asking and not plainly else None
    if about and (likely >= _ASKED or lean_elsewhere(library, text) < _OURS):
        return about
    noise = likely < _CLEARLY and is_noise(library, text)
    trouble = find_portal_trouble(library, text) if errand.action != "go" and not noise else None
    elsewhere = (trouble or find_signpost(library, text)) if likely < _CLEARLY else None
    if elsewhere and len(said) < _TWO and not elsewhere.why:  # "rồi": one syllable decides nothing
        elsewhere = None
    if noise and not (elsewhere and elsewhere.id):
        return Meaning("unknown", "", ())
    if elsewhere:
        return elsewhere
    if about:
        return about
    if len(said) <= _TWO and likely and not _is_named(library, errand.id, said):
        return _brief(errand, text)
    if errand.action == "go" or (errand.action == "choose" and len(said) > _STORY):
        return errand  # a long story holds "đổi" and "làm lại" as well
    return _moved(library, text) or errand


def _asked_about(library: Library, errand: Meaning, text: str, said: Sequence[str]) -> Meaning | None:
    """Turn an errand into a question about it, or about where people ask so; None where going through it is the answer."""
    if errand.kind not in (*ERRANDS, "unknown"):
        return None
    known = library.procedures.get(errand.id)
    if known and asks_how(said) and not asks_beyond_name(library, known, text):
        return None
    if errand.kind == "event" and errand.action == "go" and asks_for_way(said):
        return None
    if errand.action == "go" and known:
        return _question_about(errand)
    return replace(errand, kind="question") if errand.top else None


def _brief(errand: Meaning, text: str) -> Meaning:
    """Turn the errand of one or two words that are no name of it into a choice, or into nothing where they are too vague."""
    alone = len(errand.top) < _TWO and errand.top[0][1] < _OPENS
    vague = len(text) <= _SYLLABLE or errand.kind == "event" or alone
    return Meaning("unknown", "", errand.top) if vague else replace(errand, action="choose")


def _at_step(
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
        else _command(library, text, candidates) or _small_talk(library, text) or _term(library, text)
    )
    return plain or _told_plainly(library, heard) or _named_fact(library, heard) or _likeliest(library, heard)


def _said_wholly(library: Library, text: str, candidates: Sequence[Candidate]) -> Meaning | None:
    """Return the command, or the anger in a few words, that content names so: "tóm tắt giúp em" is no wish for a person."""
    command = _command(library, text, candidates)
    if command and command.top[0][1] >= _WHOLLY and command.id != "human":
        return command
    return _small_talk(library, text) if len(library.talk_book.words(text)) <= _FEW else None


def _named_fact(library: Library, heard: StepText) -> Meaning | None:
    """Return what is asked by the bare name of a fact: "lệ phí", "mã thủ tục"."""
    short = len(heard.said) <= _SHORT and not heard.urgent and not has_denial(heard.said)
    ranked = library.fact_book.rank(heard.text) if short else ()
    return _fact(library, heard.text, at_step=True) if ranked and ranked[0][1] >= _WHOLLY else None


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
        siblings = (one.id for one in heard.candidates if one.id != first.id and doubtful)
        if second := other.id if other else next(siblings, None):
            return Meaning("ask_back", "", ((first.id, first.likely), (second, 0.0)), "choose")
        if first.likely < _ALONE:
            first = others[0]
    return _meaning(library, heard, first)


def _asks_at_last(library: Library, heard: StepText) -> bool:
    """Tell whether a text comes to a question, whatever it tells before: "trả hết nợ rồi, muốn xoá thì mấy ngày xong"."""
    return heard.asks and has_question_shape("", heard.said[-_LAST:]) and bool(asked_kinds(library, heard.text))


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
    in_danger = heard.urgent is not None and heard.urgent.kind == "danger"
    if in_danger or heard.asks or has_contrast(heard.said):
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
    return other if named and any(_is_named(library, other.id, way) for way in ways) else None


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
            return _fact(library, heard.text, at_step=True) or Meaning("question", "", (), "go")
        case "errand":
            return topic(library, heard.text)
        case "danger" | "person" if heard.urgent and heard.urgent.kind == reading.sort:
            return heard.urgent
        case "later" | "correction":
            return Meaning(reading.sort, reading.sort, ((reading.sort, reading.likely),), "go")
        case "snag" | "command" | "person" | "danger":
            return Meaning(reading.sort, reading.id, top, "go")
        case "unclear":
            return _fact(library, heard.text, at_step=True) or Meaning("unknown", "", ())
        case _:
            assert_never(reading.sort)


def _by_code(library: Library, text: str) -> Meaning | None:
    """Return the procedure whose code in the national database was typed."""
    code = next(iter(CODE.findall(text)), "")
    id_ = library.covered.get(code) or (code if code in library.catalogue else "")
    return Meaning("procedure" if id_ != code else "catalogue", id_, ((id_, 1.0),), "go") if id_ else None


def _question_about(errand: Meaning) -> Meaning:
    """Turn an errand into a question about it; about which of several, the answers tell."""
    return replace(errand, kind="question", procedure=errand.id if errand.action == "go" else None)


def _is_named(library: Library, id_: str, said: Sequence[str]) -> bool:
    """Whether one or two words are all of a name: a single vague word opens nothing."""
    known = library.procedures.get(id_) or library.life_events.get(id_)
    names = (known.title, *known.says) if known else ()
    return any(same(said, phrase(name)) for name in names)


def _moved(library: Library, text: str) -> Meaning | None:
    """Return the command that a longer sentence holds, where no step waits."""
    moves = (match for match in library.move_frames.find(text) if match.id in library.words.command_frames)
    match = next(moves, None)
    return Meaning("command", match.id, ((match.id, 1.0),), "go", why=match.frame) if match else None


def _errand(library: Library, text: str) -> Meaning:
    """Find an errand, else a fact: words such as "giấy tờ" ask for a fact only where they name no errand."""
    found = topic(library, text)
    return found if found.action == "go" else _fact(library, text, at_step=False) or found


def _command(library: Library, text: str, candidates: Sequence[Candidate]) -> Meaning | None:
    ranked = library.command_book.rank(text)
    if not ranked or ranked[0][1] < _COMMAND:
        return None
    said = library.command_book.words(text)
    if len(said) == 1 and match_spoken(read_spoken(library, said), candidates):
        return None  # "thôi", or "dung" for "đúng": an answer while one is waited for, else "dừng"
    return Meaning("command", ranked[0][0], tuple(ranked[:3]), "go")


def _small_talk(library: Library, text: str) -> Meaning | None:
    """Match what no procedure deals with: a greeting, thanks, anger, the price of gold."""
    plain, short = spelled(text, library.words.abbreviations), library.command_book.words(text)
    if whole := _whole_small_talk(library, plain, short):
        return whole
    if len(plain) <= _SHORT and _thanks(library, plain):
        return Meaning("thanks", "thanks", (("thanks", 1.0),), "go")
    ranked = library.talk_book.rank(text)
    if not ranked or ranked[0][1] < _TALK:
        return None
    return Meaning(_TALKS[ranked[0][0]], ranked[0][0], tuple(ranked[:3]), "go")


def _whole_small_talk(library: Library, *readings: Sequence[str]) -> Meaning | None:
    """Return the small talk that is all there is in one of the readings of a text."""
    said = [(order, kind) for one in readings for order, kind, meant in _talks(library, one) if same(one, meant)]
    if not said:
        return None
    _, kind = min(said)
    return Meaning(kind, kind, ((kind, 1.0),), "go")


def _talks(library: Library, said: Sequence[str]) -> Sequence["_Talk"]:
    """Return the phrases of small talk that fold to the same words."""
    return _talk_by_words(library).get(tuple(map(bare, said)), ())


_Talk = tuple[int, Kind, tuple[str, ...]]  # its place among the kinds, the kind, its words


@lru_cache(maxsize=2)
def _talk_by_words(library: Library) -> Mapping[tuple[str, ...], Sequence[_Talk]]:
    kinds: tuple[tuple[Kind, tuple[str, ...]], ...] = (
        ("greeting", library.words.greeting),
        ("thanks", library.words.thanks),
        ("begins", library.words.begins),
    )
    found: dict[tuple[str, ...], list[_Talk]] = defaultdict(list)
    for order, (kind, phrases) in enumerate(kinds):
        for meant in map(phrase, phrases):
            found[tuple(map(bare, meant))].append((order, kind, meant))
    return found


@lru_cache(maxsize=2)
def _short_thanks(library: Library) -> Sequence[tuple[str, ...]]:
    return tuple(spelled(meant) for meant in library.words.thanks if len(meant.split()) <= _TWO)


def _thanks(library: Library, said: Sequence[str]) -> bool:
    """Whether a short text holds thanks, and nothing that is not done yet."""
    held = any(same(said[at : at + len(one)], one) for one in _short_thanks(library) for at in range(len(said)))
    return held and not has_denial(said) and not has_question_shape("", said)


def _term(library: Library, text: str) -> Meaning | None:
    """Match "trích đo là gì": beside the question only the term's name is left, and nothing else."""
    ranked = library.term_book.rank(text)
    said = library.term_book.words(text)
    if not ranked or ranked[0][1] < _TERM or len(said) == len(spelled(text, library.words.abbreviations)):
        return None
    return Meaning("term", ranked[0][0], tuple(ranked[:3]), "go")


def _fact(library: Library, text: str, *, at_step: bool) -> Meaning | None:
    """Match a question about a procedure: the one that it names, or else the one under way."""
    ranked = library.fact_book.rank(text)
    if not ranked or ranked[0][1] < _FACT:
        return None
    if ranked[0][0] == "status":
        return Meaning("status", "status", tuple(ranked[:3]), "go")
    errand = named(library, text, ranked[0][0])
    about = errand.id if errand.action == "go" else None
    if errand.action == "choose" and errand.kind == "procedure" and not at_step:
        about = _clearest(library, text)
    if (errand.action == "choose" and not at_step and not about) or (errand.kind == "event" and errand.action == "go"):
        return errand
    return Meaning("fact", ranked[0][0], tuple(ranked[:3]), "go", about)


def _clearest(library: Library, text: str) -> str | None:
    """Return the procedure that a question is about, where no other comes near."""
    (first, score), *others = [*rank_procedures(library, text).items(), ("", 0.0)]
    return first if score and score >= _AHEAD * others[0][1] else None

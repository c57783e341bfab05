"""What is learnt from: the words of all that people say, by sort."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import assert_never

from flows.definition.entries import LifeEvent, Question, Signpost
from flows.definition.facts import Asked
from flows.definition.procedure import Procedure
from flows.definition.sayings import (
    ANSWERS,
    ANYWHERE,
    ASKS,
    AT_DEED,
    AT_STEP,
    DANGER,
    FIRST,
    NAMES,
    NOISE,
    NONE,
    NOT_OURS,
    PERSON,
    PORTAL,
    TROUBLES,
    Saying,
)
from flows.definition.steps import AnyStep, Ask, Do, Done, Option, Papers, Tell, Trouble
from flows.text.odds import Sort

Sought = tuple[str, str]  # what is asked for: ("kind", …) or ("place", …)
Reading = tuple[str, ...]  # what a text at a step may be: see `sorts_of`, else ("kind", …) or ("asks", procedure)

UNCLEAR = "unclear"
_ANSWER, _SNAG, _COMMAND = "answer", "snag", "command"
_UNCLEAR = ("noise", "thanks", "talk")  # kinds of what asks for nothing
# What a line of a set that is said nowhere in particular would be at a step.
_KINDS_OF_SETS = {DANGER: DANGER, PERSON: PERSON, NOT_OURS: UNCLEAR, NOISE: UNCLEAR}
_LEARNT_ASKS = 2  # of the ways to ask one thing: more tell little more, and cost time when content is loaded
_LEARNT_WAYS = 3  # to say one answer or one trouble


def say_by_sort(
    procedures: Iterable[Procedure],
    others: Iterable[LifeEvent | Signpost],
    questions: Iterable[Question],
    sayings: Iterable[Saying],
) -> Iterator[tuple[Sort, str]]:
    """Yield (sort, text) of what content holds of people's own words, and of the lines that are not kept aside, sort by sort."""
    procedures = list(procedures)
    said: dict[Sort, list[str]] = {
        NAMES: [say for one in (*procedures, *others) for say in one.says],
        ASKS: [ask for one in questions for ask in one.asks[:_LEARNT_ASKS]],
        ANSWERS: [way for one in procedures for ask in one.asks for way in _ways(ask.options)],
        TROUBLES: [way for one in procedures for way in _ways(trouble for _, trouble in one.troubles)],
    }
    deeds = {(one.id, step.id) for one in procedures for step in one.steps if isinstance(step, Do)}
    for line in sayings:
        if not line.kept_aside and "human" not in line.means:
            where = AT_DEED if (line.set, line.step) in deeds else AT_STEP if line.step else ANYWHERE
            by_kind = line.set in (DANGER, PERSON, NOT_OURS, PORTAL)
            said.setdefault((line.set if by_kind else where, line.kind), []).append(line.say)
    yield from ((sort, line) for sort, lines in said.items() for line in lines)


def label_examples(
    procedures: Mapping[str, Procedure],
    others: Mapping[str, LifeEvent | Signpost],
    questions: Mapping[str, Mapping[str, Question]],
    sayings: Iterable[Saying],
) -> Iterator[tuple[str, str]]:
    """Yield (what it is about, text) of people's own words: an id, or the set and kind of a line that is about none of ours."""
    for id_, one in (*procedures.items(), *others.items()):
        yield from ((id_, said) for said in (one.title, *one.says))
    for id_, procedure in procedures.items():
        options = (option for ask in procedure.asks for option in ask.options)
        yield from ((id_, said) for option in options for said in (option.label, *option.says))
    for id_, known in questions.items():
        own = (one for key, one in known.items() if key.startswith("procedures/"))  # not those of steps that many share
        yield from ((id_, ask) for one in own for ask in one.asks)
    for line in sayings:
        if not line.kept_aside:
            about = (line.set,) if line.set in procedures else line.means if line.set == FIRST else (line.sort,)
            yield from ((id_, line.say) for id_ in about)


def say_at_steps(
    procedures: Mapping[str, Procedure], questions: Mapping[str, Mapping[str, Question]], sayings: Iterable[Saying]
) -> Iterator[tuple[Reading, str]]:
    """Yield (sort, text) of what is said at steps: of an answer or a trouble here and anywhere; of
    all answers of a procedure; of a command; of the kinds of all else; of the questions of a procedure."""
    for id_, procedure in procedures.items():
        for step in procedure.steps:
            for one in _named(step):
                title = one.title if isinstance(one, Trouble) else one.label
                for said in dict.fromkeys((title, *one.says)):
                    yield from ((sort, said) for sort in sorts_of(id_, step.id, one.id))
                    if isinstance(one, Option):
                        yield ("answers", id_), said
    for id_, known in questions.items():
        own = (one for key, one in known.items() if key.startswith("procedures/"))
        yield from ((("asks", id_), ask) for one in own for ask in one.asks)
    for line in sayings:
        if not line.kept_aside and line.kind != NONE:
            yield from ((sort, line.say) for sort in _sorts_of_line(line))


def _named(step: AnyStep) -> tuple[Option | Trouble, ...]:
    """Return what people name at a step by its own words: its answers or its troubles."""
    match step:
        case Ask():
            return step.options
        case Do():
            return step.troubles
        case Tell() | Papers() | Done():
            return ()
        case _:
            assert_never(step)


def _sorts_of_line(line: Saying) -> Iterator[Reading]:
    """Yield what a line is an example of at a step."""
    if not line.step:
        if line.set in _KINDS_OF_SETS:
            yield "kind", _KINDS_OF_SETS[line.set]
        return
    if line.kind in (_ANSWER, _SNAG):
        yield from (sort for means in line.means for sort in sorts_of(line.set, line.step, means))
    if line.kind == _ANSWER:
        yield "answers", line.set
    else:
        yield "kind", PERSON if "human" in line.means else UNCLEAR if line.kind in _UNCLEAR else line.kind
    if line.kind == _COMMAND:
        yield from (("command", means) for means in line.means)


def sorts_of(procedure: str, step: str, means: str) -> tuple[Reading, Reading]:
    """Return the sorts of what means an option or a trouble: said here, anywhere."""
    return ("here", procedure, step, means), ("anywhere", means)


def say_of_answers(questions: Iterable[Question]) -> Iterator[tuple[Sought, str]]:
    """Yield (sort, text) of how people ask for what is of a kind, and for what stands at places of the same name, anywhere."""
    for one in questions:
        yield from (
            (sort, ask) for sort in asked_of(one.place or "", (one.kind,) if one.kind else ()) for ask in one.asks
        )


def asked_of(place: str, kinds: Sequence[Asked]) -> tuple[Sought, ...]:
    """Return the sorts of what stands at a place and answers questions of these kinds."""
    return (*(("kind", kind) for kind in kinds), ("place", place.rpartition("/")[2]))


def _ways(named: Iterable[Option] | Iterable[Trouble]) -> Iterator[str]:
    """Yield how people say answers, or troubles."""
    for one in named:
        yield from (one.title if isinstance(one, Trouble) else one.label, *one.says[:_LEARNT_WAYS])

"""Questions of citizens: answered out of the content, at the menu and at any step; they record nothing and switch nothing."""

from typing import cast

from flows.definition.facts import CommuneValue, FactKind, value_on
from flows.definition.procedure import Procedure
from flows.definition.steps import When
from flows.dialogue import position
from flows.dialogue.context import TurnContext, fill_in
from flows.dialogue.paper_lists import papers_by_case, papers_so_far
from flows.dialogue.screens import HOUSEHOLD, option_of
from flows.dialogue.transitions import Outcome
from flows.messages import AnalyticsEvent, Missed, Paragraph, TicketParagraph
from flows.text.language import as_typed, shortened, spelled, words
from flows.understanding.meaning import Meaning
from flows.understanding.questions import (
    SURE,
    Found,
    asked_kinds,
    asked_money,
    choose_answers,
    find_answers,
    find_decider,
    goes_on,
    is_sure,
    leaves_open,
    names_as_well,
    rank_procedures,
    weigh_procedures,
)
from flows.understanding.readings import At
from flows.understanding.topics import TELLING, says_more_than_name, topic, words_beside_name
from flows.understanding.understand import understand
from flows.understanding.utterance import asks_for_something, asks_how, clauses_of

_OURS = (
    0.15  # how likely a question is about a procedure, times how well it is answered there, for it to be ours at all
)
_CLOSE = 0.7  # how near to the likeliest another errand must come to be offered beside an answer
_PLAINLY = 0.92  # how likely a question must be about a procedure to be plainly about it
_EITHER = 0.1  # how likely it must else be about a second one to be answered out of both
_EACH = (40, 20)  # words of each answer then
_FEW = 3  # labels of the answers for which something holds, that are named
_KNOWN = 0.45  # score from which a procedure knows something like what may be asked
_WHICH = frozenset({"gi", "nao", "nhung"})  # words that ask for more than a yes or no
_QUESTION = 300  # characters of a question that the team reads


def answer_question(context: TurnContext, meaning: Meaning, text: str) -> Outcome | None:
    """Answer a question out of what a procedure knows; None where nobody here knows."""
    answered, plainly = _best_answers(context, meaning, text)
    if not answered:
        return None
    procedure, found = answered[0]
    kinds = asked_kinds(context.library, text)
    more = says_more_than_name(context.library, procedure, text)
    if kinds[:1] == ("papers",) and _asks_for_list(context, procedure, text, found) and not more:
        return _say_papers(context, procedure, text, named=False)
    gets = asked_money(context.library, text) == ("benefit",) and "benefit" in procedure.facts
    if gets and _asks_for_fact(context, "benefit", procedure, text, found):
        return _say_facts(context, ("benefit",), procedure, text, named=False)
    if _asks_only_how(context, procedure, text) and found[0].score < SURE:
        return None
    if len(answered) > 1 and "decides" not in kinds and all(answers[0].text for _, answers in answered):
        return _say_both(context, answered, text)
    return _say_answers(context, meaning, text, procedure, found, plainly=plainly)


def asks_what_is_known(context: TurnContext, text: str) -> bool:
    """Tell whether a text has the shape of a question, and the procedure under way knows something like it."""
    library, procedure = context.library, context.procedure
    said = as_typed(spelled(text, library.words.abbreviations))
    if procedure is None or not asks_for_something(library.words.abbreviations, text, said):
        return False
    found = find_answers(library, procedure, text, context.state.answers, context.today, context.state.commune)
    return bool(found) and found[0].score >= _KNOWN


def answer_fact(context: TurnContext, meaning: Meaning, text: str) -> Outcome:
    """Answer a question about a fact, or what it asks beyond that."""
    if meaning.id in context.library.words.commune:
        known = context.commune_value(cast(CommuneValue, meaning.id))
        about = context.find_procedure(meaning.procedure or "") or context.procedure or spoken_of(context)
        if (
            meaning.id == "hours" and not known and about and about.file_at == "police"
        ):  # its own hours, told with the place
            named = context.procedure is not None or meaning.procedure is not None
            return _say_facts(context, ("where",), about, text, named=named)
        value = context.fill(f"{{commune.{meaning.id}}}")
        value = f"{value[:1].upper()}{value[1:]}{'' if value.endswith('.') else '.'}"
        after = context if known else offer_to_ask(context, text, context.procedure)
        whom = () if known else _who_decides(context, context.procedure, text)
        return Outcome(after, (value, *whom), events=(note_aside(context, meaning.id),))
    named_too = context.procedure and names_as_well(context.library, context.procedure, text, meaning.procedure)
    other = None if named_too else context.find_procedure(meaning.procedure or "")
    procedure = other or context.procedure or spoken_of(context) or _named_outright(context, text)
    if procedure is None:
        return Outcome(context, (context.sentences.which_procedure_fact,))
    found = _find(context, procedure, text)
    named = context.procedure is not None or meaning.procedure is not None
    if meaning.id == "papers":
        if _asks_for_list(context, procedure, text, found):
            return _say_papers(context, procedure, text, named=named)
        return _say_answers(context, meaning, text, procedure, found)
    kind = cast(FactKind, meaning.id)
    if not words_beside_name(context.library, procedure, text) - context.library.fact_words[kind]:
        told = tuple(one for one in found if kind in one.unit.kinds and one.text)  # outright, and not in passing
        unknown = context.fact_text(kind, procedure) is None
        if told and unknown and is_sure(told[0], asked_kinds(context.library, text), guessed=False):
            return _say_answers(context, meaning, text, procedure, told)
        found = told or found
    if _asks_for_fact(context, kind, procedure, text, found):
        return _say_facts(context, _facts_asked(context, kind, procedure, text), procedure, text, named=named)
    return _say_answers(context, meaning, text, procedure, found)


def _named_outright(context: TurnContext, text: str) -> Procedure | None:
    """Return the procedure that is named beyond doubt, also in words of the fact itself: "làm thẻ căn cước cần giấy tờ gì"."""
    errand = topic(context.library, text)
    return context.find_procedure(errand.id) if errand.kind == "procedure" and errand.action == "go" else None


def _asks_only_how(context: TurnContext, procedure: Procedure, text: str) -> bool:
    """Whether somebody at the menu asks how a procedure is done, which its walk answers."""
    how = asks_how(spelled(text, context.library.words.abbreviations))
    return context.procedure is None and how and not says_more_than_name(context.library, procedure, text)


def _asks_for_list(context: TurnContext, procedure: Procedure, text: str, found: tuple[Found, ...]) -> bool:
    """Whether all papers are asked for: not one of them, with a yes or no, and not what one gets in the end."""
    kinds = asked_kinds(context.library, text)
    if not procedure.papers or "result" in kinds:
        return not found
    if found and found[0].score >= SURE and "papers" not in (*found[0].unit.kinds, *found[0].unit.signs):
        return False
    last = clauses_of(text)[-1:] or (text,)  # "đất không có giấy gì, làm sổ được không" asks for no paper
    said = words(last[0], context.library.words.abbreviations)
    whether = "khong" in said and not _WHICH.intersection(said)
    return not found or not whether


def _asks_for_fact(
    context: TurnContext, kind: FactKind, procedure: Procedure, text: str, found: tuple[Found, ...]
) -> bool:
    """Whether a fact is all that is asked for, or what answers best."""
    beside = words_beside_name(context.library, procedure, text)
    only = not beside - context.library.fact_words[kind]
    stated = context.fact_text(kind, procedure) is not None
    if found and found[0].score >= SURE and not (only and stated and _may_tell(found[0], kind)):
        return found[0].unit.place == kind
    return not found or only or len(beside) < TELLING


def _may_tell(found: Found, kind: FactKind) -> bool:
    """Whether an answer may be no more than another way to say that fact; "lam ho chieu online" is no question of who may."""
    return not found.text or ("days" if kind == "time" else kind) in (*found.unit.kinds, *found.unit.signs)


def _say_facts(
    context: TurnContext, kinds: tuple[FactKind, ...], procedure: Procedure, text: str, *, named: bool
) -> Outcome:
    """Say facts of a procedure, after its title unless it was named; the team may be asked for what nobody could confirm."""
    said = (*_about(context, procedure, named=named), *(context.fact(kind, procedure) for kind in kinds))
    stated = value_on(procedure.facts.get(kinds[0], ()), context.today)
    after = context if context.procedure else context.ask("which", procedure.id)
    told = ("fee" if kind == "benefit" and kind not in procedure.facts else kind for kind in kinds)
    texts = [context.fact_text(kind, procedure) for kind in told]
    if None in texts:  # whom to ask is said already, unless somebody else decides
        officer = context.unsure("{officer}", procedure)
        said += tuple(whom for whom in _who_decides(context, procedure, text) if officer not in whom)
    if any(value is None or leaves_open(value) for value in texts):
        after = offer_to_ask(context, text, procedure)
    return Outcome(after, said, events=(note_aside(context, kinds[0], procedure.id),), stated=stated)


def _about(context: TurnContext, procedure: Procedure, *, named: bool) -> tuple[str, ...]:
    return () if named else (fill_in(context.sentences.answer_about, title=procedure.title),)


def _facts_asked(context: TurnContext, kind: FactKind, procedure: Procedure, text: str) -> tuple[FactKind, ...]:
    """Return the facts that a question asks for: of money what one pays, what one gets, or both."""
    if kind not in ("fee", "benefit"):
        return (kind,)
    asked = asked_money(context.library, text)
    return tuple(one for one in asked if one in procedure.facts) or asked[:1]


def hand_on_question(
    context: TurnContext, text: str, told: Paragraph = "", procedure: Procedure | None = None
) -> Outcome:
    """Offer to hand on a question that nobody here can answer; the editors see it.

    Args:
        told: what is known of it all the same, such as who decides.
        procedure: what it is about, if that is known.
    """
    missed = Missed(text, context.state.procedure, context.state.at or None)
    unknown = TicketParagraph(context.sentences.question_unknown, "not_answered")
    said: tuple[Paragraph, ...] = (unknown, *_who_decides(context, procedure or context.procedure, text))
    said = (told,) if told else said
    return Outcome(offer_to_ask(context, text, procedure), said, (missed,))


def offer_to_ask(context: TurnContext, text: str, *about: Procedure | None) -> TurnContext:
    """Offer that the team finds out what nobody here may say for sure. `about`: what it is likely about, if that is known."""
    return context.ask("ask_team", shortened(text, _QUESTION), *(one.id for one in about if one))


def _who_decides(context: TurnContext, procedure: Procedure | None, text: str) -> tuple[str, ...]:
    state = context.state
    whom = find_decider(context.library, procedure, text, context.today, state.commune) if procedure else None
    return (fill_in(context.sentences.question_whom, whom=whom),) if whom else ()


def spoken_of(context: TurnContext) -> Procedure | None:
    """Return the procedure about which the last question was answered, for "thế còn …" at the menu."""
    first = context.state.offered[:1] if context.state.asking == "which" else ()
    asked = context.state.offered[1:] if context.state.asking == "ask_team" else ()
    return next(filter(None, map(context.find_procedure, (*first, *asked))), None)


def followed_by(context: TurnContext, text: str) -> Procedure | None:
    """Return the procedure of which somebody at the menu was just told, where a text goes on from that."""
    spoken = spoken_of(context) if context.procedure is None else None
    return spoken if spoken and goes_on(context.library, spoken, text) else None


def note_aside(context: TurnContext, about: str, procedure: str | None = None) -> AnalyticsEvent:
    """Build the event of a question on the side. `procedure`: the one that it is about, where it is not the one under way."""
    own = context.state.procedure if procedure in (None, context.state.procedure) else None
    step = context.walk.last_slot.step.id if context.walk and own else None
    return AnalyticsEvent("aside", procedure or own, step, about)


def _best_answers(
    context: TurnContext, meaning: Meaning, text: str
) -> tuple[list[tuple[Procedure, tuple[Found, ...]]], bool]:
    """Return the procedure that a question is likeliest to be about among those that answer it, and its answers; a second one
    that it may as well be about; and whether it is plainly about the first."""
    followed = followed_by(context, text)
    if followed and (found := _find(context, followed, text)):
        return [(followed, found)], True
    if meaning.procedure or not meaning.top:
        one = (
            context.find_procedure(meaning.procedure) if meaning.procedure else context.procedure or spoken_of(context)
        )
        found = _find(context, one, text) if one else ()
        return [(one, found)] if one and found else [], True
    spoken = spoken_of(context) if context.procedure is None else None
    likely = rank_procedures(context.library, text, spoken.id if spoken else None)
    known = filter(None, map(context.find_procedure, likely))
    answers = {one.id: (one, found) for one in known if (found := _find(context, one, text))}
    about = {id_: found for id_, (_, found) in answers.items()}
    shares = weigh_procedures(context.library, text, about, spoken.id if spoken else None)
    best, *others = [*shares.items(), ("", 0.0)]
    if not best[0] or answers[best[0]][1][0].score * likely[best[0]] < _OURS:
        return [], False
    plainly = best[1] >= _PLAINLY
    either = not plainly and others[0][1] >= _EITHER
    return [answers[id_] for id_, _ in (best, *others)[: 1 + either]], plainly


def _say_both(context: TurnContext, answered: list[tuple[Procedure, tuple[Found, ...]]], text: str) -> Outcome:
    """Say the best answer of each of two procedures that a question may be about, under their names."""
    said: list[Paragraph] = [TicketParagraph(context.sentences.answer_near, "not_answered")]
    for (procedure, found), most in zip(answered, _EACH, strict=True):
        said.append(fill_in(context.sentences.answer_about, title=procedure.title))
        said.append(_conditioned(context, found[0].within(most), here=False))
    events = tuple(note_aside(context, "question", procedure.id) for procedure, _ in answered)
    best, (first, *_) = answered[0]
    said += _who_decides(context, best, text)
    asking = offer_to_ask(context, text, *(procedure for procedure, _ in answered))
    return Outcome(asking, tuple(said), (Missed(text, None, None),), events=events, stated=first.unit.part)


def _find(context: TurnContext, procedure: Procedure, text: str) -> tuple[Found, ...]:
    own = context.procedure is not None and procedure.id == context.procedure.id
    answers = context.state.answers if own else {}
    found = find_answers(context.library, procedure, text, answers, context.today, context.state.commune)
    return choose_answers(found, asked_kinds(context.library, text))


def _say_answers(
    context: TurnContext,
    meaning: Meaning,
    text: str,
    procedure: Procedure,
    found: tuple[Found, ...],
    *,
    plainly: bool = True,
) -> Outcome:
    """Say answers: the name of another procedure first; that they are only near, where they are, with the team beside.

    Args:
        plainly: whether the question is plainly about that procedure.
    """
    if not found[0].text:
        whom = found[0].unit.decided_by
        told = fill_in(context.sentences.question_decided, whom=whom) if whom else ""
        return hand_on_question(context, text, told, procedure)
    here = context.procedure is not None and context.procedure.id == procedure.id
    kinds, doubts = asked_kinds(context.library, text), _doubts(context, *found)
    theirs, only_near = (
        "decides" in kinds,
        not plainly or not is_sure(found[0], kinds, guessed=not here and not meaning.procedure),
    )
    decider = _who_decides(context, procedure, text) if theirs or only_near or doubts else ()
    said = [*(_conditioned(context, one, here=here) for one in found), *(() if decider else doubts)]
    if not here:
        said.insert(0, fill_in(context.sentences.answer_about, title=procedure.title))
        said += [one.text for one in context.library.deadlines_on(context.today, procedure.id).values()]
    said += decider  # who alone can say it for sure: doubt is said once
    event = note_aside(context, "question", procedure.id)
    if only_near:
        missed = Missed(text, procedure.id, context.state.at or None)
        doubtful: tuple[Paragraph, ...] = (TicketParagraph(context.sentences.answer_near, "not_answered"), *said)
        asking = offer_to_ask(context, text, procedure)
        return Outcome(asking, doubtful, (missed,), events=(event,), stated=found[0].unit.part)
    if theirs or any(one.leaves_open for one in found) or doubts:
        asking = offer_to_ask(context, text, procedure)
        return Outcome(asking, tuple(said), events=(event,), stated=found[0].unit.part)
    ways = tuple(dict.fromkeys(id_ for one in found for id_ in one.unit.go if id_ != context.state.procedure))
    if context.procedure is None:
        near = _CLOSE * max((score for _, score in meaning.top), default=0.0)
        title = context.library.title
        others = (id_ for id_, score in meaning.top if id_ != procedure.id and score >= near and title(id_))
        context = context.ask("which", procedure.id, *dict.fromkeys((*ways, *others)))
    elif ways:
        context = context.ask("go", *ways)
    return Outcome(context, tuple(said), events=(event,), stated=found[0].unit.part)


def _conditioned(context: TurnContext, found: Found, *, here: bool) -> str:
    """Return an answer as it is where it holds for everybody or for this household, else with for whom it holds."""
    text, when = context.fill(found.text), found.unit.when
    if when is None or (here and _surely_holds(context, when)):
        return text
    if not found.labels or len(found.labels) > _FEW:
        return fill_in(context.sentences.answer_some, text=text)
    return fill_in(context.sentences.answer_if, labels=", ".join(f"“{label}”" for label in found.labels), text=text)


def _doubts(context: TurnContext, *told: Found) -> tuple[str, ...]:
    """Say how sure we are of answers, each kind of doubt once."""
    return tuple(dict.fromkeys(filter(None, (context.doubt_of(one.unit.part) for one in told))))


def _surely_holds(context: TurnContext, when: When) -> bool:
    """Whether everything that a condition asks for was answered, and it holds."""
    live = context.walk.live if context.walk else {}
    answered = all(step in live for part in when.parts() for step in part.equals)
    return answered and position.holds(when, live, context.today)


def _say_papers(context: TurnContext, procedure: Procedure, text: str, *, named: bool) -> Outcome:
    """List the papers of a procedure, as far as the answers tell; at its own leaflet, ask what decides those of the household
    instead."""
    event = note_aside(context, "papers", procedure.id)
    here = context.state.procedure == procedure.id
    if here and procedure.papers and context.state.asking in ("leaflet", "papers"):
        return Outcome(context.ask("papers"), events=(event,))
    told = context.state.answers if here else _told_of(context, procedure, text)
    there = context.with_state(procedure=procedure.id, answers=told)
    so_far = papers_so_far(context) if here and told else ""
    about = _about(context, procedure, named=named)
    listed = so_far or papers_by_case(there, procedure, told, about) or context.sentences.no_papers
    ways = (HOUSEHOLD, *(f"{step}={option}" for step, option in told.items())) if procedure.papers else ()
    after = context if context.procedure else context.ask("which", procedure.id, *ways)
    return Outcome(after, (*about, listed), events=(event,))


def _told_of(context: TurnContext, procedure: Procedure, text: str) -> dict[str, str]:
    """Return what a question tells of the household beside the name of the procedure: "xe cũ sang tên cần giấy gì"."""
    ahead = tuple((ask.id, tuple(map(option_of, position.options_of(ask, context.today)))) for ask in procedure.asks)
    meaning = understand(
        context.library, text, at=At(procedure.id, "", asked=False, ahead=ahead, named=True), today=context.today
    )
    parts = (id_.partition("=") for id_, _ in meaning.top) if meaning.kind == "ahead" else ()
    return {step: option for step, _, option in parts}

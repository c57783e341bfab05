"""Lists of papers as text: what is there, what is missing, what the signs after a name mean, no longer than can be read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from flows.definition.answer_units import labels_of
from flows.definition.procedure import Procedure
from flows.definition.steps import Ask, Paper, Papers
from flows.dialogue import position
from flows.dialogue.context import TurnContext, fill_in
from flows.dialogue.household_papers import Household, household, papers_of_all

_READABLE = 120  # words of a screen
_BELOW = 9  # least words of the question below a list
_FEW = 3  # answers for which a paper is needed, that are named


def papers_so_far(context: TurnContext) -> str:
    """List the papers of the procedure that apply so far: those that are there, then the others; "" if there are none."""
    if context.procedure is None or context.walk is None:
        return ""
    live, sentences = context.walk.live, context.sentences
    has = {paper.id for paper, there in context.walk.papers(context.today) if there}
    papers = [
        paper
        for step, paper in context.procedure.papers
        if all(position.holds(when, live, context.today) for when in (step.when, paper.when))
    ]
    there, missing = [p for p in papers if p.id in has], [p for p in papers if p.id not in has]
    lines = (f"{sentences.have_mark} {paper.name}" for paper in there)
    return list_papers(context, missing, (*lines, *_missing_lines(context, missing)))


def papers_by_case(
    context: TurnContext, procedure: Procedure, told: Mapping[str, str], above: Iterable[str] = ()
) -> str:
    """List the papers for everybody, then what the commonest cases need beside them; "" where there are none to bring.

    Args:
        told: answers of the household that are known already.
        above: what is said before the list on the same screen.
    """
    known = household(procedure, told, context.today)
    if not procedure.papers or known.question is None:
        return list_household_papers(context, known, (*above, _intro(context))) if known.papers else ""
    sentences, today = context.sentences, context.today
    everybody = [paper for _, paper in papers_of_all(procedure, today, told)]
    signs = _signs_of(context, everybody)
    left = (
        _READABLE
        - _words_below(context)
        - len(" ".join((_intro(context), *above, sentences.papers_vary, *signs)).split())
    )
    lines = [sentences.papers_everybody] if everybody else []
    lines += (f"{sentences.lack_mark} {line}" for line in paper_lines(context, everybody, None, _READABLE - left // 2))
    for labels, names in _cases(procedure, known.question, told, everybody, today):
        sentence = fill_in(sentences.papers_of_case, labels=labels) if labels else sentences.papers_of_some
        room = left - len(" ".join((*lines, sentence)).split())
        fitting = [name for n, name in enumerate(names, 1) if len(" ".join(names[:n]).split()) <= room]
        if fitting:
            papers = "; ".join(fitting) + ("" if fitting == names else "…")
            lines.append(f"{sentences.lack_mark} {fill_in(sentence, papers=papers)}")
    return "\n\n".join(filter(None, ("\n".join(lines), *signs, sentences.papers_vary)))


def _cases(
    procedure: Procedure, ask: Ask, told: Mapping[str, str], everybody: Sequence[Paper], today: date
) -> list[tuple[str, list[str]]]:
    """Return the papers of only some, each with the answers for which they are sure: those to the next question, else those that
    the paper itself hangs on; "" where it hangs on too much to tell. What the commonest household needs comes first."""
    names = {paper.name for paper in everybody}
    found: dict[str, list[str]] = {}
    by_papers: dict[tuple[str, ...], list[str]] = {}
    for option in position.options_of(ask, today):
        of_case = papers_of_all(procedure, today, {**told, ask.id: option.id})
        beside = tuple(dict.fromkeys(paper.name for _, paper in of_case if paper.name not in names))
        if beside and option.spoken != "unsure":
            by_papers.setdefault(beside, []).append(option.label)
    for papers, labels in by_papers.items():
        found.setdefault(_quoted(labels), []).extend(papers)
        names.update(papers)
    for step, paper in procedure.papers:
        when = paper.when or step.when
        if paper.name not in names and position.may_hold(when, told):
            names.add(paper.name)
            found.setdefault(_quoted(labels_of(when, procedure.steps)), []).append(paper.name)
    common = {paper.name for paper in _commonest(procedure, told, today)}
    return sorted(found.items(), key=lambda one: (not common.intersection(one[1]), not one[0]))


def _quoted(labels: Sequence[str]) -> str:
    return ", ".join(f"“{label}”" for label in labels) if len(labels) <= _FEW else ""


def _commonest(procedure: Procedure, told: Mapping[str, str], today: date) -> list[Paper]:
    """Return the papers of a household that gives the first answer, which is the commonest, to all that is still to be asked."""
    known = household(procedure, told, today)
    while known.question:
        told = {**told, known.question.id: position.options_of(known.question, today)[0].id}
        known = household(procedure, told, today)
    return [paper for _, paper in known.papers]


def _intro(context: TurnContext) -> str:
    """Return what the first message begins with."""
    return "" if context.state.greeted else context.sentences.intro


def list_household_papers(context: TurnContext, known: Household, above: Iterable[str] = ()) -> str:
    if not known.papers:
        return context.sentences.no_papers_needed
    papers = [paper for _, paper in known.papers]
    return fill_in(
        context.sentences.household_papers, papers=list_papers(context, papers, _missing_lines(context, papers, above))
    )


def list_papers(context: TurnContext, papers: Sequence[Paper], lines: Iterable[str]) -> str:
    """Put lines about papers under each other, each once, and at the end what their signs mean."""
    return "\n\n".join(("\n".join(dict.fromkeys(lines)), *_signs_of(context, papers)))


def _missing_lines(context: TurnContext, papers: Sequence[Paper], above: Iterable[str] = ()) -> Iterator[str]:
    words = _words_below(context) + len(
        " ".join((*above, context.sentences.household_papers, *_signs_of(context, papers))).split()
    )
    return (f"{context.sentences.lack_mark} {line}" for line in paper_lines(context, papers, None, words))


def _words_below(context: TurnContext) -> int:
    """Count the words of the question below a list: that of the step, where somebody asks for papers on the way."""
    step = context.walk.last_slot.step if context.walk and context.state.asking is None else None
    asked = f"{context.sentences.progress} {step.text}" if isinstance(step, Ask) else ""
    return max(_BELOW, len(asked.split()))


def _signs_of(context: TurnContext, papers: Sequence[Paper]) -> tuple[str, ...]:
    return context.told_once(meaning for _, meaning in map(context.sign_of, papers))


def paper_lines(context: TurnContext, listed: Sequence[Paper], step: Papers | None, beside: int) -> list[str]:
    """Render papers with their notes. Where all with the words `beside` are too many to read, the longest notes are left out.

    The note of what only some need stays as long as it can, as it tells them who they are; then one line names all of these.
    """
    full = [context.signed_paper(paper, step)[0] for paper in listed]
    if _readable(full, beside):
        return full
    short = [context.signed_paper(paper.model_copy(update={"note": None}), step)[0] for paper in listed]
    needed_by_all = [place for place, paper in enumerate(listed) if not paper.optional]
    for place in sorted(needed_by_all, key=lambda n: len(short[n]) - len(full[n])):
        if _readable(full, beside):
            break
        full[place] = short[place]
    some = [paper.name for paper in listed if paper.optional]
    if _readable(full, beside) or not some:
        return full
    return [
        *(full[place] for place in needed_by_all),
        fill_in(context.sentences.papers_if_there, papers="; ".join(some)),
    ]


def _readable(lines: Sequence[str], beside: int) -> bool:
    return len(" ".join(lines).split()) + len(lines) + beside <= _READABLE

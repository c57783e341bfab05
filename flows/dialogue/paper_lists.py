"""Lists of papers as text: what is there, what is missing, what the signs after a name mean, no longer than can be read."""

from collections.abc import Iterable, Iterator, Sequence

from flows.definition.procedure import Paper, Papers
from flows.dialogue import position
from flows.dialogue.context import TurnContext, fill_in
from flows.dialogue.household_papers import Household

_READABLE = 120  # words of a screen


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


def list_household_papers(context: TurnContext, known: Household) -> str:
    if not known.papers:
        return context.sentences.no_papers_needed
    papers = [paper for _, paper in known.papers]
    return fill_in(
        context.sentences.household_papers, papers=list_papers(context, papers, _missing_lines(context, papers))
    )


def list_papers(context: TurnContext, papers: Sequence[Paper], lines: Iterable[str]) -> str:
    """Put lines about papers under each other, each once, and at the end what their signs mean."""
    return "\n\n".join(("\n".join(dict.fromkeys(lines)), *_signs_of(context, papers)))


def _missing_lines(context: TurnContext, papers: Sequence[Paper]) -> Iterator[str]:
    words = len(" ".join((context.sentences.household_papers, *_signs_of(context, papers))).split())
    return (f"{context.sentences.lack_mark} {line}" for line in paper_lines(context, papers, None, words))


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

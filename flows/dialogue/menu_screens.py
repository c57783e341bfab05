"""Screens where nothing is under way: the menu, for whom it is, the commune, which of several procedures."""

from collections.abc import Iterable

from flows.dialogue.context import TurnContext, fill_in
from flows.dialogue.household_papers import count_questions
from flows.dialogue.screens import HOUSEHOLD, Screen, offer_drafts, offer_titles, offer_yes_no, slot_of
from flows.messages import OTHER
from flows.understanding.meaning import Candidate


def menu(context: TurnContext) -> Screen:
    """Show for whom this is and who else is helped, drafts, groups and deadlines; once a group is picked, its procedures."""
    groups = context.library.groups
    picked = groups.get(next(iter(context.state.offered), ""))
    if picked:
        other = Candidate(OTHER, context.labels["other_group"], ("quay lại",), "no")
        text = fill_in(context.sentences.which_of_group, title=picked.title)
        return Screen(slot_of("menu"), text, (*offer_titles(context, picked.procedures), other))
    person = context.state.person
    whose = (fill_in(context.sentences.helping_now, person=person),) if person else ()
    if not groups:
        titled = offer_titles(context, context.library.procedures)
        return Screen(slot_of("menu"), "\n\n".join((*whose, context.sentences.menu)), (*_people(context), *titled))
    listed = (Candidate(id_, group.title, aside=True) for id_, group in groups.items())
    deadlines = context.library.deadlines_on(context.today)
    text = "\n\n".join((*whose, *(one.headline for one in deadlines.values()), context.sentences.menu))
    again = "\n\n".join((*whose, context.sentences.menu))
    told = (Candidate(id_, one.title) for id_, one in deadlines.items())
    return Screen(slot_of("menu"), text, (*offer_drafts(context), *_people(context), *listed, *told), again=again)


def people(context: TurnContext) -> dict[str, str]:
    """Return for whom the citizen may go on, by the ids of the choices; "" is the citizen."""
    names = dict.fromkeys((*(("",) if context.state.person else ()), *context.state.others))
    return {f"nguoi-{number}": name for number, name in enumerate(names)}


def _people(context: TurnContext) -> tuple[Candidate, ...]:
    labels = context.labels
    return tuple(
        Candidate(id_, fill_in(labels["help_person"], person=name) if name else labels["help_oneself"], aside=True)
        for id_, name in people(context).items()
    )


def which(context: TurnContext) -> Screen:
    """Offer procedures; the papers of the household too, after its papers were asked for (`HOUSEHOLD`)."""
    offered, labels = context.state.offered, context.labels
    titles = offer_titles(context, offered)
    ways = titles
    if HOUSEHOLD in offered and (procedure := context.find_procedure(offered[0])):
        count = count_questions(procedure, told_in(offered), context.today)
        label = fill_in(labels["household_papers_asked"], count=count) if count else ""
        ways = (Candidate(HOUSEHOLD, label, exact_phrases=context.library.words.household_papers), *titles)[not count :]
    none = Candidate(OTHER, labels["none_of_these" if len(titles) > 1 else "other_group"], (), "no")
    return Screen(slot_of("which"), context.sentences.which_procedure, (*ways, none))


def told_in(offered: Iterable[str]) -> dict[str, str]:
    """Return the answers ("step=option") that were told with what is offered."""
    parts = (one.partition("=") for one in offered if "=" in one)
    return {step: option for step, _, option in parts}


def event(context: TurnContext) -> Screen:
    event = context.library.life_events.get(next(iter(context.state.offered), ""))
    if event is None:
        return menu(context.with_state(offered=()))
    none = Candidate(OTHER, context.labels["none_of_these"], (), "no")
    return Screen(slot_of("event"), event.text, (*offer_titles(context, event.procedures), none))


def commune(context: TurnContext) -> Screen:
    library = context.library
    known = tuple(
        Candidate(id_, library.commune_title(id_), (c.name, *c.merged_from, *c.says))
        for id_, c in library.communes.items()
    )
    other = Candidate(OTHER, context.labels["other_commune"], ("xã khác", "không rõ", "bỏ qua"), "unsure")
    of_land = context.procedure is not None and context.procedure.of_land
    sentences = context.sentences
    asked = sentences.which_commune_of_land if of_land else sentences.which_commune
    return Screen(slot_of("commune"), asked, (*known, other))


def helping(context: TurnContext) -> Screen:
    """Ask whether somebody new is to be helped."""
    text = fill_in(context.sentences.helping_begin, person=next(iter(context.state.offered), ""))
    return Screen(slot_of("helping"), text, offer_yes_no(context, "helping_yes", "keep_going"))

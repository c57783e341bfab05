"""From words that name an errand to its beginning; what they tell of its questions beside is kept."""

from dataclasses import replace

from flows.dialogue.bot_questions import apply_answer, current_screen
from flows.dialogue.context import TurnContext, fill_in
from flows.dialogue.on_screen import still_to_come
from flows.dialogue.transitions import Outcome, begin_procedure, open_topic, with_answer
from flows.text.language import fold
from flows.understanding.meaning import Meaning
from flows.understanding.readings import At
from flows.understanding.understand import understand


def answer_errand(context: TurnContext, meaning: Meaning, text: str) -> Outcome:
    """Begin the procedure that was named, or ask first: when another one is under way or two are close."""
    if meaning.action == "choose":
        return _offer_close(context, meaning, text)
    if meaning.kind != "procedure":
        return open_topic(context, meaning.id)
    chosen = context.state.asking == "switch" and meaning.id in context.state.offered
    if context.procedure is None or meaning.id == context.procedure.id or chosen:
        return _begin(context.ask(None) if context.state.asking == "switch" else context, meaning.id, text)
    return Outcome(context.ask("switch", meaning.id))


def _offer_close(context: TurnContext, meaning: Meaning, text: str) -> Outcome:
    """Offer the close topics; if they were offered already, take the closest of those."""
    close = [id_ for id_, _ in meaning.top if id_ != context.state.procedure]
    offered = current_screen(context)
    known = [id_ for id_ in close if any(c.id == id_ for c in offered.candidates)]
    if not known:
        return Outcome(context.ask("which", *close))
    return _keep_told(apply_answer(context, offered, known[0]), text, named=False)


def _begin(context: TurnContext, procedure_id: str, text: str) -> Outcome:
    """Begin a procedure; what was said of its questions beside its name is kept, said back and not asked again."""
    return _keep_told(begin_procedure(context, procedure_id), text, named=True)


def _keep_told(begun: Outcome, text: str, *, named: bool) -> Outcome:
    """Keep what the words that began a procedure tell of its questions.

    Args:
        named: whether they name it beside; who picks it from a list may tell nothing else.
    """
    procedure = begun.context.procedure
    if begun.context.state.answers or procedure is None or fold(text) == fold(procedure.title):
        return begun
    at = At(procedure.id, "", asked=False, ahead=still_to_come(begun.context), named=named)
    meaning = understand(begun.context.library, text, at=at, today=begun.context.today)
    if meaning.kind != "ahead":
        return begun
    told = record_told_ahead(begun.context, meaning, beside=True)
    answered = begun.context.with_state(answers=told.context.state.answers)
    return replace(begun, context=answered, said=(*begun.said, *told.said), mends=True)


def record_told_ahead(context: TurnContext, meaning: Meaning, *, beside: bool = False) -> Outcome:
    """Record the answers to questions still to come, say them back, shortly `beside` a leaflet, and go on with what is left."""
    options = dict(still_to_come(context))
    told = []
    for step, _, option in (id_.partition("=") for id_, _ in meaning.top):
        context = with_answer(context, step, option)
        told += [one.label for one in options[step] if one.id == option]
    sentence = context.sentences.heard_beside if beside else context.sentences.heard
    kept = context if context.state.asking == "papers" else context.ask(None)
    return Outcome(kept, (fill_in(sentence, answer=" · ".join(told)),), mends=True)

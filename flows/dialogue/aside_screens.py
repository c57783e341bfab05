"""The bot's own questions beside a procedure: a person, a call, a reminder, erasing, how it went."""

from collections.abc import Mapping
from typing import get_args

from flows.dialogue.context import TurnContext, fill_in
from flows.dialogue.screens import (
    LATER,
    MOST_TROUBLES,
    NO_MORE,
    Screen,
    offer_elsewhere,
    offer_no,
    offer_outcomes,
    offer_titles,
    offer_troubles,
    offer_yes_no,
    slot_of,
    words_for_done,
)
from flows.messages import NO, OTHER, YES, ReminderTime
from flows.understanding.meaning import Candidate

_TIMES: Mapping[ReminderTime, tuple[str, ...]] = {
    "tonight": ("tối", "tối nay", "chiều tối", "lát nữa"),
    "tomorrow": ("mai", "ngày mai", "sáng mai", "mai đi", "mai nhé"),
    "week": ("tuần tới", "tuần sau", "tuần này", "cuối tuần", "mấy hôm nữa"),
}


def human(context: TurnContext) -> Screen:
    stuck = context.state.offered[:1] == ("stuck",)
    text = context.sentences.offer_person_stuck if stuck else context.sentences.offer_person
    return Screen(slot_of("human"), text, offer_yes_no(context, "human", "keep_going"))


def ask_team(context: TurnContext) -> Screen:
    """Offer that the team finds out what was asked, and to open what it may be about."""
    about = context.state.offered[1:]
    ways = offer_elsewhere(context, about) if context.procedure else offer_titles(context, about)
    text = context.sentences.offer_to_ask_or_open if ways else context.sentences.offer_to_ask
    yes_no = offer_yes_no(context, "ask_team", "keep_going" if context.procedure else "other_group")
    return Screen(slot_of("ask_team"), text, (*ways, *yes_no))


def go(context: TurnContext) -> Screen:
    """Offer to open what an answer led to."""
    ways = offer_elsewhere(context, context.state.offered)
    return Screen(slot_of("go"), context.sentences.offer_to_go, (*ways, offer_no(context)))


def callback(context: TurnContext) -> Screen:
    """Ask for consent before any number, and say what becomes of it."""
    return Screen(slot_of("callback"), context.sentences.callback, offer_yes_no(context, "callback_yes", "callback_no"))


def phone(context: TurnContext) -> Screen:
    return Screen(
        slot_of("phone"),
        context.sentences.which_phone,
        (Candidate(NO, context.labels["callback_no"], ("thôi",), "no"),),
    )


def later(context: TurnContext) -> Screen:
    """Ask when to remind them; they may want none."""
    times = tuple(Candidate(time, context.labels[time], _TIMES[time]) for time in get_args(ReminderTime))
    none = Candidate(NO, context.labels["no_reminder"], ("thôi", "thôi khỏi", "khỏi nhắc"), "no")
    return Screen(slot_of("later"), context.sentences.remind_when, (*times, none))


def restart(context: TurnContext) -> Screen:
    return Screen(slot_of("restart"), context.sentences.restart, _sure_or_no(context, "restart"))


def erase(context: TurnContext) -> Screen:
    return Screen(slot_of("erase"), context.sentences.erase, _sure_or_no(context, "erase"))


def _sure_or_no(context: TurnContext, yes: str) -> tuple[Candidate, ...]:
    """Return yes and no for what can't be undone: yes by all of a text alone, and by no "dung", which is "đúng" or "đừng"."""
    return Candidate(YES, context.labels[yes], exact_phrases=context.library.words.sure), offer_no(context)


def helped(context: TurnContext) -> Screen:
    """Ask, after a person has helped, whether it is really done."""
    yes = Candidate(YES, context.labels["helped"], (), "yes", words_for_done(context))
    no = Candidate(NO, context.labels["not_helped"], (), "not_yet", context.library.words.stuck)
    return Screen(slot_of("helped"), context.sentences.helped, (yes, no))


def rating(context: TurnContext) -> Screen:
    """Ask for stars, from bad to good, so that a typed number means that many stars on every channel."""
    stars = tuple(Candidate(str(n), context.labels[f"stars_{n}"], (f"{n} sao", f"{n} điểm")) for n in range(1, 6))
    return Screen(slot_of("rating"), context.sentences.rating, (*stars, _skip(context)))


def word(context: TurnContext) -> Screen:
    return Screen(slot_of("word"), context.sentences.rating_word, (_skip(context),))


def outcome(context: TurnContext) -> Screen:
    """Ask, some days later, whether they could file it."""
    text = fill_in(context.sentences.checkin, title=context.library.title(next(iter(context.state.offered), "")) or "")
    no_more = Candidate(NO_MORE, context.labels["no_checkins"])
    return Screen(slot_of("outcome"), text, (*offer_outcomes(context), no_more))


def returned(context: TurnContext) -> Screen:
    procedure = context.find_procedure(next(iter(context.state.offered), ""))
    own = tuple(Candidate(o.id, o.label, o.says) for o in procedure.returned) if procedure else ()
    common = tuple(Candidate(id_, label) for id_, label in context.sentences.returned.items())
    return Screen(slot_of("returned"), context.sentences.why_returned, own or common)


def returned_word(context: TurnContext) -> Screen:
    return Screen(slot_of("returned_word"), context.sentences.returned_word, (_skip(context),))


def stuck_at(context: TurnContext) -> Screen:
    """Ask which trouble it is, of those that the procedure knows, whichever step they are at."""
    procedure = context.find_procedure(next(iter(context.state.offered), ""))
    known = offer_troubles(context, procedure)
    other = Candidate(OTHER, context.labels["other_trouble"])
    later = Candidate(LATER, context.labels["not_stuck"])
    return Screen(slot_of("stuck_at"), context.sentences.which_trouble, (*known[:MOST_TROUBLES], other, later))


def _skip(context: TurnContext) -> Candidate:
    return Candidate(OTHER, context.labels["skip"], ("thôi", "không"), "no")

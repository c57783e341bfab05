"""A ticket in words, as the team reads it."""

from typing import Any

from bot.handoff.tickets import Ticket
from flows.dialogue import VIETNAM
from flows.library import Library
from flows.position import options_of
from flows.procedure import Ask
from flows.scene import Scene
from flows.state import State

_CHANNELS = {"web": "trang web", "telegram": "Telegram", "zalo-oa": "Zalo OA", "zalo-bot": "Zalo Bot"}
_REASONS = {
    "asked": "Bà con xin gặp người.",
    "stuck": "Bà con vướng ở bước này.",
    "misses": "Máy không hiểu ý bà con.",
    "attachment": "Bà con gửi ảnh hoặc tệp, máy không xem được.",
}


def card(library: Library, ticket: Ticket) -> dict[str, Any]:
    """What the queue and the ticket's page show; values that the content no longer knows are shown as they are."""
    day = ticket.opened_at.astimezone(VIETNAM)
    state = State(procedure=ticket.procedure, commune=ticket.commune, answers=ticket.answers)
    scene = Scene(library, state, day.date())
    procedure = scene.procedure
    here = procedure.step((ticket.step or "").partition("/")[0]) if procedure else None
    return {
        "ticket": ticket,
        "procedure": procedure.title if procedure else "Chưa chọn thủ tục",
        "commune": scene.commune.name if scene.commune else "Chưa rõ xã",
        "channel": _CHANNELS.get(ticket.channel, ticket.channel),
        "reason": _REASONS.get(ticket.reason, ""),
        "step": scene.fill(here.text) if here else None,
        "answers": _answers(scene),
        "tried": next((t.title for t in getattr(here, "troubles", ()) if t.id == ticket.tried), None),
        "opened": day.strftime("%H:%M %d/%m"),
    }


def _answers(scene: Scene) -> list[tuple[str, str]]:
    """(question, answer) in the order of the steps."""
    found = []
    for step in scene.procedure.steps if scene.procedure else ():
        if isinstance(step, Ask) and (value := scene.state.answers.get(step.id)):
            label = next((option.label for option in options_of(step, scene.today) if option.id == value), value)
            found.append((scene.fill(step.text), label))
    return found

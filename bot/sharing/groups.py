"""Answers to a group that calls the bot: where to look, for everybody to see. Who asked is never known here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from bot import conversations
from bot.conversations import Conversation
from bot.sender import Sender
from bot.sharing import links
from bot.sharing.leaflet import Leaflet, leaflet_for
from bot.sharing.links import Link
from bot.sharing.ways import ways_to
from bot.store.tables import outbox
from bot.store.tx import Tx
from flows.definition.hours import VIETNAM
from flows.definition.library import Library
from flows.dialogue.context import fill_in
from flows.messages import Reply
from flows.text.language import fold
from flows.understanding.understand import understand

_OFTEN = 3  # answers that a group gets within …
_WITHIN = timedelta(minutes=1)
_CALL = re.compile(r"(?:^|(?<=\s))[@/]\S+")  # "@motcua_bot", "/link@motcua_bot"


@dataclass(frozen=True)
class Wanted:
    """`commune` is "" when nobody said it, `procedure` when the group asks for none that we know."""

    commune: str
    procedure: str


def answer_call(sender: Sender, tx: Tx, conversation: Conversation, text: str) -> Reply | None:
    """Answer a call: a card with the link that was asked for, else a way to a private chat; None for a group that asks too
    often.

    The group's commune is remembered once it was told: it is the group's, and nobody's own.
    """
    library, settings, channels = sender.library, sender.settings, sender.channels
    if _count_answers(tx, conversation) >= _OFTEN:
        return None
    wanted = _parse_wanted(library, text[: settings.text_limit])
    commune = wanted.commune or conversation.state.commune or _only_commune(library)
    if not (wanted.commune or wanted.procedure):
        link = channels[conversation.channel].link("nhom") or settings.url
        return Reply(library.sentences.group, link=(library.sentences.group_link, link))
    if not commune:
        example = f"{next(iter(library.communes))} {wanted.procedure}"
        return Reply(fill_in(library.sentences.group_commune, example=example))
    if wanted.commune:
        state = conversation.state.model_copy(update={"commune": wanted.commune})
        conversations.save_state(tx, conversation.id, state)
    source = f"nhóm {library.team.channels.get(conversation.channel, conversation.channel)}"
    link_ = links.find_or_make(tx, commune, wanted.procedure, source, "")
    about = leaflet_for(library, commune, wanted.procedure, tx.now.astimezone(VIETNAM).date())
    return Reply(write_card(about, link_, ways_to(settings, channels, link_).page)) if about else None


def write_card(about: Leaflet, link: Link, page: str) -> str:
    """Write a few lines for a group, to be sent by the bot or pasted by a person."""
    sentence = about.library.sentences.share
    said = fill_in(sentence, title=about.title, commune=about.commune.name, link=page, code=link.shown)
    return "\n\n".join((*(deadline.headline for deadline in about.deadlines), said))


def _count_answers(tx: Tx, conversation: Conversation) -> int:
    recent = (outbox.c.conversation_id == conversation.id) & (outbox.c.created_at > tx.now - _WITHIN)
    return tx.execute(select(func.count()).select_from(outbox).where(recent)).scalar_one()


def _parse_wanted(library: Library, text: str) -> Wanted:
    """Parse what a call asks for: by ids as on the link, or in words."""
    said = " ".join(_CALL.sub(" ", text).split())
    named = {id_: (id_, c.name, *c.merged_from, *c.says) for id_, c in library.communes.items()}
    commune = _find_named(said, named)
    procedure = next((word for word in said.lower().split() if word in library.procedures), "")
    if not procedure and said:
        meaning = understand(library, said)
        procedure = meaning.id if meaning.kind == "procedure" and meaning.action == "go" else ""
    return Wanted(commune, procedure)


def _find_named(text: str, names: Mapping[str, tuple[str, ...]]) -> str:
    """Find the id one of whose names stands in the text, the longest name first; "" for none."""
    said = f" {_plain_words(text)} "
    found = (
        (len(name), id_) for id_, known in names.items() for name in map(_plain_words, known) if f" {name} " in said
    )
    return max(found, default=(0, ""))[1]


def _plain_words(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", fold(text)))


def _only_commune(library: Library) -> str:
    return next(iter(library.communes)) if len(library.communes) == 1 else ""

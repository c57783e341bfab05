"""Topics of tickets in the team's Telegram group: a forum topic of its own, else a chain of replies to its card.

A place is known by a name from the start, "<chat>#<ticket>"; the topic is made when its first message leaves. If the process
crashes after the topic was created and before its id was stored, the topic is made again: the one thing here that happens twice.
"""

import json
import logging
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import delete, insert, select
from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.error import BadRequest

from bot.settings import Settings
from bot.store import key_values
from bot.store.database import Database
from bot.store.tables import telegram_topics
from bot.store.tx import Tx
from flows.definition.library import Library

log = logging.getLogger("motcua.telegram")

_PLACE = re.compile(r"-?\d+#\d+")
_FILE = "/tep/"  # in the address of what somebody sent
_MOVED = "telegram-moved"  # groups that became supergroups: their ids changed


@dataclass(frozen=True)
class _Topic:
    """`thread` is None where the group itself is the place; `card` is the message that replies hang on."""

    thread: int | None
    card: int | None


def team_chats(library: Library, settings: Settings) -> frozenset[str]:
    """Return the ids of all groups of teams, as they were set: those of communes, and the one that others share."""
    return library.telegram_chats | ({settings.team_telegram_chat} - {""})


def place_of(chat: str, ticket_id: int) -> str:
    return f"{chat}#{ticket_id}"


def is_place(contact: str) -> bool:
    return _PLACE.fullmatch(contact) is not None


def chat_of(contact: str) -> str:
    """Return the chat of a place, or of any other contact."""
    return contact.partition("#")[0]


def ticket_of(place: str) -> int:
    return int(place.partition("#")[2])


def has_topic(tx: Tx, place: str) -> bool:
    """Tell whether a ticket stands in a topic of its own."""
    there = (telegram_topics.c.place == place) & telegram_topics.c.thread.is_not(None)
    return tx.execute(select(telegram_topics.c.place).where(there)).first() is not None


def shows_file(text: str) -> bool:
    """Tell whether there is a link to a person's file in it: no preview is shown of that, for Telegram would fetch and keep
    it."""
    return _FILE in text


class Topics:
    """What stands in the teams' groups. `chats`: their ids, as they are set now."""

    def __init__(self, bot: Bot, database: Database, chats: Callable[[], Collection[str]]) -> None:
        self._bot = bot
        self._database = database
        self._chats = chats
        self._moved: dict[str, str] = {}

    async def load_moved(self) -> None:
        self._moved = await self._database.read(_moved)

    def find_group(self, chat: str) -> str | None:
        """Return the id by which a team's group was set; None where this is none."""
        ours = self._chats()
        return next((known for known in (chat, *self._before(chat)) if known in ours), None)

    def _before(self, chat: str) -> list[str]:
        """List the ids that the group had before it became a supergroup."""
        return [old for old, new in self._moved.items() if new == chat]

    async def record_move(self, old: str, new: str) -> None:
        """Send what goes to a group that became a supergroup there from now on."""
        await self._database.write(lambda tx: _keep_moved(tx, old, new))
        await self.load_moved()

    async def post_in_topic(self, contact: str, call: Mapping[str, Any], keyboard: InlineKeyboardMarkup | None) -> int:
        """Say something in a place, which is opened by that if it is new, and return the id of the message.

        Raises:
            TelegramError: as the platform answers; for a topic that can't be used any more the group itself is tried first.
        """
        chat = self.current_chat(contact)
        topic = await self._find_topic(contact)
        if topic is None:
            topic = await self._open_topic(contact, chat, str(call.get("title", "")))
        try:
            sent = await self._send_text(contact, topic, call["text"], keyboard)
        except BadRequest as error:
            if topic.thread is None:
                raise
            log.warning("telegram: the topic of %s can't be used (%s): the group itself from now on", contact, error)
            topic = _Topic(None, None)
            sent = await self._send_text(contact, topic, call["text"], keyboard)
        if topic.card is None:
            await self._save_topic(contact, _Topic(topic.thread, sent))
            if topic.thread:
                await self._pin_card(chat, sent)
        return sent

    async def delete_topic(self, contact: str) -> None:
        """Delete the topic with all that is in it, of any age and whoever wrote it, and forget the place.

        Raises:
            TelegramError: the bot has no right to; one that is gone is fine.
        """
        topic = await self._find_topic(contact)
        if topic and topic.thread:
            try:
                await self._bot.delete_forum_topic(self.current_chat(contact), topic.thread)
            except BadRequest as error:
                if "not found" not in error.message.lower():
                    raise
        await self._database.write(partial(_forget, contact=contact))

    async def set_closed(self, contact: str, *, again: bool = False) -> None:
        """Close the topic, or open it again."""
        topic = await self._find_topic(contact)
        if topic and topic.thread:
            act = self._bot.reopen_forum_topic if again else self._bot.close_forum_topic
            await act(self.current_chat(contact), topic.thread)

    def current_chat(self, contact: str) -> str:
        """Find the chat to call for a contact, by the id that it has now."""
        chat = chat_of(contact)
        return self._moved.get(chat, chat)

    async def _open_topic(self, contact: str, chat: str, title: str) -> _Topic:
        try:
            topic = _Topic((await self._bot.create_forum_topic(chat, title or contact)).message_thread_id, None)
        except BadRequest as error:
            log.info("telegram: no topic for %s (%s): its card goes to the group itself", contact, error)
            topic = _Topic(None, None)
        await self._save_topic(contact, topic)
        return topic

    async def _send_text(self, contact: str, topic: _Topic, text: str, keyboard: InlineKeyboardMarkup | None) -> int:
        """Outside of a topic every message shows its ticket's number, by which an answer to it finds its way."""
        number = f"#{ticket_of(contact)}"
        hangs_on = topic.card if topic.thread is None else None
        reply = ReplyParameters(hangs_on, allow_sending_without_reply=True) if hangs_on else None
        if topic.thread is None and number not in text.split():
            text = f"{number}\n{text}"
        sent = await self._bot.send_message(
            self.current_chat(contact),
            text,
            message_thread_id=topic.thread,
            reply_parameters=reply,
            reply_markup=keyboard,
            link_preview_options=LinkPreviewOptions(is_disabled=True) if shows_file(text) else None,
        )
        return sent.message_id

    async def _pin_card(self, chat: str, message: int) -> None:
        try:
            await self._bot.pin_chat_message(chat, message, disable_notification=True)
        except BadRequest as error:
            log.info("telegram: a card is not pinned (%s)", error)

    async def _find_topic(self, contact: str) -> _Topic | None:
        query = select(telegram_topics).where(telegram_topics.c.place == contact)
        row = await self._database.read(lambda tx: tx.execute(query).first())
        return _Topic(row.thread, row.card) if row else None

    async def _save_topic(self, contact: str, topic: _Topic) -> None:
        row = {"place": contact, "thread": topic.thread, "card": topic.card}

        def work(tx: Tx) -> None:
            _forget(tx, contact)
            tx.execute(insert(telegram_topics).values(row))

        await self._database.write(work)


def _forget(tx: Tx, contact: str) -> None:
    tx.execute(delete(telegram_topics).where(telegram_topics.c.place == contact))


def _moved(tx: Tx) -> dict[str, str]:
    kept = key_values.get(tx, _MOVED)
    found: dict[str, str] = json.loads(kept) if kept else {}
    return found


def _keep_moved(tx: Tx, old: str, new: str) -> None:
    known = {**_moved(tx), old: new}
    key_values.set_value(tx, _MOVED, json.dumps(known))

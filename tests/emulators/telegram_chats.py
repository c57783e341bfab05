"""Chats of the bot: who is there, what stands in them, what may be deleted."""

import re

from tests.emulators.emulator import Json, Now
from tests.emulators.telegram_rules import Refusal, decoded, whole
from tests.emulators.telegram_user import Group

DELETABLE = 48 * 3600  # seconds
_KINDS = ("message", "edited_message", "channel_post", "my_chat_member", "message_reaction")


def happened_in_chat(update: Json) -> Json | None:
    """What an update tells of a chat: a message, the one that was tapped, who came or left."""
    tapped = (update.get("callback_query") or {}).get("message")
    happened: Json | None = next((update[kind] for kind in _KINDS if kind in update), tapped)
    return happened if happened and "chat" in happened else None


class Chats:
    """
    Attributes:
        may_delete: whether the bot has the right to delete messages, in groups.
    """

    def __init__(self, me: Json, now: Now) -> None:
        self.may_delete = True
        self._me, self._now = me, now
        self._known: dict[int, Json] = {}
        self._gone: set[int] = set()
        self._moved: dict[int, int] = {}
        self._messages: dict[tuple[int, int], Json] = {}

    def learn(self, update: Json) -> None:
        """What the platform knows once this has happened: the chat, the message, the block."""
        happened = happened_in_chat(update)
        if happened is None:
            return
        chat = happened["chat"]
        self._known[chat["id"]] = chat
        if "message_id" in happened:
            self._messages.setdefault((chat["id"], happened["message_id"]), happened)
        member = update.get("my_chat_member")
        if member:
            left = member["new_chat_member"]["status"] in ("kicked", "left")
            (self._gone.add if left else self._gone.discard)(chat["id"])

    def migrate(self, group: Group, new: Group) -> None:
        self._moved[group.id] = new.id
        self._known[new.id] = new.chat

    def block(self, chat_id: int) -> None:
        self._gone.add(chat_id)

    def find(self, params: Json) -> Json:
        value = str(params.get("chat_id") or "")
        if not value:
            raise Refusal("chat_id is empty")
        chat = self._known.get(int(value)) if re.fullmatch(r"-?\d+", value) else None
        if chat is None:
            raise Refusal("chat not found")
        if chat["id"] in self._moved:
            new = self._moved[chat["id"]]
            raise Refusal("group chat was upgraded to a supergroup chat", parameters={"migrate_to_chat_id": new})
        if chat["id"] in self._gone:
            private = chat["type"] == "private"
            raise Refusal(
                "bot was blocked by the user" if private else f"bot was kicked from the {chat['type']} chat", 403
            )
        return chat

    def message(self, chat_id: int, message_id: int) -> Json | None:
        return self._messages.get((chat_id, message_id))

    def texts(self, chat_id: int) -> list[str]:
        return [one.get("text", "") for (chat, _), one in sorted(self._messages.items()) if chat == chat_id]

    def keep(self, message: Json) -> None:
        self._messages[message["chat"]["id"], message["message_id"]] = message

    def reply(self, chat_id: int, params: Json) -> Json:
        wanted = decoded(params.get("reply_parameters") or {})
        replied = self.message(chat_id, whole(wanted, "message_id"))
        if wanted and replied is None and not wanted.get("allow_sending_without_reply"):
            raise Refusal("message to be replied not found")
        return {"reply_to_message": replied} if replied else {}

    def delete(self, chat: Json, message_ids: list[int]) -> bool:
        """Within 48 hours: in private chats whatever was said, in groups the bot's own words, and others' with the right to."""
        there = {one: found for one in message_ids if (found := self.message(chat["id"], one))}
        for message in there.values():
            own = message.get("from") == self._me or chat["type"] == "private" or self.may_delete
            if not own or self._now() // 1000 - message["date"] >= DELETABLE:
                raise Refusal("message can't be deleted")
        for message_id in there:
            del self._messages[chat["id"], message_id]
        return True

    def delete_thread(self, chat_id: int, thread: int) -> None:
        """All that is in it, whoever wrote it and however long ago."""
        if not self.may_delete:
            raise Refusal("not enough rights to delete the topic")
        for key, one in [*self._messages.items()]:
            if key[0] == chat_id and one.get("message_thread_id") == thread:
                del self._messages[key]

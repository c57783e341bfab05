"""Topics of a group that is a forum."""

from collections.abc import Callable

from tests.emulators.emulator import Json, utf16_length
from tests.emulators.telegram_chats import Chats
from tests.emulators.telegram_rules import Refusal, whole


class Topics:
    """
    Attributes:
        names: by chat and thread.
        closed: chat and thread of those that were closed.
        allowed: whether the bot may manage topics and pin messages.
    """

    def __init__(self, chats: Chats, number: Callable[[], int]) -> None:
        self.names: dict[tuple[int, int], str] = {}
        self.closed: set[tuple[int, int]] = set()
        self.allowed = True
        self._chats, self._number = chats, number

    def do_createForumTopic(self, params: Json) -> Json:
        chat, name = self._forum(params), str(params.get("name") or "")
        if not 1 <= utf16_length(name) <= 128:
            raise Refusal("topic name must be 1-128 characters long")
        thread = self._number()
        self.names[chat["id"], thread] = name
        return {"message_thread_id": thread, "name": name, "icon_color": 7322096}

    def do_closeForumTopic(self, params: Json) -> bool:
        topic = self._topic(params)
        if topic in self.closed:
            raise Refusal("TOPIC_NOT_MODIFIED")
        self.closed.add(topic)
        return True

    def do_reopenForumTopic(self, params: Json) -> bool:
        topic = self._topic(params)
        if topic not in self.closed:
            raise Refusal("TOPIC_NOT_MODIFIED")
        self.closed.remove(topic)
        return True

    def do_deleteForumTopic(self, params: Json) -> bool:
        """With all that is in it. It takes the right to delete messages."""
        chat_id, thread = self._topic(params)
        self._chats.delete_thread(chat_id, thread)
        del self.names[chat_id, thread]
        return True

    def thread(self, chat_id: int, params: Json) -> int | None:
        thread = whole(params, "message_thread_id")
        if thread and (chat_id, thread) not in self.names:
            raise Refusal("message thread not found")
        if thread and (chat_id, thread) in self.closed and not self.allowed:
            raise Refusal("TOPIC_CLOSED")  # who manages topics may still write there
        return thread or None

    def _forum(self, params: Json) -> Json:
        chat = self._chats.find(params)
        if not chat.get("is_forum"):
            raise Refusal("the chat is not a forum")
        if not self.allowed:
            raise Refusal("not enough rights to create a topic")
        return chat

    def _topic(self, params: Json) -> tuple[int, int]:
        chat = self._forum(params)
        return chat["id"], self.thread(chat["id"], params) or 0

"""A person on Telegram: makes updates in the shapes that the Bot API documents."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.emulators.emulator import Json, utf16_length

if TYPE_CHECKING:
    from tests.emulators.telegram import Sent, TelegramEmulator

ENTITIES = {
    "bot_command": re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@\w{5,})?"),
    "mention": re.compile(r"(?<![\w/])@\w{5,}"),
    "url": re.compile(r"https?://\S+"),
}


@dataclass(frozen=True)
class Group:
    id: int
    title: str
    forum: bool = False

    @property
    def chat(self) -> Json:
        chat: Json = {"id": self.id, "title": self.title, "type": "supergroup"}
        return chat | ({"is_forum": True} if self.forum else {})


class TelegramUser:
    """Every method makes one update, and changes nothing until it is posted or queued."""

    def __init__(self, telegram: "TelegramEmulator", user_id: int, first_name: str, **names: str) -> None:
        self.telegram = telegram
        self.id = user_id
        self.person: Json = {"id": user_id, "is_bot": False, "first_name": first_name, "language_code": "vi", **names}
        self.chat: Json = {"id": user_id, "first_name": first_name, "type": "private"}
        self.chat |= {key: value for key, value in names.items() if key in ("last_name", "username")}

    # In the private chat

    def text(self, text: str, reply_to: "Sent | None" = None) -> Json:
        return self._message(_worded(text), reply_to=reply_to)

    def start(self, payload: str = "") -> Json:
        """The start button, or a t.me/<bot>?start=<payload> link."""
        return self.text(f"/start {payload}".strip())

    def edited(self, update: Json, text: str) -> Json:
        message = {key: value for key, value in update["message"].items() if key != "entities"}
        return self._update("edited_message", {**message, **_worded(text), "edit_date": self._date()})

    def photo(self, caption: str = "") -> Json:
        small = {**self._file("AgACphoto-s", 1_204), "width": 67, "height": 90}
        large = {**self._file("AgACphoto-x", 104_857), "width": 960, "height": 1280}
        return self._message({"photo": [small, large], **_caption(caption)})

    def voice(self, seconds: int = 4) -> Json:
        return self._message(
            {"voice": {"duration": seconds, "mime_type": "audio/ogg", **self._file("AwACvoice", 18_432)}}
        )

    def document(self, name: str = "don_xin.pdf", kind: str = "application/pdf", caption: str = "") -> Json:
        document = {"file_name": name, "mime_type": kind, **self._file("BQACdocument", 184_320)}
        return self._message({"document": document, **_caption(caption)})

    def sticker(self, emoji: str = "👍") -> Json:
        kind = {"type": "regular", "is_animated": False, "is_video": False, "width": 512, "height": 512}
        return self._message(
            {"sticker": {**kind, "emoji": emoji, "set_name": "Hoa", **self._file("CAACsticker", 30_000)}}
        )

    def location(self, latitude: float = 10.7642473, longitude: float = 106.6564314) -> Json:
        return self._message({"location": {"latitude": latitude, "longitude": longitude}})

    def contact(self, phone: str = "84900000001") -> Json:
        name = self.person["first_name"]
        return self._message({"contact": {"phone_number": phone, "first_name": name, "user_id": self.id}})

    def tap(self, sent: "Sent", button: str) -> Json:
        """A tap on the button with this label or data. The keyboard may be gone by now: a slow screen still shows it."""
        pairs = [pair for row in sent.buttons for pair in row if button in pair]
        if not pairs:
            raise LookupError(f"no button {button!r} in {sent}")
        query: Json = {"id": str(4_382_000_000_000_000_000 + self.telegram.number()), "from": self.person}
        query |= {"message": self.telegram.message(sent), "chat_instance": str(-sent.chat_id * 31), "data": pairs[0][1]}
        return self._update("callback_query", query)

    def blocked(self) -> Json:
        return self._membership(self.chat, "member", "kicked")

    def unblocked(self) -> Json:
        return self._membership(self.chat, "kicked", "member")

    # In a group

    def group_text(self, group: Group, text: str, reply_to: "Sent | None" = None, thread: int | None = None) -> Json:
        content = _worded(text)
        if thread:
            content |= {"message_thread_id": thread, "is_topic_message": True}
        return self._message(content, group.chat, reply_to)

    def group_mention(self, group: Group, text: str, thread: int | None = None) -> Json:
        return self.group_text(group, f"@{self.telegram.me['username']} {text}", thread=thread)

    def group_command(self, group: Group, command: str, payload: str = "") -> Json:
        return self.group_text(group, f"/{command}@{self.telegram.me['username']} {payload}".strip())

    def adds_bot(self, group: Group) -> Json:
        """The service message; Telegram also posts `bot_joined` just before."""
        bot = self.telegram.me
        members = {"new_chat_participant": bot, "new_chat_member": bot, "new_chat_members": [bot]}
        return self._message(members, group.chat)

    def group_photo(self, group: Group, thread: int | None = None) -> Json:
        content: Json = {"photo": [{**self._file("AgACphoto-x", 104_857), "width": 960, "height": 1280}]}
        content |= {"message_thread_id": thread, "is_topic_message": True} if thread else {}
        return self._message(content, group.chat)

    def bot_joined(self, group: Group) -> Json:
        return self._membership(group.chat, "left", "member")

    def bot_removed(self, group: Group) -> Json:
        return self._membership(group.chat, "member", "kicked")

    # Shapes

    def _message(self, content: Json, chat: Json | None = None, reply_to: "Sent | None" = None) -> Json:
        message: Json = {"message_id": self.telegram.number(), "from": self.person}
        message |= {"chat": chat or self.chat, "date": self._date()}
        if reply_to:
            message["reply_to_message"] = self.telegram.message(reply_to)
        return self._update("message", message | content)

    def _membership(self, chat: Json, old: str, new: str) -> Json:
        change = {"chat": chat, "from": self.person, "date": self._date()}
        return self._update(
            "my_chat_member", change | {"old_chat_member": self._bot(old), "new_chat_member": self._bot(new)}
        )

    def _bot(self, status: str) -> Json:
        return {"user": self.telegram.me, "status": status} | ({"until_date": 0} if status == "kicked" else {})

    def _file(self, prefix: str, size: int) -> dict[str, Any]:
        number = self.telegram.number()
        return {"file_id": f"{prefix}-{number}", "file_unique_id": f"unique-{number}", "file_size": size}

    def _update(self, kind: str, content: Json) -> Json:
        update: Json = {"update_id": 100_000_000 + self.telegram.number(), kind: content}
        self.telegram.made.append(update)
        return update

    def _date(self) -> int:
        return self.telegram.now() // 1000


def _worded(text: str) -> Json:
    found = [
        {"offset": utf16_length(text[: match.start()]), "length": utf16_length(match.group()), "type": kind}
        for kind, pattern in ENTITIES.items()
        for match in pattern.finditer(text)
    ]
    found.sort(key=lambda entity: int(str(entity["offset"])))
    return {"text": text, **({"entities": found} if found else {})}


def _caption(caption: str) -> Json:
    return {"caption": caption} if caption else {}

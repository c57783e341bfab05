"""A person on the Zalo Bot Platform: makes the events of docs/zalo.md B4, as they were seen live."""

from typing import TYPE_CHECKING, Literal

from tests.emulators.emulator import Json, NotDelivered

if TYPE_CHECKING:
    from tests.emulators.zalo_bot import ZaloBotEmulator


class BotUser:
    """Every method makes one event, and changes nothing until it is posted.

    Attributes:
        protected: Zalo withholds everything that this person sends: children, people with disabilities and others.
    """

    def __init__(self, bot: "ZaloBotEmulator", user_id: str, name: str, protected: bool) -> None:
        self.bot = bot
        self.id = user_id
        self.name = name
        self.protected = protected

    def text(self, text: str) -> Json:
        return self._event("text", {"text": text})

    def image(self, caption: str = "", field: Literal["photo_url", "photo"] = "photo_url") -> Json:
        """The documentation says `photo`, live webhooks say `photo_url`."""
        photo = {"caption": caption, "message_type": "CHAT_PHOTO", field: "https://photo-stal-1.zdn.vn/demo.jpg"}
        return self._event("image", photo)

    def voice(self) -> Json:
        return self._event(
            "voice", {"message_type": "CHAT_VOICE", "voice_url": "https://f2-voice-aac-dl.zdn.vn/demo.aac"}
        )

    def sticker(self) -> Json:
        url = "https://zalo-api.zadn.vn/api/emoticon/oasticker?eid=1&size=130"
        return self._event("sticker", {"sticker": "0e078a2fb66a5f34067b", "url": url})

    def file(self) -> Json:
        """Files, contact cards and often links arrive empty."""
        return self._event("unsupported", {})

    def group_text(self, group_id: str, text: str, called: bool = True) -> Json:
        """The bot hears a group only when it is mentioned or answered (B5 point 2)."""
        if not called:
            raise NotDelivered("the bot was not mentioned")
        # assumption: the mention stays inside the text (B5 point 3)
        return self._event("text", {"text": f"@{self.bot.name} {text}"}, group_id)

    def adds_bot(self) -> Json:
        # assumption: the name of the event; seen was only that it has no message (B4)
        return {"event_name": "bot.added"}

    def _event(self, kind: str, content: Json, group_id: str = "") -> Json:
        if self.protected:
            kind, content = "unsupported", {}
        chat = {"chat_type": "GROUP" if group_id else "PRIVATE", "id": group_id or self.id}
        message = {"date": self.bot.now(), "chat": chat, "message_id": self.bot.hex_id()}
        sender = {"id": self.id, "is_bot": False, "display_name": self.name}
        return {"event_name": f"message.{kind}.received", "message": {**message, "from": sender, **content}}

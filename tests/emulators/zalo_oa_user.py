"""A citizen on an Official Account: makes the events of docs/zalo.md A6, keys in the order of the samples."""

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.emulators.emulator import Json, NotDelivered

if TYPE_CHECKING:
    from tests.emulators.zalo_oa import Sent, ZaloOAEmulator

MEDIA = "https://media-demo.zdn.vn"


class OAUser:
    """Every method makes one event, and changes nothing until it is posted.

    Attributes:
        last_interaction: when the citizen last did something here, in ms; None means never.
        welcome_left: messages that the OA may send to one who followed and did nothing else.
    """

    def __init__(self, oa: "ZaloOAEmulator", user_id: str, name: str) -> None:
        self.oa = oa
        self.id = user_id
        self.by_app = "31" + user_id[2:]
        self.name = name
        self.follower = False
        self.last_interaction: int | None = None
        self.welcome_left = 0
        self.clicked_chatnow = False
        self.blocked = self.restricted = self.banned = self.capped = False

    # Messages, A6.1

    def text(self, text: str, quote: "Sent | str | None" = None) -> Json:
        """`quote` is the message that the citizen answers with "Trả lời"."""
        quoted = {"quote_msg_id": quote if isinstance(quote, str) else quote.message_id} if quote else {}
        return self._says("text", {"text": text, "msg_id": self.oa.hex_id(), **quoted})

    def tap(self, sent: "Sent", index: int) -> Json:
        """A tap looks like typed text; buttons that open something cause no event (A3.2)."""
        button = sent.content.buttons[index]
        if not button.type.startswith("oa.query."):
            raise NotDelivered(f"{button.type} causes no event")
        return self.text(button.data)

    def image(self, text: str = "") -> Json:
        # assumption: a caption stands in message.text (A6.1)
        return self._shows("image", {"thumbnail": f"{MEDIA}/thumb/1.jpg", "url": f"{MEDIA}/full/1.jpg"}, text=text)

    def audio(self) -> Json:
        return self._shows("audio", {"url": f"{MEDIA}/1.amr"})

    def video(self) -> Json:
        return self._shows("video", {"thumbnail": f"{MEDIA}/t.jpg", "description": "", "url": f"{MEDIA}/1.mp4"})

    def gif(self) -> Json:
        return self._shows("gif", {"thumbnail": f"{MEDIA}/t.gif", "url": f"{MEDIA}/f.gif"})

    def file(self, name: str = "don_xin.pdf", size: int = 184_320) -> Json:
        checksum = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
        told = {"size": str(size), "name": name, "checksum": checksum, "type": name.rpartition(".")[2]}
        return self._shows("file", {**told, "url": f"{MEDIA}/{name}"})

    def sticker(self) -> Json:
        return self._shows("sticker", {"id": "46034", "url": f"{MEDIA}/sticker?eid=46034&size=130"})

    def location(self, latitude: str = "10.7642473", longitude: str = "106.6564314") -> Json:
        return self._shows("location", {"coordinates": {"latitude": latitude, "longitude": longitude}})

    def link(self, url: str = "https://dichvucong.gov.vn") -> Json:
        return self._shows("link", {"thumbnail": f"{MEDIA}/l.jpg", "description": "Cổng DVC", "url": url}, text=url)

    def business_card(self, phone: str = "84900000002") -> Json:
        card = json.dumps({"phone": phone, "qrCodeUrl": f"{MEDIA}/qr.jpg"}, separators=(",", ":"))
        payload = {"thumbnail": f"{MEDIA}/c.jpg", "description": card, "url": f"https://zalo.me/{phone}"}
        return self._shows("business_card", payload, kind="link")

    def group_text(self, group_id: str, text: str, mention: bool = True) -> Json:
        """Into a GMF group; `recipient` is the group, the mention stands in the text (A6.6)."""
        said = f"[@{self.oa.oa_id}] {text}" if mention else text
        head = {
            "app_id": self.oa.app_id,
            "oa_id": self.oa.oa_id,
            "sender": {"id": self.id},
            "recipient": {"id": group_id},
        }
        message = {"text": said, "msg_id": self.oa.hex_id()}
        return self._stamped({**head, "user_id_by_app": self.by_app}, "user_send_group_text", message=message)

    # Receipts and reactions, A6.3: the sender of a receipt is the OA

    def received(self, sent: "Sent | str") -> Json:
        return self._from_oa("user_received_message", {"msg_id": _id(sent)})

    def seen(self, *sent: "Sent | str") -> Json:
        return self._from_oa("user_seen_message", {"msg_ids": [_id(each) for each in sent]})

    def reacted(self, sent: "Sent | str", icon: str = "/-heart") -> Json:
        head = {"app_id": self.oa.app_id, "sender": {"id": self.id}, "recipient": {"id": self.oa.oa_id}}
        message = {"msg_id": _id(sent), "react_icon": icon}
        return self._stamped({**head, "user_id_by_app": self.by_app}, "user_reacted_message", message=message)

    # Follow, chat now, shared info, data rights, A6.4

    def follow(self, source: str = "oa_profile") -> Json:
        return self._followed("follow", source)

    def unfollow(self) -> Json:
        return self._followed("unfollow", "oa_profile")

    def chatnow(self) -> Json:
        if self.clicked_chatnow or self.last_interaction is not None:
            raise NotDelivered("user_click_chatnow comes once, from someone who never wrote")
        return self._managed("user_click_chatnow")

    def withdraw(self) -> Json:
        return self._managed("user_withdraw")

    def submit_info(self, old_shape: bool = False, phone: str = "84900000001") -> Json:
        head = {"sender": {"id": self.id}, "recipient": {"id": self.oa.oa_id}, "event_name": "user_submit_info"}
        address = {
            "user_city": "Thành phố Hồ Chí Minh",
            "user_ward": "Phường Tân Thuận",
            "user_address": "12 Đường số 13",
        }
        info = {"name": self.name, "phone": phone, "user_dob": "30/10/1999", "gender": "Nữ", "full_address": address}
        flat = {"address": "12 Đường số 13", "phone": phone, "city": "Hồ Chí Minh", "district": "Quận 7"}
        flat |= {"name": self.name, "ward": "Tân Thuận"}
        stamp = {"app_id": self.oa.app_id, "timestamp": str(self.oa.now())}
        return {**head, **stamp, "info": flat if old_shape else info}

    # The OA's side of the same talk, A6.2

    def told_by_admin(self, text: str, admin_id: str = "7700000000000000001") -> Json:
        """A person of the team wrote in the OA's own chat tool."""
        return self.echo("text", {"text": text, "msg_id": self.oa.hex_id()}, admin_id)

    def echo(self, kind: str, message: Json, admin_id: str = "") -> Json:
        """`oa_send_*`; without `admin_id` it is the echo of an API call."""
        return self._from_oa(f"oa_send_{kind}", message, admin_id)

    def profile(self) -> Json:
        """What user/detail tells, A4. Most people share no phone number."""
        seen = datetime.fromtimestamp((self.last_interaction or 0) / 1000, UTC).strftime("%d/%m/%Y")
        avatar = "https://s120-ava-talk.zadn.vn/demo.jpg"
        known: Json = {"user_id": self.id, "user_id_by_app": self.by_app, "user_external_id": ""}
        known |= {"display_name": self.name, "user_alias": self.name, "is_sensitive": False}
        known |= {"user_last_interaction_date": seen, "user_is_follower": self.follower}
        known |= {"avatar": avatar, "avatars": {"120": avatar, "240": avatar}}
        shared = dict.fromkeys(("address", "city", "district", "phone", "name"), "")
        return known | {"tags_and_notes_info": {"notes": [], "tag_names": []}, "shared_info": shared}

    # Shapes

    def _says(self, kind: str, message: Json) -> Json:
        head: Json = {"app_id": self.oa.app_id, "sender": {"id": self.id}, "user_id_by_app": self.by_app}
        return self._stamped({**head, "recipient": {"id": self.oa.oa_id}}, f"user_send_{kind}", message=message)

    def _shows(self, event: str, payload: Json, kind: str = "", text: str = "") -> Json:
        message = {"msg_id": self.oa.hex_id(), **({"text": text} if text else {})}
        return self._says(event, {**message, "attachments": [{"type": kind or event, "payload": payload}]})

    def _from_oa(self, event: str, message: Json, admin_id: str = "") -> Json:
        sender = {"id": self.oa.oa_id, **({"admin_id": admin_id} if admin_id else {})}
        head = {"app_id": self.oa.app_id, "sender": sender, "recipient": {"id": self.id}}
        return self._stamped({**head, "user_id_by_app": self.by_app}, event, message=message)

    def _followed(self, event: str, source: str) -> Json:
        head = {"oa_id": self.oa.oa_id, "follower": {"id": self.id}, "user_id_by_app": self.by_app}
        return {
            **head,
            "event_name": event,
            "source": source,
            "app_id": self.oa.app_id,
            "timestamp": str(self.oa.now()),
        }

    def _managed(self, event: str) -> Json:
        head = {"app_id": self.oa.app_id, "oa_id": self.oa.oa_id, "user_id": self.id, "user_id_by_app": self.by_app}
        return self._stamped(head, event)

    def _stamped(self, head: Json, event: str, **rest: Json) -> Json:
        return {**head, "event_name": event, **rest, "timestamp": str(self.oa.now())}


class AnonymousUser:
    """A visitor of the web widget: the sender's id is the anonymous id (docs/zalo.md A6.5, D9)."""

    def __init__(self, oa: "ZaloOAEmulator", anonymous_id: str, conversation_id: str) -> None:
        self.oa = oa
        self.id = anonymous_id
        self.conversation_id = conversation_id

    def text(self, text: str) -> Json:
        head = {
            "app_id": self.oa.app_id,
            "sender": {"id": self.id},
            "user_id_by_app": "",
            "recipient": {"id": self.oa.oa_id},
        }
        return self._event(head, "anonymous_send_text", text, self.oa.hex_id())

    def echo(self, text: str, message_id: str) -> Json:
        head = {"app_id": self.oa.app_id, "sender": {"id": self.oa.oa_id}, "recipient": {"id": self.id}}
        return self._event(head, "oa_send_anonymous_text", text, message_id)

    def _event(self, head: Json, event: str, text: str, message_id: str) -> Json:
        message = {"conversation_id": self.conversation_id, "text": text, "msg_id": message_id}
        return {**head, "event_name": event, "message": message, "timestamp": str(self.oa.now())}


def _id(sent: "Sent | str") -> str:
    return sent if isinstance(sent, str) else sent.message_id

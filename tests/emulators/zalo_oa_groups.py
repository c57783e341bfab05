"""Groups that the OA itself made (GMF): who is in them, what is sent there (docs/zalo.md A7, C1 rule 14)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.emulators.emulator import Call, Json
from tests.emulators.zalo_oa_message import Refused, invalid, read_content

if TYPE_CHECKING:
    from tests.emulators.zalo_oa import ZaloOAEmulator

ROOT = "/v3.0/oa/group"


@dataclass
class Group:
    """`enabled` is False once the package that pays for it has run out; `has_oa` once the OA was thrown out."""

    id: str
    name: str
    members: list[str]
    enabled: bool = True
    has_oa: bool = True
    sent: list[str] = field(default_factory=list)

    @property
    def shown(self) -> Json:
        about = {"name": self.name, "avatar": "http://s120.ava.grp.talk.zdn.vn/default", "group_id": self.id}
        about |= {"group_link": f"https://zalo.me/g/{self.id[:10]}", "group_description": ""}
        return about | {"total_member": len(self.members) + 1, "status": "enabled" if self.enabled else "disabled"}


class Groups:
    """The calls of A7 that a chatbot could need; the rest of the table is not here, and answers HTTP 404."""

    def __init__(self, oa: "ZaloOAEmulator") -> None:
        self.oa = oa
        self.all: dict[str, Group] = {}

    @property
    def handlers(self) -> dict[tuple[str, str], Callable[[Call], object]]:
        return {
            ("POST", f"{ROOT}/creategroupwithoa"): self._create,
            ("POST", f"{ROOT}/message"): self._message,
            ("GET", f"{ROOT}/getgroup"): lambda call: {"group_info": self._group(call.params).shown},
            ("GET", f"{ROOT}/getgroupsofoa"): lambda call: {"groups": [group.shown for group in self.all.values()]},
            ("GET", f"{ROOT}/listmember"): self._members,
            ("POST", f"{ROOT}/invite"): self._invite,
        }

    def _create(self, call: Call) -> Json:
        name, members = call.params.get("group_name"), call.params.get("member_user_ids")
        if not isinstance(name, str) or not name.strip():
            raise invalid("group_name")
        if not isinstance(members, list) or not 1 <= len(members) <= 99 or not set(members) <= self.oa.users.keys():
            raise invalid("member_user_ids")
        group = Group(self.oa.hex_id(), name, list(members))
        self.all[group.id] = group
        return group.shown

    def _message(self, call: Call) -> Json:
        recipient = call.params.get("recipient")
        group = self._group(recipient if isinstance(recipient, dict) else {})
        if not group.enabled:
            raise Refused(-237, "The group is disabled")
        content = read_content(call.params.get("message"), self.oa.uploads.check)
        group.sent.append(content.text)
        message_id = self.oa.hex_id()
        self.oa.push(self._echo(group, content.text, message_id))
        return {"message_id": message_id, "group_id": group.id}

    def _members(self, call: Call) -> Json:
        group = self._group(call.params)
        people = [{"user_id": id_, "name": self.oa.users[id_].name, "avatar": ""} for id_ in group.members]
        shown = [*people, {"oa_id": self.oa.oa_id, "name": "OA phường X", "avatar": ""}]
        return {"offset": 0, "count": 5, "total": len(shown), "member_count": len(shown), "members": shown}

    def _invite(self, call: Call) -> Json:
        group, asked = self._group(call.params), call.params.get("member_user_ids")
        if not isinstance(asked, list) or not set(asked) <= self.oa.users.keys():
            raise invalid("member_user_ids")
        group.members += [id_ for id_ in asked if id_ not in group.members]
        return {}

    def _group(self, params: Json) -> Group:
        group = self.all.get(str(params.get("group_id")))
        if group is None:
            raise invalid("group_id")
        if not group.has_oa:
            raise Refused(-403, "OA is not in group")
        return group

    def _echo(self, group: Group, text: str, message_id: str) -> Json:
        oa = self.oa
        head: Json = {"app_id": oa.app_id, "oa_id": oa.oa_id, "sender": {"id": oa.oa_id}, "recipient": {"id": group.id}}
        message = {"text": text, "msg_id": message_id}
        return {**head, "event_name": "oa_send_group_text", "message": message, "timestamp": str(oa.now())}

"""The OA's other calls: the look back at a talk, its own groups (docs/zalo.md A4, A7, C1 rule 14)."""

import json
from typing import Any

from tests.emulators.emulator import Clock, Json
from tests.emulators.inbox import Inbox, get, post
from tests.emulators.server import wait_for
from tests.emulators.zalo_oa import ZaloOAEmulator


def ask(oa: ZaloOAEmulator, path: str, **body: Any) -> Json:
    return dict(post(f"{oa.base}{path}", json=body, headers={"access_token": oa.grants.access}).json())


def look(oa: ZaloOAEmulator, path: str, **params: Any) -> Json:
    return dict(get(f"{oa.base}{path}", params=params, headers={"access_token": oa.grants.access}).json())


def test_the_talk_can_be_read_back_newest_first(oa: ZaloOAEmulator, clock: Clock) -> None:
    hoa, lan = oa.user(), oa.user("5200000000000000002", "Lan")
    for event in (hoa.text("một"), lan.text("hai")):
        oa.learn(event)
    clock.forward(seconds=1)
    ask(oa, "/v3.0/oa/message/cs", recipient={"user_id": hoa.id}, message={"text": "ba"})
    told = look(oa, "/v2.0/oa/conversation", data=json.dumps({"user_id": hoa.id}))["data"]
    assert [(line["src"], line["message"], line["type"]) for line in told] == [(0, "ba", "text"), (1, "một", "text")]
    last = look(oa, "/v2.0/oa/listrecentchat", data=json.dumps({"offset": 0, "count": 10}))["data"]
    assert [line["message"] for line in last] == ["ba", "hai"]
    assert look(oa, "/v2.0/oa/listrecentchat", data=json.dumps({"count": 11}))["error"] == -201
    assert look(oa, "/v2.0/oa/conversation", data="{}")["error"] == -201


def test_a_group_that_the_oa_made(oa: ZaloOAEmulator, inbox: Inbox, hook: str) -> None:
    oa.webhook_url = hook
    hoa, lan = oa.user(), oa.user("5200000000000000002", "Lan")
    made = ask(oa, "/v3.0/oa/group/creategroupwithoa", group_name="Tổ", member_user_ids=[hoa.id])["data"]
    group = made["group_id"]
    assert ask(oa, "/v3.0/oa/group/invite", group_id=group, member_user_ids=[lan.id])["error"] == 0
    assert look(oa, "/v3.0/oa/group/listmember", group_id=group)["data"]["total"] == 3
    said = {"recipient": {"group_id": group}, "message": {"text": "Có phiếu mới"}}
    assert ask(oa, "/v3.0/oa/group/message", **said)["data"]["group_id"] == group
    echo = wait_for(lambda: inbox.events)[0]
    assert (echo["event_name"], echo["recipient"]) == ("oa_send_group_text", {"id": group})
    oa.groups.all[group].enabled = False
    assert ask(oa, "/v3.0/oa/group/message", **said)["error"] == -237
    oa.groups.all[group].has_oa = False
    assert ask(oa, "/v3.0/oa/group/message", **said)["error"] == -403
    assert ask(oa, "/v3.0/oa/group/creategroupwithoa", group_name="Tổ", member_user_ids=["x"])["error"] == -201

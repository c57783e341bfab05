"""The OA's other calls: uploads, the look back at a talk, its own groups (docs/zalo.md A4, A7, C1 rules 12 and 14)."""

import json
from typing import Any

import pytest

from tests.emulators.emulator import Clock, Json
from tests.emulators.inbox import Inbox, get, post
from tests.emulators.server import wait_for
from tests.emulators.zalo_oa import ZaloOAEmulator

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100
PDF = b"%PDF-1.7 ..."


def upload(oa: ZaloOAEmulator, kind: str, name: str, content: bytes) -> Json:
    headers = {"access_token": oa.grants.access}
    answer = post(f"{oa.base}/v2.0/oa/upload/{kind}", files={"file": (name, content)}, headers=headers)
    return dict(answer.json())


def ask(oa: ZaloOAEmulator, path: str, **body: Any) -> Json:
    return dict(post(f"{oa.base}{path}", json=body, headers={"access_token": oa.grants.access}).json())


def look(oa: ZaloOAEmulator, path: str, **params: Any) -> Json:
    return dict(get(f"{oa.base}{path}", params=params, headers={"access_token": oa.grants.access}).json())


def send(oa: ZaloOAEmulator, attachment: Json) -> Json:
    recipient = {"user_id": oa.user().id}
    return ask(oa, "/v3.0/oa/message/cs", recipient=recipient, message={"attachment": attachment})


def test_a_paper_and_a_picture_are_uploaded_and_sent_within_seven_days(oa: ZaloOAEmulator, clock: Clock) -> None:
    oa.learn(oa.user().text("Chào"))
    token = upload(oa, "file", "mau_don.PDF", PDF)["data"]["token"]
    picture = upload(oa, "image", "so_do.png", PNG)["data"]["attachment_id"]
    paper: Json = {"type": "file", "payload": {"token": token}}
    element = {"media_type": "image", "attachment_id": picture}
    drawing = {"type": "template", "payload": {"template_type": "media", "elements": [element]}}
    assert send(oa, paper)["error"] == send(oa, drawing)["error"] == 0
    assert oa.uploads.content[token] == PDF
    clock.forward(days=7)
    oa.learn(oa.user().text("Còn đó không?"))
    oa.grants.exchange(
        {"content-type": "application/x-www-form-urlencoded", "secret_key": oa.app_secret},
        {"app_id": oa.app_id, "grant_type": "refresh_token", "refresh_token": oa.grants.refresh},
    )
    assert send(oa, paper) == {"error": -100, "message": "attachment_id was expired"}


@pytest.mark.parametrize(
    ("kind", "name", "content", "error"),
    [
        ("image", "a.png", b"GIF89a", -201),
        ("image", "a.png", PNG + b"0" * 1_000_000, -210),
        ("gif", "a.gif", PNG, -201),
        ("file", "a.exe", b"MZ", -201),
        ("file", "a.pdf", b"", -201),
        ("file", "a.pdf", b"0" * 5_000_001, -210),
    ],
)
def test_the_oa_refuses_an_upload(strict_oa: ZaloOAEmulator, kind: str, name: str, content: bytes, error: int) -> None:
    assert upload(strict_oa, kind, name, content)["error"] == error


def test_an_upload_needs_the_token_too(strict_oa: ZaloOAEmulator) -> None:
    answer = post(f"{strict_oa.base}/v2.0/oa/upload/image", files={"file": ("a.png", PNG)})
    assert answer.json()["error"] == -216


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

"""The Official Account's API refuses what docs/zalo.md C1 says it refuses, and takes what it takes."""

import json

import httpx
import pytest

from tests.emulators.emulator import Clock, Json, NotDelivered
from tests.emulators.inbox import Inbox, get, post, verified
from tests.emulators.server import wait_for
from tests.emulators.zalo_oa import ZaloOAEmulator
from tests.emulators.zalo_oa_grants import challenge
from tests.emulators.zalo_oa_uploads import Upload

TEXT = {"text": "Xin chào"}


def cs(oa: ZaloOAEmulator, message: object, user_id: object = "5200000000000000001", **headers: str) -> Json:
    headers = headers or {"access_token": oa.grants.access}
    body = {"recipient": {"user_id": user_id}, "message": message}
    answer = post(f"{oa.base}/v3.0/oa/message/cs", json=body, headers=headers)
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/json")
    return dict(answer.json())


def template(*, text: str = "Chọn", **payload: object) -> Json:
    return {"text": text, "attachment": {"type": "template", "payload": payload}}


def button(title: str = "Có", kind: str = "oa.query.hide", payload: object = "#co") -> Json:
    return {"title": title, "type": kind, "payload": payload}


def medium(**element: object) -> Json:
    return template(template_type="media", elements=[element])


BAD_OA_MESSAGES: list[tuple[object, int, str]] = [
    (None, -201, "message is invalid!"),
    ({}, -201, "text is invalid!"),
    ({"text": " "}, -201, "text is invalid!"),
    ({"text": 5}, -201, "text is invalid!"),
    ({"text": "ả" * 2001}, -210, "Parameter exceeds allowable limit"),
    ({"text": "a", "quote_message_id": 5}, -201, "quote_message_id is invalid!"),
    ({"attachment": {"type": "image"}}, -201, "attachment.type is invalid!"),
    ({"attachment": {"type": "template"}}, -201, "attachment.payload is invalid!"),
    ({"attachment": {"type": "file", "payload": {"token": "unknown"}}}, -201, "token is invalid!"),
    (template(), -201, "buttons is invalid!"),
    (template(text="", buttons=[button()]), -201, "text is invalid!"),
    (template(buttons=[]), -201, "buttons is invalid!"),
    (template(buttons=[button()] * 6), -201, "buttons is invalid!"),
    (template(buttons=[button(title="")]), -201, "title is invalid!"),
    (template(buttons=[button(title="a" * 101)]), -201, "title is invalid!"),
    (template(buttons=[button(kind="postback")]), -201, "type is invalid!"),
    (template(buttons=[button(payload={"a": 1})]), -201, "payload is invalid!"),
    (template(buttons=[button(payload="a" * 1001)]), -201, "payload is invalid!"),
    (template(buttons=[button(kind="oa.open.url", payload="https://x.vn")]), -201, "payload is invalid!"),
    (template(buttons=[button(kind="oa.open.phone", payload={})]), -201, "payload is invalid!"),
    (template(template_type="button", buttons=[button()]), -201, "template_type is invalid!"),
    (template(template_type="list", elements=[{}]), -233, "message type is invalid or not support"),
    (medium(media_type="video", url="https://x.vn/a"), -201, "media_type is invalid!"),
    (medium(media_type="image"), -201, "attachment_id is invalid!"),
    (medium(media_type="image", url="https://x.vn/a", attachment_id="b"), -201, "attachment_id is invalid!"),
    (medium(media_type="gif", url="https://x.vn/a"), -201, "width is invalid!"),
    (template(template_type="request_user_info", elements=[{}, {}]), -201, "elements is invalid!"),
    (template(template_type="request_user_info", elements=[{"title": "a"}]), -201, "subtitle is invalid!"),
]


@pytest.mark.parametrize(("message", "error", "told"), BAD_OA_MESSAGES)
def test_the_oa_refuses(strict_oa: ZaloOAEmulator, message: object, error: int, told: str) -> None:
    assert cs(strict_oa, message) == {"error": error, "message": told}
    assert not strict_oa.sent


GOOD_OA_MESSAGES: list[tuple[Json, str]] = [
    ({"text": "ả" * 2000}, "oa_send_text"),
    ({"text": "a\u0309" * 2000}, "oa_send_text"),
    ({"text": "Ý này", "quote_message_id": "9a1b2c3d4e5f60718294"}, "oa_send_text"),
    (template(buttons=[button(), button(kind="oa.open.url", payload={"url": "https://x.vn"})]), "oa_send_text"),
    (medium(media_type="image", url="https://x.vn/a.jpg"), "oa_send_image"),
    (medium(media_type="sticker", attachment_id="46034"), "oa_send_sticker"),
    ({"attachment": {"type": "file", "payload": {"token": "known"}}}, "oa_send_file"),
]


@pytest.mark.parametrize(("message", "event"), GOOD_OA_MESSAGES)
def test_the_oa_takes_a_message_and_echoes_it(
    oa: ZaloOAEmulator, inbox: Inbox, hook: str, message: Json, event: str
) -> None:
    oa.learn(oa.user().text("Chào"))
    oa.webhook_url, oa.uploads.kept["known"] = hook, Upload("file", "a.pdf", b"", oa.now() + 1)
    data = cs(oa, message)["data"]
    assert data["quota"] == {"quota_type": "reply"} and data["message_id"] == oa.sent[-1].message_id
    echo = wait_for(lambda: inbox.events)[0]
    assert echo["event_name"] == event and echo["message"]["msg_id"] == data["message_id"]
    assert echo["sender"] == {"id": oa.oa_id} and verified(oa.oa_secret, *inbox.got[0])


def test_receipts_follow_the_echo(oa: ZaloOAEmulator, inbox: Inbox, hook: str) -> None:
    oa.learn(oa.user().text("Chào"))
    oa.webhook_url, oa.receipts = hook, True
    cs(oa, TEXT)
    wait_for(lambda: len(inbox.got) == 3)
    assert [event["event_name"] for event in inbox.events] == [
        "oa_send_text",
        "user_received_message",
        "user_seen_message",
    ]


@pytest.mark.parametrize(
    ("gate", "error"),
    [("app_active", -209), ("authorised", -223), ("oa_enabled", -204), ("verified", -221), ("package_ok", -224)],
)
def test_a_closed_gate_stops_every_call(oa: ZaloOAEmulator, gate: str, error: int) -> None:
    setattr(oa, gate, False)
    assert cs(oa, TEXT)["error"] == error


@pytest.mark.parametrize(
    ("state", "error"), [("banned", -227), ("blocked", -244), ("restricted", -244), ("capped", -218)]
)
def test_some_people_cannot_be_written_to(oa: ZaloOAEmulator, state: str, error: int) -> None:
    oa.learn(oa.user().text("Chào"))
    setattr(oa.user(), state, True)
    assert cs(oa, TEXT)["error"] == error


def test_the_window_is_free_then_billed_then_closed(oa: ZaloOAEmulator, clock: Clock) -> None:
    oa.learn(oa.user().text("Chào"))
    clock.forward(hours=24)
    oa.grants.expired_as = -216
    assert cs(oa, TEXT)["data"]["quota"] == {"quota_type": "reply"}
    clock.forward(hours=24.1)
    assert cs(oa, TEXT) == {"error": -216, "message": "Access token has expired"}
    refresh(oa)
    assert "quota" not in cs(oa, TEXT)["data"] and oa.billed == 1
    clock.forward(days=5)
    refresh(oa)
    assert cs(oa, TEXT)["error"] == -230


def test_strangers_and_followers(oa: ZaloOAEmulator) -> None:
    assert cs(oa, TEXT, "999")["error"] == cs(oa, TEXT, 5)["error"] == -201
    hoa = oa.user()
    assert cs(oa, TEXT)["error"] == -232
    oa.learn(hoa.follow())
    assert [cs(oa, TEXT)["data"]["quota"]["quota_type"] for _ in range(3)] == ["welcome_msg"] * 3
    assert cs(oa, TEXT)["error"] == -232
    oa.learn(hoa.chatnow())
    assert cs(oa, TEXT)["data"]["quota"]["quota_type"] == "reply"


def test_calls_are_counted_by_the_minute(oa: ZaloOAEmulator, clock: Clock) -> None:
    oa.learn(oa.user().text("Chào"))
    oa.limit_per_minute = 2
    assert [cs(oa, TEXT)["error"] for _ in range(3)] == [0, 0, -32]
    clock.forward(seconds=60)
    assert cs(oa, TEXT)["error"] == 0


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/v3.0/oa/message/transaction", -233),
        ("/v3.0/oa/message/promotion", -233),
        ("/v2.0/oa/message", -240),
        ("/v2.0/oa/getprofile", -209),
    ],
)
def test_stopped_services_refuse(oa: ZaloOAEmulator, path: str, error: int) -> None:
    body = {"recipient": {"user_id": oa.user().id}, "message": TEXT}
    answer = post(oa.base + path, json=body, headers={"access_token": oa.grants.access})
    assert answer.json()["error"] == error and answer.headers["x-ratelimit-remain"] == "3999"


def test_an_anonymous_visitor_is_answered_on_v2(oa: ZaloOAEmulator, inbox: Inbox, hook: str) -> None:
    visitor, oa.webhook_url = oa.visitor(), hook
    recipient = {"anonymous_id": visitor.id, "conversation_id": visitor.conversation_id}
    head = {"access_token": oa.grants.access}
    answer = post(f"{oa.base}/v2.0/oa/message", json={"recipient": recipient, "message": TEXT}, headers=head).json()
    assert answer["data"]["anonymous_id"] == visitor.id
    assert wait_for(lambda: inbox.events)[0]["event_name"] == "oa_send_anonymous_text"
    assert oa.billed == 0


def test_a_profile_is_told_of_known_people_only(oa: ZaloOAEmulator) -> None:
    def detail(data: str) -> Json:
        url, head = f"{oa.base}/v3.0/oa/user/detail", {"access_token": oa.grants.access}
        return dict(get(url, params={"data": data}, headers=head).json())

    asked = json.dumps({"user_id": oa.user().id})
    assert (detail("{")["error"], detail(asked)["error"]) == (-201, -213)
    oa.learn(oa.user().follow())
    assert detail(asked)["data"]["display_name"] == "Nguyễn Thị Hoa"


VERIFIER = "a" * 43


def exchange(oa: ZaloOAEmulator, secret: str = "", **form: str) -> httpx.Response:
    data = {"app_id": oa.app_id, **form}
    return post(f"{oa.base}/v4/oa/access_token", data=data, headers={"secret_key": secret or oa.app_secret})


def refresh(oa: ZaloOAEmulator, token: str = "", secret: str = "") -> Json:
    return dict(exchange(oa, secret, grant_type="refresh_token", refresh_token=token or oa.grants.refresh).json())


def test_a_refresh_burns_both_old_tokens(oa: ZaloOAEmulator) -> None:
    oa.learn(oa.user().text("Chào"))
    access, spent = oa.grants.access, oa.grants.refresh
    answer = refresh(oa)
    assert answer["expires_in"] == "90000" and answer["access_token"] == oa.grants.access
    assert cs(oa, TEXT, access_token=access)["error"] == -216
    assert refresh(oa, spent)["error_name"] == "Invalid refresh token"
    assert cs(oa, TEXT)["error"] == 0


def test_tokens_end(oa: ZaloOAEmulator, clock: Clock) -> None:
    clock.forward(hours=25)
    assert cs(oa, TEXT)["error"] == -220
    clock.forward(days=90)
    assert "error_name" in refresh(oa)


def test_other_credentials_are_refused(oa: ZaloOAEmulator) -> None:
    assert cs(oa, TEXT, authorization=f"Bearer {oa.grants.access}")["error"] == -216
    assert "access_token" not in refresh(oa, secret="other")
    json_body = {"app_id": oa.app_id, "grant_type": "refresh_token", "refresh_token": oa.grants.refresh}
    answer = post(f"{oa.base}/v4/oa/access_token", json=json_body, headers={"secret_key": oa.app_secret})
    assert "error_name" in answer.json()


def test_a_refusal_of_oauth_has_three_faces(oa: ZaloOAEmulator) -> None:
    assert refresh(oa, "x")["error"] < 0
    oa.oauth_failure = "name"
    assert "error" not in refresh(oa, "x")
    oa.oauth_failure = "http"
    assert exchange(oa, grant_type="refresh_token", refresh_token="x").status_code == 400


def test_a_lost_answer_loses_the_grant(oa: ZaloOAEmulator) -> None:
    held = oa.grants.refresh
    oa.faults.drop(only="/v4/oa/access_token")
    with pytest.raises(httpx.RemoteProtocolError):
        refresh(oa)
    assert "error_name" in refresh(oa, held)


def consent(oa: ZaloOAEmulator, redirect_uri: str) -> httpx.Response:
    query = {"app_id": oa.app_id, "redirect_uri": redirect_uri, "code_challenge": challenge(VERIFIER), "state": "s1"}
    return get(f"{oa.base}/v4/oa/permission", params=query)


def test_a_code_is_exchanged_once_with_its_verifier(oa: ZaloOAEmulator, clock: Clock) -> None:
    def code() -> str:
        return httpx.URL(consent(oa, oa.grants.callback_url).headers["location"]).params["code"]

    def trade(value: str, verifier: str = VERIFIER) -> Json:
        return dict(exchange(oa, grant_type="authorization_code", code=value, code_verifier=verifier).json())

    assert consent(oa, "https://other.vn").json()["error"] == -14003
    good = code()
    assert trade(good)["access_token"] == oa.grants.access
    assert "error_name" in trade(good) and "error_name" in trade(code(), "b" * 43)
    late = code()
    clock.forward(seconds=601)
    assert "error_name" in trade(late)


def upload(oa: ZaloOAEmulator, kind: str, name: str, content: bytes, field: str = "file") -> Json:
    headers = {"access_token": oa.grants.access}
    answer = post(f"{oa.base}/v2.0/oa/upload/{kind}", files={field: (name, content)}, headers=headers)
    return dict(answer.json())


@pytest.mark.parametrize(
    ("kind", "name", "content", "error"),
    [
        ("image", "a.jpg", b"\xff\xd8\xff" + b"x" * 1024 * 1024, -210),
        ("image", "a.jpg", b"%PDF-", -201),
        ("gif", "a.gif", b"\x89PNG\r\n\x1a\n", -201),
        ("file", "a.pdf", b"%PDF-" + b"x" * 5 * 1024 * 1024, -210),
        ("file", "a.exe", b"%PDF-", -201),
        ("file", "a.pdf", b"MZ", -201),
    ],
)
def test_an_upload_is_refused(strict_oa: ZaloOAEmulator, kind: str, name: str, content: bytes, error: int) -> None:
    assert upload(strict_oa, kind, name, content)["error"] == error
    assert upload(strict_oa, kind, name, content, field="image")["error"] == -201


def test_an_upload_is_named_for_seven_days_as_what_it_is(oa: ZaloOAEmulator, clock: Clock) -> None:
    oa.learn(oa.user().text("Chào"))
    picture = upload(oa, "image", "a.jpg", b"\xff\xd8\xff")["data"]["attachment_id"]
    paper = upload(oa, "file", "a.pdf", b"%PDF-")["data"]["token"]
    shown, given = (
        medium(media_type="image", attachment_id=picture),
        {"attachment": {"type": "file", "payload": {"token": paper}}},
    )
    assert cs(oa, shown)["error"] == cs(oa, given)["error"] == 0
    assert cs(oa, {"attachment": {"type": "file", "payload": {"token": picture}}})["error"] == -201
    assert cs(oa, medium(media_type="image", attachment_id=paper))["error"] == -201
    clock.forward(days=7)
    refresh(oa)
    assert cs(oa, shown)["error"] == cs(oa, given)["error"] == -100


def test_a_tap_is_typed_text_and_a_link_is_nothing(oa: ZaloOAEmulator) -> None:
    hoa = oa.user()
    oa.learn(hoa.text("Chào"))
    cs(oa, template(buttons=[button(), button(kind="oa.open.url", payload={"url": "https://x.vn"})]))
    tapped = hoa.tap(oa.sent[0], 0)
    assert (tapped["event_name"], tapped["message"]["text"]) == ("user_send_text", "#co")
    with pytest.raises(NotDelivered):
        hoa.tap(oa.sent[0], 1)
    with pytest.raises(NotDelivered):
        hoa.chatnow()

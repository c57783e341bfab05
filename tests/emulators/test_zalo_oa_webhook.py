"""The Official Account's webhooks: signature, spelling, shapes."""

import json
from typing import get_args

from tests.emulators.inbox import Inbox, samples, shape, verified
from tests.emulators.zalo_oa import ZaloOAEmulator
from tests.emulators.zalo_oa_webhook import Body, Sign, encode, mac


def test_the_signature_matches_the_vector() -> None:
    """docs/zalo.md A5.1"""
    event = samples("zalo_oa.jsonl")[0]
    raw = encode(event)
    parts = ("1800000000000000001", "1795413000123", "OASECRETKEY_demo_0001")
    assert len(raw) == 295
    assert mac(parts[0], raw, *parts[1:]) == "a228cbd7ccaa0c49b0dbdc57c71ef384d9647be6d91794e5090f73ff36cc8af4"
    escaped = mac(parts[0], encode(event, "escaped"), *parts[1:])
    assert escaped == "22d494172b1c2ff66f75a4b770933757acb40df0b5c39a4fb338cd02216faf07"


def test_every_spelling_verifies_and_no_forgery_does(oa: ZaloOAEmulator, inbox: Inbox, hook: str) -> None:
    event = oa.user().text("Tôi muốn làm giấy khai sinh")
    bodies: tuple[Body, ...] = get_args(Body)
    for body in bodies:
        oa.post(event, hook, body=body)
    oa.post(event, hook, sign="bare")
    oa.post(event, hook, sign="blanks")
    assert [verified(oa.oa_secret, *got) for got in inbox.got] == [True] * 7
    inbox.got.clear()
    forged: tuple[Sign, ...] = ("missing", "secret", "app", "hmac")
    for sign in forged:
        oa.post(event, hook, sign=sign)
    assert [verified(oa.oa_secret, *got) for got in inbox.got] == [False] * 4


def test_a_repetition_says_so_and_a_refusal_is_noted(oa: ZaloOAEmulator, inbox: Inbox, hook: str) -> None:
    event = oa.user().text("Chào")
    inbox.status = 500
    oa.post(event, hook)
    inbox.status = 200
    oa.post(event, hook, retry=1)
    assert inbox.got[0][1] == inbox.got[1][1]
    assert [headers.get("num_retry") for headers, _ in inbox.got] == [None, "1"]
    assert [delivery.status for delivery in oa.violations] == [500]


def test_made_events_look_like_the_samples(oa: ZaloOAEmulator) -> None:
    hoa, group = oa.user(), "f414c8f76fa586fbdfb4"
    made = [
        hoa.text("a"),
        hoa.text("a", quote="63ecf43f0df7dba892e6"),
        *(hoa.image(), hoa.gif(), hoa.audio(), hoa.video(), hoa.sticker(), hoa.location(), hoa.file(), hoa.link()),
        *(hoa.business_card(), hoa.echo("text", {"text": "a", "msg_id": "b"}), hoa.told_by_admin("a")),
        *(hoa.received("a"), hoa.seen("a"), hoa.follow(), hoa.unfollow(), hoa.chatnow(), hoa.withdraw()),
        *(hoa.submit_info(), hoa.submit_info(old_shape=True), oa.visitor().text("a"), oa.visitor().echo("a", "b")),
        hoa.group_text(group, "nhận ca"),
    ]
    known = {json.dumps(shape(event)) for event in samples("zalo_oa.jsonl")}
    assert [event for event in made if json.dumps(shape(event)) not in known] == []

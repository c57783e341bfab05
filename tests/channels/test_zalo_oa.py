"""Zalo OA end to end: signed events as the platform posts them, consultation messages as it takes them."""

import asyncio
import json

import pytest
from sqlalchemy import select, true

from bot.handoff import ticket_lists, tickets
from bot.outbox import backlog, outbox
from bot.outbox.backlog import Line
from bot.store.tables import conversations
from flows.messages import Choice, Reply
from tests import patient
from tests.channels.conftest import Platform
from tests.emulators.inbox import samples
from tests.emulators.server import wait_for


def titles(sent: object) -> list[str]:
    return [label for row in sent.buttons for label, _ in row]  # type: ignore[attr-defined]


def counts(platform: Platform) -> dict[str, int]:
    return asyncio.run(platform.service.database.read(outbox.count_by_state))


def line(platform: Platform) -> Line:
    return asyncio.run(platform.service.database.read(backlog.list_channels))[0]


def test_a_citizen_walks_a_procedure_with_buttons(zalo_oa: Platform) -> None:
    hoa = zalo_oa.emulator.user()
    sent = zalo_oa.hears(hoa.text("tôi muốn làm nhà"))
    assert "[leaflet_next]" in sent.text
    sent = zalo_oa.hears(hoa.tap(sent, titles(sent).index("<walk>")))
    assert titles(sent) == ["Có rồi", "Chưa có", "<human>"]
    for index in (0, 0, 0, 0, 0):
        sent = zalo_oa.hears(hoa.tap(sent, index))
    assert "[which_commune]" in sent.text
    assert "nhà sàn giữa bản" in zalo_oa.hears(hoa.text("bản mới")).text


def test_following_is_greeted_with_the_menu(zalo_oa: Platform) -> None:
    sent = zalo_oa.hears(zalo_oa.emulator.user().follow())
    assert "[intro]" in sent.text
    assert titles(sent) == ["Làm nhà", "Nuôi mèo", "<human>"]


def test_more_than_five_choices_go_on_further_messages(zalo_oa: Platform) -> None:
    hoa = zalo_oa.emulator.user()
    zalo_oa.hears(hoa.text("làm nhà"))
    zalo_oa.hears(hoa.text("bản mới"))
    for text in ("tiếp tục", "có rồi", "nhà gỗ", "một tầng", "chưa", "đơn", "ảnh", "xong", "xong"):
        zalo_oa.hears(hoa.text(text))
    before = len(zalo_oa.sent)
    zalo_oa.post(hoa.text("sửa"))
    wait_for(lambda: any("[change]" in message.text for message in zalo_oa.sent[before:]))
    assert all(len(titles(message)) <= 5 for message in zalo_oa.sent[before:])


def test_every_question_shows_the_way_to_a_person(zalo_oa: Platform) -> None:
    nav = (Choice("Quay lại", "0:nha:!back"), Choice("Gặp người", "0:nha:!human"))
    for count in range(12):
        choices = tuple(Choice(f"cách {n}", f"0:nha:{n}") for n in range(count))
        sent = zalo_oa.service.channels["zalo-oa"].render(Reply("Nhà gì?", choices, nav, "Còn nữa:"), "hoa")
        pages = [message.payload["attachment"]["payload"]["buttons"] for message in sent]
        assert all(len(page) <= 5 for page in pages)
        assert [button["title"] for page in pages for button in page].count("Gặp người") == 1


@pytest.mark.parametrize("body", ["compact", "escaped", "spaced", "shuffled", "number"])
@pytest.mark.parametrize("sign", ["good", "bare", "blanks"])
def test_the_signature_is_over_the_bytes_as_they_came(zalo_oa: Platform, body: str, sign: str) -> None:
    event = zalo_oa.emulator.user().text("Tôi muốn làm nhà")
    answer = zalo_oa.emulator.post(event, f"{zalo_oa.url}/webhook/zalo-oa", body=body, sign=sign)
    assert answer.status_code == 200
    wait_for(lambda: zalo_oa.sent)


@pytest.mark.parametrize("sign", ["missing", "secret", "app", "hmac"])
def test_a_forged_event_is_refused_and_leaves_nothing(zalo_oa: Platform, sign: str) -> None:
    event = zalo_oa.emulator.user().text("Tôi muốn làm nhà")
    assert zalo_oa.emulator.post(event, f"{zalo_oa.url}/webhook/zalo-oa", sign=sign).status_code == 401
    assert counts(zalo_oa) == {}


@pytest.mark.parametrize("timestamp", ["\ud800", "x" * 100_000, [[[1]]], {"a": "\ud800"}, 10**400, None, True])
def test_an_odd_timestamp_is_a_forgery_like_others(zalo_oa: Platform, timestamp: object) -> None:
    event = {"app_id": zalo_oa.emulator.app_id, "event_name": "user_send_text", "timestamp": timestamp}
    assert patient.post(f"{zalo_oa.url}/webhook/zalo-oa", content=json.dumps(event)).status_code == 401


def test_every_sample_event_is_accepted_and_only_messages_are_answered(zalo_oa: Platform) -> None:
    for event in samples("zalo_oa.jsonl"):
        assert zalo_oa.emulator.post(event, f"{zalo_oa.url}/webhook/zalo-oa").status_code == 200, event
    contacts = asyncio.run(
        zalo_oa.service.database.read(lambda c: set(c.execute(select(conversations.c.contact)).scalars()))
    )
    assert contacts == {"5200000000000000001", "anonymous:6600000000000000001:c0ffee0123456789abcd"}


def test_our_own_messages_come_back_as_echoes_and_are_passed_over(zalo_oa: Platform) -> None:
    hoa = zalo_oa.emulator.user()
    zalo_oa.hears(hoa.text("làm nhà"))
    wait_for(lambda: [d for d in zalo_oa.emulator.deliveries if d.event["event_name"] == "oa_send_text"])
    zalo_oa.hears(hoa.text("bản mới"))
    assert len(zalo_oa.sent) == 2
    assert zalo_oa.emulator.violations == []


def test_an_anonymous_visitor_is_answered_with_numbered_lines(zalo_oa: Platform) -> None:
    visitor = zalo_oa.emulator.visitor()
    sent = zalo_oa.hears(visitor.text("nuôi mèo"))
    assert sent.method == "v2"
    assert "1. <walk>" in sent.text
    assert "cho mèo ăn" in zalo_oa.hears(visitor.text("1")).text


def test_an_expired_token_is_refreshed_once_and_the_new_pair_is_kept(zalo_oa: Platform) -> None:
    old = zalo_oa.emulator.grants.refresh
    zalo_oa.emulator.grants.access = "AT-another"
    sent = zalo_oa.hears(zalo_oa.emulator.user().text("làm nhà"))
    assert "[intro]" in sent.text
    assert len(zalo_oa.emulator.called("/v4/oa/access_token")) == 1
    assert zalo_oa.emulator.grants.refresh != old


def test_a_lost_grant_raises_an_alarm_and_messages_wait(zalo_oa: Platform, caplog: pytest.LogCaptureFixture) -> None:
    zalo_oa.emulator.grants.revoke()
    zalo_oa.emulator.oauth_failure = "name"
    zalo_oa.post(zalo_oa.emulator.user().text("làm nhà"))
    wait_for(lambda: "the grant is lost" in caplog.text)
    wait_for(lambda: line(zalo_oa).paused)
    assert (line(zalo_oa).pending, line(zalo_oa).retrying) == (1, 0), "who waits for a grant has not failed"
    assert "motcua zalo authorize" in caplog.text
    assert "RT_" not in caplog.text


def test_a_closed_window_is_no_reason_to_try_again(zalo_oa: Platform) -> None:
    hoa = zalo_oa.emulator.user()
    zalo_oa.hears(hoa.text("làm nhà"))
    zalo_oa.emulator.fail(-230, "User has not interacted with the OA in the past 7 days")
    zalo_oa.post(hoa.text("tiếp tục"))
    wait_for(lambda: counts(zalo_oa).get("dead"))
    assert "Bác có đất" in zalo_oa.hears(hoa.text("xin chào")).text


def test_who_withdraws_consent_is_forgotten(zalo_oa: Platform) -> None:
    hoa = zalo_oa.emulator.user()
    zalo_oa.hears(hoa.text("làm nhà"))
    zalo_oa.post(hoa.withdraw())
    assert "[menu]" in zalo_oa.hears(hoa.text("xin chào")).text


def test_a_reply_after_a_crash_in_the_platform_still_arrives(zalo_oa: Platform) -> None:
    zalo_oa.emulator.faults.fail(502, times=1, only="/v3.0/oa/message/cs")
    assert "[intro]" in zalo_oa.hears(zalo_oa.emulator.user().text("làm nhà")).text


def test_somebody_looks_whether_there_is_a_webhook(zalo_oa: Platform) -> None:
    assert patient.get(f"{zalo_oa.url}/webhook/zalo-oa").status_code == 200
    assert patient.get(f"{zalo_oa.url}/webhook/telegram").status_code == 404
    assert patient.post(f"{zalo_oa.url}/webhook/telegram", json={}).status_code == 404


def ticket(platform: Platform) -> tuple[str, str | None]:
    found = asyncio.run(platform.service.database.read(lambda c: tickets.get(c, 1)))
    assert found
    return found.state, found.agent


def test_who_answers_in_the_oas_own_tool_has_the_ticket_and_the_bot_keeps_quiet(zalo_oa: Platform) -> None:
    hoa = zalo_oa.emulator.user()
    zalo_oa.hears(hoa.text("làm nhà"))
    zalo_oa.hears(hoa.text("bản mới"))
    zalo_oa.hears(hoa.text("gặp người"))
    told = hoa.told_by_admin("Bác chờ em xem nhé")
    assert zalo_oa.hears(told).text == "[person_came]"
    assert ticket(zalo_oa) == ("claimed", "Zalo OA")
    before = len(zalo_oa.sent)
    assert [zalo_oa.post(told).status_code for _ in range(3)] == [200] * 3
    for text in ("vâng", "có rồi"):
        assert zalo_oa.post(hoa.text(text)).status_code == 200
    assert "[helped]" in zalo_oa.hears(hoa.told_by_admin("#Xong")).text
    assert len(zalo_oa.sent) == before + 1
    assert ticket(zalo_oa) == ("resolved", "Zalo OA")


def test_a_word_in_the_oas_tool_opens_a_ticket_of_its_own(zalo_oa: Platform) -> None:
    hoa = zalo_oa.emulator.user()
    zalo_oa.hears(hoa.text("làm nhà"))
    zalo_oa.hears(hoa.told_by_admin("Bác Hoa ơi, em Lan ở xã đây"))
    assert ticket(zalo_oa) == ("claimed", "Zalo OA")
    assert zalo_oa.stays_silent(hoa.text("có rồi"), hoa.text("quay lại bot"))


def test_the_echo_of_our_own_message_claims_nothing(zalo_oa: Platform) -> None:
    hoa = zalo_oa.emulator.user()
    zalo_oa.hears(hoa.text("làm nhà"))
    zalo_oa.post(hoa.echo("text", {"text": "của máy", "msg_id": zalo_oa.emulator.hex_id()}))
    zalo_oa.hears(hoa.text("bản mới"))
    assert asyncio.run(zalo_oa.service.database.read(lambda c: ticket_lists.list_newest(c, true()))) == []


def test_a_word_that_comes_after_the_end_of_the_talk_reopens_nothing(zalo_oa: Platform) -> None:
    hoa = zalo_oa.emulator.user()
    zalo_oa.hears(hoa.text("làm nhà"))
    late = hoa.told_by_admin("chờ em nhé")
    zalo_oa.hears(hoa.told_by_admin("em đây"))
    zalo_oa.hears(hoa.text("quay lại bot"))
    zalo_oa.post(late)
    assert ticket(zalo_oa) == ("resolved", "Zalo OA")

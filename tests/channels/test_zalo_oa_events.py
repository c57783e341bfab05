"""What happens on a Zalo OA besides messages, and what its error codes lead to."""

import asyncio

import pytest
from sqlalchemy import select

from bot.channels import zalo_errors
from bot.handoff import tickets
from bot.outbox import outbox
from bot.store.tables import conversations, transcript
from tests import patient
from tests.channels.conftest import Platform
from tests.emulators.server import wait_for

TEXTS = select(transcript.c.text)


def counts(platform: Platform) -> dict[str, int]:
    return asyncio.run(platform.service.database.read(outbox.count_by_state))


def lines(platform: Platform) -> str:
    return "\n".join(asyncio.run(platform.service.database.read(lambda c: list(c.execute(TEXTS).scalars()))))


def alarms(platform: Platform) -> list[str]:
    found: list[str] = patient.get(f"{platform.url}/readyz").json()["alarms"]
    return found


# --- events ---


def test_who_presses_chat_for_the_first_time_is_greeted(zalo_oa: Platform) -> None:
    assert "[intro]" in zalo_oa.hears(zalo_oa.emulator.user().chatnow()).text


def test_who_unfollows_is_left_alone_until_they_write_again(zalo_oa: Platform) -> None:
    hoa = zalo_oa.emulator.user()
    zalo_oa.hears(hoa.text("làm nhà"))
    zalo_oa.post(hoa.unfollow())
    blocked = select(conversations.c.blocked)
    assert asyncio.run(zalo_oa.service.database.read(lambda c: c.execute(blocked).scalar_one()))
    zalo_oa.hears(hoa.text("bản mới"))
    assert not asyncio.run(zalo_oa.service.database.read(lambda c: c.execute(blocked).scalar_one()))


@pytest.mark.parametrize("old_shape", [False, True])
def test_of_shared_data_only_the_number_is_heard_and_masked_like_a_typed_one(
    zalo_oa: Platform, old_shape: bool
) -> None:
    hoa = zalo_oa.emulator.user()
    zalo_oa.hears(hoa.text("làm nhà"))
    assert "[phone_masked]" in zalo_oa.hears(hoa.submit_info(old_shape)).text
    kept = lines(zalo_oa)
    assert not any(secret in kept for secret in ("84900000001", "900000001", "30/10/1999", "Đường số 13", "Hoa"))


def test_shared_data_without_a_number_is_passed_over(zalo_oa: Platform) -> None:
    hoa = zalo_oa.emulator.user()
    zalo_oa.stays_silent(hoa.submit_info(phone=""), hoa.text("làm nhà"))


def test_who_withdraws_consent_leaves_nothing_behind(zalo_oa: Platform) -> None:
    hoa = zalo_oa.emulator.user()
    for said in ("làm nhà", "bản mới", "gặp người"):
        zalo_oa.hears(hoa.text(said))
    zalo_oa.post(hoa.withdraw())
    assert lines(zalo_oa) == ""
    assert counts(zalo_oa) == {}
    assert asyncio.run(zalo_oa.service.database.read(lambda c: tickets.get(c, 1))) is None


def test_a_word_of_the_team_to_an_anonymous_visitor_claims_their_ticket(zalo_oa: Platform) -> None:
    visitor = zalo_oa.emulator.visitor()
    zalo_oa.hears(visitor.text("nuôi mèo"))
    echo = visitor.echo("Chào bác, em Lan ở xã", zalo_oa.emulator.hex_id())
    zalo_oa.stays_silent(echo, visitor.text("bản mới"))
    by_admin = {**echo, "sender": {**echo["sender"], "admin_id": "7700000000000000001"}}
    by_admin["message"] = {**echo["message"], "msg_id": zalo_oa.emulator.hex_id()}
    assert zalo_oa.hears(by_admin).text == "[person_came]"
    assert asyncio.run(zalo_oa.service.database.read(lambda c: c.execute(select(conversations.c.id)).all())) == [(1,)]


def test_an_event_that_is_posted_again_changes_nothing(zalo_oa: Platform) -> None:
    hoa = zalo_oa.emulator.user()
    follow = hoa.follow()
    zalo_oa.hears(follow)
    zalo_oa.stays_silent(follow, hoa.text("làm nhà"))


def test_what_happens_at_another_oa_of_the_app_is_passed_over(zalo_oa: Platform) -> None:
    hoa = zalo_oa.emulator.user()
    for event in (hoa.follow(), hoa.submit_info(), hoa.withdraw()):
        other = {key: "4100000000000000999" if key == "oa_id" else value for key, value in event.items()}
        if "recipient" in other:
            other["recipient"] = {"id": "4100000000000000999"}
        assert zalo_oa.post(other).status_code == 200
    assert lines(zalo_oa) == ""


# --- errors, which come with HTTP 200 ---


@pytest.mark.parametrize("code", zalo_errors.ACCOUNT)
def test_an_account_that_may_send_nothing_is_an_alarm_and_messages_wait(zalo_oa: Platform, code: int) -> None:
    hoa, minh = zalo_oa.emulator.user(), zalo_oa.emulator.user("5200000000000000002", "Minh")
    zalo_oa.emulator.fail(code, "…")
    zalo_oa.post(hoa.text("làm nhà"))
    wait_for(lambda: alarms(zalo_oa) == ["zalo_account"])
    assert counts(zalo_oa) == {"pending": 1}
    zalo_oa.hears(minh.text("làm nhà"))
    wait_for(lambda: alarms(zalo_oa) == [])


@pytest.mark.parametrize("code", [*zalo_errors.REFUSED, *zalo_errors.WINDOW_CLOSED, *zalo_errors.UNREACHABLE, -99999])
def test_what_can_never_go_is_kept_with_its_reason_and_raises_no_alarm(zalo_oa: Platform, code: int) -> None:
    zalo_oa.emulator.fail(code, "…")
    zalo_oa.post(zalo_oa.emulator.user().text("làm nhà"))
    wait_for(lambda: counts(zalo_oa) == {"dead": 1})
    assert alarms(zalo_oa) == []
    assert len(zalo_oa.emulator.called("/v3.0/oa/message/cs")) == 1


@pytest.mark.parametrize("code", [zalo_errors.PER_MINUTE])
def test_what_is_too_fast_waits(zalo_oa: Platform, code: int) -> None:
    zalo_oa.emulator.fail(code, "reached limit call api")
    zalo_oa.post(zalo_oa.emulator.user().text("làm nhà"))
    wait_for(lambda: zalo_oa.emulator.called("/v3.0/oa/message/cs"))
    assert counts(zalo_oa) == {"pending": 1}


def test_what_failed_for_no_reason_is_sent_again(zalo_oa: Platform) -> None:
    zalo_oa.emulator.fail(-200, "Send message failed")
    assert "[intro]" in zalo_oa.hears(zalo_oa.emulator.user().text("làm nhà")).text


@pytest.mark.parametrize("code", zalo_errors.TOKEN_DEAD)
def test_a_token_that_stays_dead_is_refreshed_once_for_each_try(zalo_oa: Platform, code: int) -> None:
    zalo_oa.emulator.fail(code, "Access token is invalid", times=2, only="/v3.0/oa/message/cs")
    assert "[intro]" in zalo_oa.hears(zalo_oa.emulator.user().text("làm nhà")).text
    assert len(zalo_oa.emulator.called("/v4/oa/access_token")) == 1

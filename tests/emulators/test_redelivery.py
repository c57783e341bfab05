"""Each platform posts again by its own timetable, and can be told to post twice or late."""

from collections.abc import Iterator

import pytest

from tests.emulators.emulator import Clock, NotDelivered
from tests.emulators.inbox import Inbox, post, verified
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.zalo_bot import ZaloBotEmulator
from tests.emulators.zalo_oa import LADDER, ZaloOAEmulator

NOWHERE = "http://127.0.0.1:1/hook"


@pytest.fixture
def telegram(clock: Clock, hook: str) -> Iterator[TelegramEmulator]:
    with TelegramEmulator(allow_loopback=True, now=clock) as emulator:
        post(f"{emulator.base}/bot{emulator.token}/setWebhook", json={"url": hook, "secret_token": "bi-mat"})
        yield emulator


@pytest.fixture
def bot(clock: Clock, hook: str) -> Iterator[ZaloBotEmulator]:
    with ZaloBotEmulator(allow_loopback=True, now=clock) as emulator:
        emulator.webhook = {"url": hook, "secret_token": "bi-mat-01", "updated_at": 0}
        yield emulator


def info(telegram: TelegramEmulator) -> dict[str, object]:
    return dict(post(f"{telegram.base}/bot{telegram.token}/getWebhookInfo").json()["result"])


def test_telegram_tries_again_at_once_then_ever_later(telegram: TelegramEmulator, inbox: Inbox, clock: Clock) -> None:
    inbox.status = 503
    telegram.dispatch(telegram.user().text("Chào"))
    assert len(inbox.got) == 2, "the second try follows the first failure at once"
    for wait in (2, 4, 8, 16, 32, 60, 60):
        before = len(inbox.got)
        clock.forward(seconds=wait - 1)
        assert telegram.redelivery.deliver() == 0
        clock.forward(seconds=1)
        telegram.redelivery.deliver()
        assert len(inbox.got) == before + 1
    told = info(telegram)
    assert told["pending_update_count"] == 1
    assert told["last_error_message"] == "Wrong response from the webhook: 503"
    inbox.status = 200
    clock.forward(seconds=60)
    telegram.redelivery.deliver()
    assert info(telegram)["pending_update_count"] == 0
    assert len({raw for _, raw in inbox.got}) == 1, "the same bytes each time"


def test_telegram_waits_as_long_as_the_webhook_asks(telegram: TelegramEmulator, inbox: Inbox, clock: Clock) -> None:
    inbox.status, inbox.headers = 503, {"Retry-After": "5"}
    telegram.dispatch(telegram.user().text("Chào"))
    assert len(inbox.got) == 1
    clock.forward(seconds=5)
    telegram.redelivery.deliver()
    assert len(inbox.got) == 2


def test_telegram_keeps_the_order_of_a_chat_and_lets_others_pass(
    telegram: TelegramEmulator, inbox: Inbox, clock: Clock
) -> None:
    hoa, lan = telegram.user(1), telegram.user(2)
    inbox.status = 503
    telegram.dispatch(hoa.text("một"))
    inbox.status = 200
    telegram.dispatch(lan.text("khác"))
    telegram.dispatch(hoa.text("hai"))
    assert [event["message"]["text"] for event in inbox.events] == ["một", "một", "khác"]
    clock.forward(seconds=2)
    telegram.redelivery.deliver()
    assert [event["message"]["text"] for event in inbox.events][3:] == ["một", "hai"]


def test_telegram_drops_an_update_after_a_day(telegram: TelegramEmulator, inbox: Inbox, clock: Clock) -> None:
    inbox.status = 500
    telegram.dispatch(telegram.user().text("Chào"))
    clock.forward(hours=24)
    telegram.redelivery.deliver()
    assert (telegram.redelivery.pending, len(telegram.redelivery.given_up)) == (0, 1)


def test_what_telegram_could_not_post_can_be_polled(telegram: TelegramEmulator, inbox: Inbox) -> None:
    inbox.status = 500
    update = telegram.user().text("Chào")
    telegram.dispatch(update)
    post(f"{telegram.base}/bot{telegram.token}/deleteWebhook")
    assert post(f"{telegram.base}/bot{telegram.token}/getUpdates").json()["result"] == [update]


def test_the_oa_climbs_its_ladder_and_then_switches_the_webhook_off(
    oa: ZaloOAEmulator, inbox: Inbox, hook: str, clock: Clock
) -> None:
    oa.webhook_url, oa.retry_on, inbox.status = hook, "any failure", 500
    oa.dispatch(oa.user().text("Chào"))
    for wait in LADDER:
        clock.forward(seconds=wait - 1)
        assert oa.redelivery.deliver() == 0
        clock.forward(seconds=1)
        assert oa.redelivery.deliver() == 1
    assert [headers.get("num_retry") for headers, _ in inbox.got] == [None, "1", "2", "3", "4", "5"]
    assert len({raw for _, raw in inbox.got}) == 1
    assert all(verified(oa.oa_secret, *got) for got in inbox.got)
    assert not oa.webhook_enabled
    with pytest.raises(NotDelivered):
        oa.dispatch(oa.user().text("Còn đó không?"))


def test_by_the_documentation_the_oa_tries_again_only_without_a_connection(
    oa: ZaloOAEmulator, inbox: Inbox, hook: str, clock: Clock
) -> None:
    oa.webhook_url, inbox.status = hook, 500
    oa.dispatch(oa.user().text("Chào"))
    assert oa.redelivery.pending == 0 and oa.webhook_enabled
    oa.webhook_url, inbox.status = NOWHERE, 200
    oa.dispatch(oa.user().text("Chào"))
    oa.webhook_url = hook
    clock.forward(seconds=30)
    assert oa.redelivery.deliver() == 1
    assert inbox.got[-1][0]["num_retry"] == "1"


def test_some_events_never_leave_the_oa(oa: ZaloOAEmulator, inbox: Inbox, hook: str) -> None:
    hoa = oa.user()
    with pytest.raises(NotDelivered):
        oa.dispatch(hoa.text("Chào"))
    oa.webhook_url, oa.syntax_filter, oa.switched_off = hook, True, {"user_send_image"}
    oa.dispatch(hoa.text("#chào"))
    for event in (hoa.text("Chào"), hoa.image()):
        with pytest.raises(NotDelivered):
            oa.dispatch(event)
    oa.authorised = False
    with pytest.raises(NotDelivered):
        oa.dispatch(hoa.text("#chào"))
    assert len(inbox.got) == 1


def test_the_bot_platform_tries_again(bot: ZaloBotEmulator, inbox: Inbox, clock: Clock) -> None:
    inbox.status = 500
    bot.dispatch(bot.user().text("Chào"))
    for wait in bot.ladder:
        clock.forward(seconds=wait)
        bot.redelivery.deliver()
    assert len(inbox.got) == 3 and len(bot.redelivery.given_up) == 1


def test_posts_come_twice_or_late_when_told(bot: ZaloBotEmulator, inbox: Inbox, clock: Clock) -> None:
    bot.redelivery.duplicate = 1
    bot.dispatch(bot.user().text("một"))
    assert len(inbox.got) == 2 and inbox.got[0][1] == inbox.got[1][1]
    bot.redelivery.duplicate, bot.redelivery.reorder = 0, 1
    bot.dispatch(bot.user().text("hai"))
    bot.redelivery.reorder = 0
    bot.dispatch(bot.user().text("ba"))
    clock.forward(seconds=1)
    bot.redelivery.deliver()
    assert [event["message"]["text"] for event in inbox.events] == ["một", "một", "ba", "hai"]

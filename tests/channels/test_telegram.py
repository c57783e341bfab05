"""Telegram end to end: updates as the Bot API posts them, calls as it takes them."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.outbox import outbox
from tests import patient
from tests.channels.conftest import TELEGRAM_SECRET, Platform, telegram_settings
from tests.conftest import MakeSettings, running
from tests.emulators.inbox import samples
from tests.emulators.server import wait_for
from tests.emulators.telegram import Sent, TelegramEmulator
from tests.emulators.telegram_user import TelegramUser


def labels(sent: object) -> list[str]:
    return [label for row in sent.buttons for label, _ in row]  # type: ignore[attr-defined]


def counts(platform: Platform) -> dict[str, int]:
    return asyncio.run(platform.service.database.read(outbox.count_by_state))


def first_question(telegram: Platform, hoa: TelegramUser) -> Sent:
    """What is asked after the leaflet."""
    leaflet: Sent = telegram.hears(hoa.start("ban-moi_lam-nha"))
    assert "[leaflet_next]" in leaflet.text
    question: Sent = telegram.hears(hoa.tap(leaflet, "<walk>"))
    assert "Bác có đất" in question.text
    return question


def test_a_citizen_walks_a_procedure_with_buttons(telegram: Platform) -> None:
    hoa = telegram.emulator.user()
    sent = telegram.hears(hoa.start("ban-moi_lam-nha"))
    assert "[intro]" in sent.text
    assert labels(sent) == ["<household_papers_asked>", "<walk>", "<in_trouble>", "<back>", "<human>"]
    sent = telegram.hears(hoa.tap(sent, "<walk>"))
    assert labels(sent) == ["Có rồi", "Chưa có", "<human>"]
    for label in ("Có rồi", "Nhà gỗ", "Một tầng", "<have_all>", "<finished>"):
        sent = telegram.hears(hoa.tap(sent, label))
    assert "nhà sàn giữa bản" in sent.text
    assert "<filed_online>" in labels(sent) and "<other_procedure>" in labels(sent)


def test_a_tap_is_answered_and_its_buttons_go(telegram: Platform) -> None:
    hoa = telegram.emulator.user()
    first = telegram.hears(hoa.start("ban-moi_lam-nha"))
    telegram.hears(hoa.tap(first, "<walk>"))
    assert len(telegram.emulator.answers) == 1
    assert [call.name for call in telegram.emulator.calls if call.name == "editMessageReplyMarkup"]
    wait_for(lambda: counts(telegram) == {"sent": 4})


def test_what_was_chosen_stays_to_be_read(telegram: Platform) -> None:
    hoa = telegram.emulator.user()
    question = first_question(telegram, hoa)
    telegram.hears(hoa.tap(question, "Có rồi"))
    wait_for(lambda: [sent for sent in edited(telegram) if sent.message_id == question.message_id])
    chosen = next(sent for sent in edited(telegram) if sent.message_id == question.message_id)
    assert labels(chosen) == ["✓ Có rồi"]
    for late in (hoa.tap(chosen, "✓ Có rồi"), hoa.tap(question, "Chưa có")):  # the second on a screen that is slow
        assert "[old_button]" in telegram.hears(late).text
    assert len([sent for sent in edited(telegram) if sent.message_id == question.message_id]) == 1


def edited(telegram: Platform) -> list[Sent]:
    return [sent for sent in telegram.emulator.sent if sent.method == "editMessageReplyMarkup"]


def test_a_tap_on_an_old_button_is_told_so_and_never_acts(telegram: Platform) -> None:
    hoa = telegram.emulator.user()
    first = first_question(telegram, hoa)
    telegram.hears(hoa.tap(first, "Có rồi"))
    again = telegram.hears(hoa.tap(first, "Chưa có"))
    assert "[old_button]" in again.text
    assert "Bác làm nhà gì?" in again.text


def test_the_same_update_twenty_times_at_once_is_one_reply(telegram: Platform) -> None:
    hoa = telegram.emulator.user()
    telegram.hears(hoa.start("ban-moi_lam-nha"))
    update = hoa.text("có rồi")
    with ThreadPoolExecutor(20) as crowd:
        answers = list(crowd.map(lambda _: telegram.post(update).status_code, range(20)))
    assert answers == [200] * 20
    wait_for(lambda: len(telegram.sent) == 2)
    assert "mấy tầng" in telegram.hears(hoa.text("nhà gỗ")).text
    assert len(telegram.sent) == 3


@pytest.mark.parametrize("secret", ["", "wrong", "telegram-secreT", "đ" * 300])
def test_a_forged_post_is_refused_and_leaves_nothing(telegram: Platform, secret: str) -> None:
    hook = f"{telegram.url}/webhook/telegram"
    headers = {b"X-Telegram-Bot-Api-Secret-Token": secret.encode()} if secret else None
    assert patient.post(hook, json=telegram.emulator.user().text("xin chào"), headers=headers).status_code == 401
    assert counts(telegram) == {}


def test_an_oversized_post_is_refused(telegram: Platform) -> None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET}
    hook = f"{telegram.url}/webhook/telegram"
    assert patient.post(hook, content=b"x" * 1_000_001, headers=headers).status_code == 413
    assert patient.post(hook, content=iter([b"x" * 600_000] * 2), headers=headers).status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b'{"update_id":1,"message":{"chat":5}}',
        b"[" * 100_000,
        b'{"update_id":"x","callback_query":{"id":1}}',
    ],
)
def test_nonsense_with_the_right_secret_is_accepted_in_silence(telegram: Platform, body: bytes) -> None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET}
    assert patient.post(f"{telegram.url}/webhook/telegram", content=body, headers=headers).status_code == 200
    assert counts(telegram) == {}


def test_every_sample_update_is_accepted(telegram: Platform) -> None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET}
    for update in samples("telegram.jsonl"):
        answer = patient.post(f"{telegram.url}/webhook/telegram", json=update, headers=headers)
        assert answer.status_code == 200, update


def test_a_photo_and_a_file_get_an_answer_and_the_offer_of_a_person(telegram: Platform) -> None:
    hoa = telegram.emulator.user()
    telegram.hears(hoa.start("ban-moi_lam-nha"))
    for update in (hoa.photo(), hoa.document()):
        sent = telegram.hears(update)
        assert "[attachment]" in sent.text
        assert "<human>" in labels(sent)


def test_stickers_and_emoji_get_a_smile(telegram: Platform) -> None:
    hoa = telegram.emulator.user()
    telegram.hears(hoa.start("ban-moi_lam-nha"))
    assert "[smile]" in telegram.hears(hoa.sticker()).text
    assert "[smile]" in telegram.hears(hoa.text("👍")).text


def test_an_edited_message_is_told_to_be_sent_anew(telegram: Platform) -> None:
    hoa = telegram.emulator.user()
    telegram.hears(hoa.start("ban-moi_lam-nha"))
    first = hoa.text("có rồi")
    telegram.hears(first)
    sent = telegram.hears(hoa.edited(first, "chưa có"))
    assert "[edited]" in sent.text
    assert "Bác làm nhà gì?" in sent.text


def test_a_group_gets_a_private_link_on_a_command_or_mention_and_silence_otherwise(telegram: Platform) -> None:
    hoa, group = telegram.emulator.user(), telegram.emulator.group()
    telegram.post(hoa.adds_bot(group))
    sent = telegram.stays_silent(hoa.group_text(group, "làm nhà mất bao lâu"), then=hoa.group_command(group, "start"))
    assert sent.text == "[group]"
    assert sent.chat_id == group.id
    assert "https://t.me/motcua_bot?start=" in str(telegram.emulator.calls[-1].params)
    assert telegram.hears(hoa.group_mention(group, "cho hỏi")).text == "[group]"


def test_a_group_that_got_another_id_meanwhile_is_followed(telegram: Platform) -> None:
    hoa, group = telegram.emulator.user(), telegram.emulator.group(-100)
    telegram.emulator.faults.fail(500, only="sendMessage")
    telegram.post(hoa.group_mention(group, "cho hỏi"))
    wait_for(lambda: telegram.emulator.called("sendMessage"))
    telegram.emulator.migrate(group, -1_002_000_000_000)
    wait_for(lambda: [sent.chat_id for sent in telegram.sent] == [-1_002_000_000_000])
    assert len(telegram.emulator.called("sendMessage")) == 3


def test_who_blocks_the_bot_is_left_alone_until_they_return(telegram: Platform) -> None:
    hoa = telegram.emulator.user()
    first_question(telegram, hoa)
    assert telegram.post(hoa.blocked()).status_code == 200
    assert telegram.post(hoa.unblocked()).status_code == 200
    assert "Bác có đất" in telegram.hears(hoa.text("xin chào")).text


def test_a_citizen_who_blocked_unseen_makes_dead_letters_only(telegram: Platform) -> None:
    hoa = telegram.emulator.user()
    telegram.hears(hoa.start("ban-moi_lam-nha"))
    telegram.emulator.block(hoa.id)
    telegram.post(hoa.text("có rồi"))
    wait_for(lambda: counts(telegram).get("dead"))
    assert counts(telegram) == {"sent": 1, "dead": 1}


def test_telegram_asks_to_wait_and_is_obeyed(telegram: Platform) -> None:
    hoa = telegram.emulator.user()
    telegram.emulator.too_many(1, only="sendMessage")
    assert "[intro]" in telegram.hears(hoa.start("ban-moi_lam-nha")).text
    wait_for(lambda: counts(telegram) == {"sent": 1})


def test_telegram_down_for_a_moment_loses_nothing_and_keeps_the_order(telegram: Platform) -> None:
    hoa = telegram.emulator.user()
    telegram.emulator.faults.fail(500, times=1, only="sendMessage")
    telegram.post(hoa.start("ban-moi_lam-nha"))
    telegram.post(hoa.text("tiếp tục"))
    telegram.post(hoa.text("có rồi"))
    wait_for(lambda: len(telegram.sent) == 3)
    said = zip(("[leaflet_next]", "có đất", "nhà gì"), telegram.sent, strict=True)
    assert [words in sent.text for words, sent in said] == [True] * 3


ODD = "Có <b>&lt;rồi&gt;</b> *_`["


@pytest.fixture
def odd_label(content_dir: Path) -> str:
    """What a button says when somebody writes it so into the content."""
    house = content_dir / "procedures/lam-nha.yaml"
    written = house.read_text("utf-8")
    house.write_text(written.replace("label: Có rồi", f"label: '{ODD}'"), "utf-8")
    assert ODD in house.read_text("utf-8")
    return ODD


def test_a_button_says_what_was_written_whatever_it_looks_like(odd_label: str, telegram: Platform) -> None:
    hoa = telegram.emulator.user()
    sent = first_question(telegram, hoa)
    assert labels(sent)[0] == odd_label
    assert "Bác làm nhà gì?" in telegram.hears(hoa.tap(sent, odd_label)).text


def test_a_new_ticket_is_posted_to_the_teams_group(make_settings: MakeSettings) -> None:
    with TelegramEmulator() as emulator:
        hoa, group = emulator.user(), emulator.group()
        emulator.learn(hoa.adds_bot(group))
        settings = make_settings(**telegram_settings(emulator), team_telegram_chat=str(group.id))
        with running(settings) as (url, service):
            telegram = Platform(url, service, emulator, TELEGRAM_SECRET)
            telegram.hears(hoa.start("ban-moi_lam-nha"))
            telegram.hears(hoa.text("gặp người"), more=2)
            card = next(sent for sent in telegram.sent if sent.chat_id == group.id)
    assert "[alert] 1 Làm nhà xã Bản Mới [reason asked]" in card.text


def test_who_comes_for_the_first_time_is_shown_the_way_to_what_is_kept(make_settings: MakeSettings) -> None:
    with TelegramEmulator() as emulator:
        settings = make_settings(**telegram_settings(emulator), public_url="https://xa.example/")
        with running(settings) as (url, service):
            telegram, hoa = Platform(url, service, emulator, TELEGRAM_SECRET), emulator.user()
            sent = telegram.hears(hoa.text("xin chào"))
            assert "[intro]" in sent.text
            assert "(privacy)" in labels(sent)
            opens = [
                button["url"]
                for row in emulator.message(sent)["reply_markup"]["inline_keyboard"]
                for button in row
                if "url" in button
            ]
            assert opens == ["https://xa.example/quyen-rieng-tu"]
            assert "(privacy)" not in labels(telegram.hears(hoa.text("làm nhà")))

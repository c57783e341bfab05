"""What people send in the field besides plain words, as platforms post it."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.store.tables import tickets
from tests.channels.conftest import Platform, Team
from tests.channels.test_files import LINK, PDF, Town, claimed, told
from tests.conftest import MakeSettings, invited
from tests.emulators.emulator import Json
from tests.emulators.server import serve, wait_for

HOA = 700_100_200


@pytest.fixture
def town(make_settings: MakeSettings) -> Iterator[Town]:
    with ExitStack() as stack:
        yield Town(make_settings, stack)


def post(n: int, **said: Any) -> Json:
    """A message of Hoa's as Telegram posts it."""
    name = "edited_message" if "edit_date" in said else "message"
    person = {"id": HOA, "is_bot": False, "first_name": "Hoa"}
    chat = {"id": HOA, "type": "private", "first_name": "Hoa"}
    head = {"message_id": n, "from": person, "chat": chat, "date": 1_796_000_000}
    return {"update_id": 900_000_000 + n, name: {**head, **said}}


def photo(n: int, **more: Any) -> Json:
    size = {"file_id": f"AgACx{n}", "file_unique_id": f"u{n}", "width": 90, "height": 120}
    return post(n, photo=[size], **more)


def begun(telegram: Platform) -> Any:
    hoa = telegram.emulator.user(HOA)
    telegram.hears(hoa.start("ban-moi_lam-nha"))
    return hoa


def test_words_under_a_picture_are_heard(telegram: Platform) -> None:
    begun(telegram)
    sent = telegram.hears(photo(501, caption="có rồi"))
    assert sent.text.startswith("[attachment_unseen]")
    assert "Bác làm nhà gì?" in sent.text


def test_danger_under_a_picture_comes_before_all_else(telegram: Platform) -> None:
    begun(telegram)
    assert telegram.hears(photo(501, caption="cháy nhà rồi")).text.startswith("[fire] 114")


def test_an_album_is_answered_once_and_its_words_are_heard(telegram: Platform) -> None:
    begun(telegram)
    before = len(telegram.sent)
    for n in range(511, 516):
        words = {"caption": "giấy tờ nhà tôi"} if n == 511 else {}
        assert telegram.post(photo(n, media_group_id="13579", **words)).status_code == 200
    assert telegram.post(post(520, text="có rồi")).status_code == 200
    wait_for(lambda: len(telegram.sent) >= before + 2)
    assert ["[attachment" in sent.text for sent in telegram.sent[before:]] == [True, False]


def test_a_helper_gets_all_of_an_album(town: Town) -> None:
    _, hoa = claimed(town)
    before = len(town.bot.sent)
    for _ in range(5):
        town.telegram.post(dict_with(hoa.photo(), media_group_id="13579"))
    wait_for(lambda: len(town.bot.sent) == before + 5)
    assert len({link for sent in town.bot.sent[before:] for link in LINK.findall(sent.text)[:1]}) == 5


def _shows(town: Town, pictures: int) -> bool:
    return len(shown(town)) >= pictures


def dict_with(update: Json, **more: Any) -> Json:
    return {**update, "message": {**update["message"], **more}}


def test_a_live_location_is_answered_once(telegram: Platform) -> None:
    begun(telegram)
    place = {"latitude": 22.1, "longitude": 106.0, "live_period": 3600}
    telegram.hears(post(520, location=place))
    before = len(telegram.sent)
    for second in (10, 20, 30):
        telegram.post(post(520, location={**place, "latitude": 22.1 + second / 1e5}, edit_date=1_796_000_000 + second))
    telegram.hears(post(521, text="có rồi"))
    assert len(telegram.sent) == before + 1


KINDS: dict[str, Any] = {
    "story": {"chat": {"id": -100555, "type": "channel", "title": "Xã"}, "id": 3},
    "checklist": {"title": "Giấy đã có", "tasks": [{"id": 1, "text": "giấy chứng sinh"}]},
    "game": {"title": "x", "description": "y", "photo": []},
    "paid_media": {"star_count": 1, "paid_media": []},
    "invoice": {"title": "x", "description": "y", "start_parameter": "", "currency": "VND", "total_amount": 1},
    "poll": {"id": "1", "question": "q"},
    "hologram": {"depth": 3},
}


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_is_sent_by_hand_gets_an_answer(telegram: Platform, kind: str) -> None:
    begun(telegram)
    assert "[attachment]" in telegram.hears(post(501, **{kind: KINDS[kind]})).text


@pytest.mark.parametrize("kind", ["pinned_message", "message_auto_delete_timer_changed", "chat_background_set"])
def test_what_telegram_tells_by_itself_is_silence(telegram: Platform, kind: str) -> None:
    begun(telegram)
    happened = post(501, **{kind: {"message_auto_delete_time": 60}})
    assert "Bác làm nhà gì?" in telegram.stays_silent(happened, then=post(502, text="có rồi")).text


def test_who_helps_hears_of_what_nobody_can_pass_on_and_so_does_the_citizen(town: Town) -> None:
    _, hoa = claimed(town)
    town.telegram.post(
        dict_with(
            {**hoa.text("x"), "message": {**hoa.text("x")["message"], "text": None}},
            hologram={},
            story={"chat": {"id": -5, "type": "channel"}, "id": 3},
        )
    )
    told(town.bot, "[attachment other]")
    told(town.telegram, "[not_passed_on]")


@pytest.mark.parametrize(
    "part",
    [
        {"reply_to_message": {"message_id": 3, "date": 1, "chat": {"id": HOA, "type": "private"}, "poll": {"id": "1"}}},
        {"from": {"id": HOA, "first_name": "Hoa"}},
        {"entities": "none"},
        {"via_bot": 7},
    ],
)
def test_a_part_that_cannot_be_read_swallows_no_words(telegram: Platform, part: Json) -> None:
    begun(telegram)
    assert "Bác làm nhà gì?" in telegram.hears(post(501, text="có rồi", **part)).text


def test_a_link_without_words_reaches_who_helps(town: Town) -> None:
    hoa = on_zalo_oa(town)
    event = hoa.text("x")
    payload = {"thumbnail": "", "description": "Hồ sơ của tôi", "url": "https://dichvucong.gov.vn/ho-so/123"}
    event |= {
        "event_name": "user_send_link",
        "message": {"msg_id": "l1", "attachments": [{"type": "link", "payload": payload}]},
    }
    town.oa.post(event)
    assert "Hồ sơ của tôi\nhttps://dichvucong.gov.vn/ho-so/123" in told(town.bot, "Hồ sơ")


def on_zalo_oa(town: Town) -> Any:
    """Hoa writes to the OA, Lan helps her from Zalo Bot."""
    lan, hoa = town.lan_on_zalo_bot(), town.oa.emulator.user()
    for said in ("làm nhà", "bản mới", "gặp người"):
        town.oa.hears(hoa.text(said))
    town.bot.post(lan.text("nhận 1"))
    told(town.bot, "[claimed]")  # behind what told Lan of the ticket
    return hoa


def test_a_place_and_a_card_reach_who_helps(town: Town) -> None:
    _, hoa = claimed(town)
    town.telegram.post(hoa.location(22.1474, 105.9871))
    assert "query=22.14740%2C105.98710" in told(town.bot, "[attachment location]")
    venue = {"location": {"latitude": 22.1, "longitude": 105.9}, "title": "Nhà văn hoá thôn", "address": "Nà Khon"}
    town.telegram.post(dict_with(hoa.location(22.1, 105.9), venue=venue))
    assert "Nhà văn hoá thôn\nNà Khon\nhttps://" in told(town.bot, "Nhà văn hoá")
    town.telegram.post(hoa.contact("+84900000002"))
    assert "[số đã che]" in told(town.bot, "[attachment contact]")
    told(town.telegram, "[phone_masked]")


def test_a_place_on_zalo_reaches_who_helps(town: Town) -> None:
    hoa = on_zalo_oa(town)
    event = hoa.image()
    place = {"coordinates": {"latitude": "22.1474", "longitude": "105.9871"}}
    event |= {
        "event_name": "user_send_location",
        "message": {"msg_id": "p1", "attachments": [{"type": "location", "payload": place}]},
    }
    town.oa.post(event)
    assert "query=22.14740%2C105.98710" in told(town.bot, "[attachment location]")


def test_all_pictures_of_one_event_reach_who_helps(town: Town) -> None:
    hoa, before = on_zalo_oa(town), len(town.bot.sent)
    event = hoa.image()
    urls = [town.media.put(f"{n}.jpg", bytes([n])) for n in range(3)]
    event["message"]["attachments"] = [{"type": "image", "payload": {"url": url}} for url in urls]
    for _ in range(2):  # the platform posts it again
        town.oa.post(event)
    wait_for(lambda: len(town.bot.sent) == before + 3)
    assert [town.opened(sent.text).content for sent in town.bot.sent[before:]] == [b"\x00", b"\x01", b"\x02"]


def test_an_address_under_words_reaches_the_citizen(team: Team) -> None:
    lan, _ = team.member("Lan"), team.citizen()
    card = team.card()
    team.post(lan.tap(card, "<claim>"))
    update = lan.group_text(team.group, "😀 bấm vào đây để nộp", thread=card.thread_id)
    link = {"type": "text_link", "offset": 3, "length": 11, "url": "https://dichvucong.gov.vn/nop"}
    team.post(dict_with(update, entities=[link]))
    team.heard("😀 bấm vào đây (https://dichvucong.gov.vn/nop) để nộp")


@pytest.mark.parametrize("typed", ["/xong", "/xong@motcua_bot", "xong", "Xong."])
def test_a_command_in_a_topic_is_done(team: Team, typed: str) -> None:
    lan, _ = team.member("Lan"), team.citizen()
    card = team.card()
    team.post(lan.tap(card, "<claim>"))
    team.types(lan, typed, card)
    team.said("[group_done] 1 Lan")
    assert not any("[person_says]" in sent.text for sent in team.oa.sent)


@pytest.mark.parametrize("typed", ["/help", "/gi-do", "nói 7", "giúp", "phiếu", "/nhan 7"])
def test_a_command_that_has_no_place_in_a_topic_is_explained(team: Team, typed: str) -> None:
    lan, _ = team.member("Lan"), team.citizen()
    card = team.card()
    team.post(lan.tap(card, "<claim>"))
    team.types(lan, typed, card)
    team.said("[group_help]")
    assert not any("[person_says]" in sent.text for sent in team.oa.sent)


def test_a_command_for_another_bot_is_none_of_ours(team: Team) -> None:
    lan, _ = team.member("Lan"), team.citizen()
    card = team.card()
    team.post(lan.tap(card, "<claim>"))
    team.types(lan, "/ban@other_bot", card)
    team.types(lan, "Chào bác", card)
    team.heard("[person_says] Chào bác")
    assert not any("ban@" in sent.text for sent in team.oa.sent)
    assert not any("[group_help]" in sent.text for sent in team.in_group())


def test_a_colleague_is_named_in_a_topic(team: Team) -> None:
    lan, _, _ = team.member("Lan"), team.member("Minh"), team.citizen()
    card = team.card()
    team.post(lan.tap(card, "<claim>"))
    team.said("[group_claimed] 1 Lan")
    team.types(lan, "chuyển Minh", card)
    team.said("[group_handed] 1 Lan Minh")
    assert team.state() == ("claimed", "Minh")


def test_two_citizens_whose_messages_have_the_same_id_are_both_answered(zalo_bot: Platform) -> None:
    hoa, tao = [zalo_bot.emulator.user(f"a1b2c3d4e5f60718{n}") for n in (1, 2)]
    first, second = hoa.text("làm nhà"), tao.text("làm nhà")
    second["message"]["message_id"] = first["message"]["message_id"]
    zalo_bot.hears(first)
    zalo_bot.hears(second)
    again = zalo_bot.stays_silent(second, then=tao.text("bản mới"))
    assert "[commune_kept] xã Bản Mới" in again.text


def test_a_number_shared_by_button_is_the_one_that_was_asked_for(telegram: Platform) -> None:
    hoa = begun(telegram)
    telegram.hears(hoa.text("gặp người"))
    telegram.hears(hoa.text("gọi lại"))
    assert "[which_phone]" in telegram.hears(hoa.text("<callback_yes>")).text
    assert "[phone_kept]" in telegram.hears(hoa.contact("+84900000002")).text
    found = asyncio.run(telegram.service.database.read(lambda c: c.execute(select(tickets.c.phone)).scalar_one()))
    assert found == "0900000002"


def test_a_mended_message_that_was_not_understood_is_read_and_no_other_edit_says_anything(telegram: Platform) -> None:
    telegram.hears(begun(telegram).text("<walk>"))
    assert "[not_understood]" in telegram.hears(post(530, text="xyz qwerty blah")).text
    assert "Bác làm nhà gì?" in telegram.hears(post(530, text="có rồi", edit_date=1_796_000_020)).text
    before = len(telegram.sent)
    telegram.post(post(530, text="có rồi", edit_date=1_796_000_021))
    telegram.hears(post(531, text="nhà gỗ"))
    telegram.post(post(531, text="nhà gỗ", edit_date=1_796_000_030))
    telegram.hears(post(532, text="một tầng"))
    assert len(telegram.sent) == before + 2


def test_who_speaks_instead_of_writing_gets_a_person_and_is_not_asked_to_write(telegram: Platform) -> None:
    hoa = begun(telegram)
    assert "[voice]\n\n[ticket_opened]" in telegram.hears(hoa.voice()).text
    found = asyncio.run(telegram.service.database.read(lambda c: c.execute(select(tickets.c.state)).scalar_one()))
    assert found == "waiting"


# --- what lies with Zalo ---


class Moving:
    """A host of Zalo's that sends on to another."""

    def __init__(self, stack: ExitStack, to: str) -> None:
        self.to = to
        self.url = stack.enter_context(serve(Starlette(routes=[Route("/{name}", self._get)])))

    async def _get(self, request: Request) -> Response:
        name = request.path_params["name"]
        return RedirectResponse(f"{self.url}/{name}" if name == "circle" else f"{self.to}/{name}", 301)


def shown(town: Town) -> list[str]:
    """What Lan was sent of pictures."""
    return [sent.text for sent in town.bot.sent if "<photo>" in sent.text]


def test_a_file_that_moved_among_allowed_hosts_opens_and_none_elsewhere(make_settings: MakeSettings) -> None:
    with ExitStack() as stack:
        town = Town(make_settings, stack)
        moving, evil = Moving(stack, town.media.url), Moving(stack, "https://evil.example")
        object.__setattr__(town.service.channels["zalo-oa"], "_media", f"{town.media.url} {moving.url}")
        town.media.put("don.pdf", PDF)
        hoa, lan = on_zalo_oa(town), town.browser()
        lan.post("/console/join", data={"code": invited(town.service, "Minh"), "password": "con gà cục tác"})
        for url, status in ((f"{moving.url}/don.pdf", 200), (f"{moving.url}/circle", 502), (f"{evil.url}/x", 502)):
            event = hoa.image()
            event["message"]["attachments"][0]["payload"]["url"] = url
            more = len(shown(town)) + 1
            town.oa.post(event)
            wait_for(partial(_shows, town, more))
            assert town.opened(shown(town)[-1]).status_code == status
        assert town.media.asked == ["don.pdf"]


def test_both_hear_once_that_a_file_could_not_be_had(town: Town) -> None:
    hoa = on_zalo_oa(town)
    event = hoa.image()
    event["message"]["attachments"][0]["payload"]["url"] = f"{town.media.url}/gone.jpg"
    town.oa.post(event)
    text = told(town.bot, "<photo>")
    for _ in range(2):
        assert town.opened(text).status_code == 502
    told(town.oa, "[file_lost]")
    told(town.bot, "[file_lost] 1")
    assert sum("[file_lost]" in sent.text for sent in town.oa.sent) == 1


# --- one person can't use up what all need ---


def test_one_person_who_writes_without_end_is_told_so_once_and_others_are_answered(
    zalo_bot: Platform, make_settings: MakeSettings
) -> None:
    object.__setattr__(zalo_bot.service.settings, "person_burst", 10)
    hoa, tao = [zalo_bot.emulator.user(f"a1b2c3d4e5f60718{n}") for n in (1, 2)]
    zalo_bot.hears(hoa.text("làm nhà"))
    begin = time.monotonic()
    for _ in range(60):
        zalo_bot.post(hoa.text("bla"))
    zalo_bot.hears(tao.text("làm nhà"))
    took = time.monotonic() - begin
    wait_for(lambda: any("[too_fast]" in sent.text for sent in zalo_bot.sent))
    heard = [sent.text for sent in zalo_bot.sent if sent.chat_id == hoa.id]
    assert sum("[too_fast]" in text for text in heard) == 1
    assert len(heard) <= 11 + took / 2 + 1
    assert "[fire] 114" in zalo_bot.hears(hoa.text("cháy nhà")).text


def test_a_sticker_or_a_place_while_one_waits_brings_no_second_offer(telegram: Platform) -> None:
    hoa = telegram.emulator.user()
    for said in ("làm nhà", "bản mới", "gặp người"):
        telegram.hears(hoa.text(said))
    assert "[smile]" in telegram.hears(hoa.sticker()).text
    told = telegram.hears(hoa.location()).text
    assert "[passed_on]" in told
    assert "[offer_person]" not in told

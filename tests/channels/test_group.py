"""The team's Telegram group: a topic for each ticket, and what happens when topics or the group itself can't be had."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select

from bot.handoff import tickets
from bot.handoff.agents import Role
from bot.service import Service
from bot.store.tables import telegram_topics
from bot.store.tx import Tx
from tests.channels.conftest import (
    TELEGRAM_SECRET,
    Platform,
    telegram_settings,
    zalo_oa_settings,
)
from tests.conftest import MakeSettings, invited, running
from tests.emulators.emulator import Json
from tests.emulators.server import wait_for
from tests.emulators.telegram import Sent, TelegramEmulator
from tests.emulators.telegram_user import Group, TelegramUser
from tests.emulators.zalo_oa import ZaloOAEmulator
from tests.library import SHEET


@dataclass
class Team:
    """The group on Telegram, and a citizen on Zalo OA."""

    telegram: Platform
    oa: Platform
    group: Group
    count: int = 0

    @property
    def service(self) -> Service:
        return self.telegram.service

    def member(self, name: str, role: Role = "member") -> TelegramUser:
        self.count += 1
        user: TelegramUser = self.telegram.emulator.user(700_000_100 + self.count, name)
        self.telegram.hears(user.text(invited(self.service, name, role)))
        return user

    def citizen(self) -> Any:
        self.count += 1
        hoa = self.oa.emulator.user(f"74927474853890{self.count:04}")
        self.oa.hears(hoa.text("làm nhà"))
        self.oa.hears(hoa.text("bản mới"))
        self.oa.hears(hoa.text("gặp người"))
        return hoa

    def in_group(self) -> list[Sent]:
        return [sent for sent in self.telegram.sent if sent.chat_id == self.group.id]

    def card(self, count: int = 1) -> Sent:
        wait_for(lambda: len([s for s in self.in_group() if "[alert] " in s.text or "[reopened]" in s.text]) >= count)
        return [s for s in self.in_group() if "[alert] " in s.text or "[reopened]" in s.text][-1]

    def post(self, update: Json) -> None:
        assert self.telegram.post(update).status_code == 200

    def types(self, who: TelegramUser, text: str, card: Sent) -> None:
        self.post(who.group_text(self.group, text, thread=card.thread_id))

    def heard(self, text: str) -> None:
        """The citizen hears this, on Zalo."""
        wait_for(lambda: any(text in sent.text for sent in self.oa.sent))

    def said(self, text: str) -> Sent:
        """The group reads this."""
        wait_for(lambda: any(text in sent.text for sent in self.in_group()))
        return next(sent for sent in reversed(self.in_group()) if text in sent.text)

    def state(self, ticket_id: int = 1) -> tuple[str, str | None]:
        found = asyncio.run(self.service.database.read(lambda c: tickets.get(c, ticket_id)))
        assert found
        return found.state, found.agent


def at(make_settings: MakeSettings, stack: ExitStack, *, forum: bool = True, shared: bool = True) -> Team:
    """`shared`: the group is that of all communes."""
    telegram, oa = stack.enter_context(TelegramEmulator()), stack.enter_context(ZaloOAEmulator())
    group = telegram.group(forum=forum)
    chosen = {**telegram_settings(telegram), **zalo_oa_settings(oa)}
    chosen |= {"team_telegram_chat": str(group.id)} if shared else {}
    url, service = stack.enter_context(running(make_settings(public_url="https://xa.example", **chosen)))
    oa.webhook_url = f"{url}/webhook/zalo-oa"
    telegram.learn(telegram.user().adds_bot(group))
    return Team(Platform(url, service, telegram, TELEGRAM_SECRET), Platform(url, service, oa), group)


@pytest.fixture
def team(make_settings: MakeSettings) -> Iterator[Team]:
    with ExitStack() as stack:
        yield at(make_settings, stack)


@pytest.fixture
def plain(make_settings: MakeSettings) -> Iterator[Team]:
    """A group without topics."""
    with ExitStack() as stack:
        yield at(make_settings, stack, forum=False)


def test_a_citizen_on_zalo_oa_and_lan_in_a_topic(team: Team) -> None:
    lan, hoa = team.member("Lan"), team.citizen()
    card = team.card()
    emulator = team.telegram.emulator
    assert emulator.topics[card.chat_id, card.thread_id] == "#1 · Làm nhà · xã Bản Mới"
    assert "Bà con:" not in card.text
    wait_for(lambda: (card.chat_id, card.message_id) in emulator.pinned)
    team.post(lan.tap(card, "<claim>"))
    team.heard("[person_came]")
    assert team.said("Bà con: gặp người").thread_id == card.thread_id
    assert team.said("[group_claimed] 1 Lan").thread_id == card.thread_id
    team.types(lan, "Chào bác, em là Lan", card)
    team.heard("[person_says] Chào bác, em là Lan")
    team.types(lan, "// bác này ở Bản Pò", card)
    team.oa.post(hoa.text("<b>chị ơi</b> *cái này* sao"))
    assert team.said("[says] 1 <b>chị ơi</b> *cái này* sao").thread_id == card.thread_id
    team.post(lan.tap(card, "<done>"))
    team.heard("[person_done]")
    done = team.said("[group_done] 1 Lan")
    wait_for(lambda: (card.chat_id, card.thread_id) in emulator.closed_topics)
    team.post(lan.tap(done, "[outcome in_person]"))
    wait_for(lambda: emulator.answers and "[outcome_kept]" in emulator.answers[-1].get("text", ""))
    team.oa.hears(hoa.text("<helped>"))
    team.oa.hears(hoa.text("5"))
    found = asyncio.run(team.service.database.read(lambda c: tickets.get(c, 1)))
    assert found
    assert (found.state, found.agent, found.outcome, found.stars) == ("resolved", "Lan", "in_person", 5)
    assert not any("Bản Pò" in sent.text for sent in team.oa.sent)


def test_what_the_citizen_said_stands_in_the_group_once_it_is_taken_there(team: Team) -> None:
    lan, minh = team.member("Lan"), team.member("Minh")
    for _ in range(3):
        team.citizen()
    card = team.card(3)
    team.telegram.hears(minh.text("nhận 1"))
    team.said("[group_claimed] 1 Minh")
    team.post(lan.tap(card, "<canned>"))
    team.said("[group_canned] 3")
    assert not any("Bà con:" in sent.text for sent in team.in_group())
    team.types(lan, "Chào bác", card)
    team.said("Bà con: gặp người")
    team.types(lan, "Em đây", card)
    team.heard("[person_says] Em đây")
    assert [sent.thread_id for sent in team.in_group() if "Bà con: gặp người" in sent.text] == [card.thread_id]


def test_a_commune_has_a_group_of_its_own(make_settings: MakeSettings, content_dir: Path) -> None:
    with ExitStack() as stack:
        team = at(make_settings, stack, shared=False)
        other = team.telegram.emulator.group(-1_001_234_567_891, forum=True)
        commune = content_dir / "communes" / "ban-moi.yaml"
        commune.write_text(f'{commune.read_text("utf-8")}\nteam: {{telegram_chat: "{team.group.id}"}}\n', "utf-8")
        team.service.content.reload_if_edited()
        lan, hoa = team.member("Lan"), team.citizen()
        card = team.card()
        team.post(lan.group_text(other, "Chào bác", thread=card.thread_id))
        team.post(lan.tap(card, "<claim>"))
        team.heard("[person_came]")
        team.types(lan, "Em đây", card)
        team.heard("[person_says] Em đây")
        team.oa.hears(hoa.text("xoadulieu"))
        team.oa.hears(hoa.text("<erase>"))
        wait_for(lambda: (card.chat_id, card.thread_id) not in team.telegram.emulator.topics)
        assert not any("Chào bác" in sent.text for sent in team.oa.sent)


def test_a_ready_answer_is_shown_before_it_is_sent(team: Team) -> None:
    lan, _ = team.member("Lan"), team.citizen()
    team.post(lan.tap(team.card(), "<canned>"))
    offered = team.said("[group_canned] 1")
    team.post(lan.tap(offered, "Địa chỉ"))
    shown = team.said("Ở nhà sàn giữa bản.")
    assert not any("[person_says]" in sent.text for sent in team.oa.sent)
    team.post(lan.tap(shown, "[send_it]"))
    team.heard("[person_says] Ở nhà sàn giữa bản.")
    assert team.state() == ("claimed", "Lan")


def test_a_ready_answer_with_a_guide_is_shown_and_sent_with_it(team: Team, content_dir: Path) -> None:
    (content_dir / "canned.yaml").write_text(SHEET, "utf-8")
    team.service.content.reload_if_edited()
    lan, _ = team.member("Lan"), team.citizen()
    team.post(lan.tap(team.card(), "<canned>"))
    team.post(lan.tap(team.said("[group_canned] 1"), "Tờ hướng dẫn"))
    team.post(lan.tap(team.said("📎 Làm nhà.pdf"), "[send_it]"))
    wait_for(lambda: any(sent.content.kind == "file" for sent in team.oa.sent))
    team.heard("[person_says] Tờ của Làm nhà đây bác")


def test_a_ticket_is_handed_on_with_two_taps(team: Team) -> None:
    lan, minh, hoa = team.member("Lan"), team.member("Minh"), team.citizen()
    card = team.card()
    team.post(lan.tap(card, "<claim>"))
    team.said("[group_claimed] 1 Lan")
    team.post(lan.tap(card, "<transfer>"))
    asked = team.said("[group_transfer] 1")
    assert [label for row in asked.buttons for label, _ in row] == ["Minh"]
    team.post(lan.tap(asked, "Minh"))
    team.said("[group_handed] 1 Lan Minh")
    assert team.state() == ("claimed", "Minh")
    team.types(minh, "Em là Minh, em giúp tiếp", card)
    team.heard("[person_says] Em là Minh, em giúp tiếp")
    team.post(lan.tap(asked, "Minh"))
    wait_for(lambda: "[not_yours]" in team.telegram.emulator.answers[-1].get("text", ""))
    assert hoa


def test_alone_there_is_nobody_to_hand_it_to(team: Team) -> None:
    lan = team.member("Lan")
    team.citizen()
    team.post(lan.tap(team.card(), "<transfer>"))
    team.said("[group_alone]")


def test_it_opens_again_in_its_own_topic(team: Team) -> None:
    lan, hoa = team.member("Lan"), team.citizen()
    card = team.card()
    team.post(lan.tap(card, "<done>"))
    wait_for(lambda: team.telegram.emulator.closed_topics)
    team.oa.hears(hoa.text("<not_helped>"))
    assert team.card(2).thread_id == card.thread_id
    wait_for(lambda: not team.telegram.emulator.closed_topics)


def test_fifty_taps_at_once_have_one_winner(team: Team) -> None:
    members = [team.member(f"Nguoi{n}") for n in range(5)]
    team.citizen()
    card = team.card()
    taps = [member.tap(card, "<claim>") for member in members for _ in range(10)]

    async def all_at_once() -> None:
        await asyncio.gather(*(asyncio.to_thread(team.post, tap) for tap in taps))

    asyncio.run(all_at_once())
    answers = team.telegram.emulator.answers
    wait_for(lambda: len(answers) == 50)
    state, winner = team.state()
    assert state == "claimed"
    assert sum(answer.get("text") == f"[taken] {winner} 1" for answer in answers) == 40
    assert len([sent for sent in team.in_group() if "[group_claimed]" in sent.text]) == 1


def test_who_is_not_in_the_team_is_told_and_reaches_nobody(team: Team) -> None:
    team.citizen()
    card, stranger = team.card(), team.telegram.emulator.user(700_000_900, "Người lạ")
    team.types(stranger, "Bác chuyển tiền cho tôi", card)
    assert team.said("[group_stranger] Người lạ").thread_id == card.thread_id
    for button in ("<claim>", "<done>", "<release>", "<canned>"):
        team.post(stranger.tap(card, button))
    wait_for(lambda: len(team.telegram.emulator.answers) == 4)
    assert all("[group_stranger]" in answer["text"] for answer in team.telegram.emulator.answers)
    assert team.state() == ("waiting", None)
    assert not any("chuyển tiền" in sent.text for sent in team.oa.sent)


def test_what_is_said_elsewhere_in_the_group_goes_nowhere(team: Team) -> None:
    lan, _ = team.member("Lan"), team.citizen()
    card = team.card()
    team.post(lan.group_text(team.group, "trưa nay ăn gì"))
    team.post(lan.group_text(team.group, "nhận 99"))
    for odd in ("claim:x:", "claim:99999999999999999999:", "x:1:", "", "say:1:xin chào", "outcome:1:helped"):
        tap = lan.tap(card, "<claim>")
        tap["callback_query"]["data"] = odd
        team.post(tap)
    team.post(lan.group_text(team.group, "nhận 1"))
    team.said("[group_claimed] 1 Lan")
    assert not any("ăn gì" in sent.text for sent in team.oa.sent)


def test_a_topic_of_the_group_before_is_not_taken_for_one_of_this(team: Team) -> None:
    lan, _ = team.member("Lan"), team.citizen()
    card = team.card()
    team.citizen()
    team.card(2)
    before = {"place": f"-1001{team.group.id}#2", "thread": card.thread_id, "card": 5}

    def mixed(c: Tx) -> None:
        this = telegram_topics.c.thread == card.thread_id
        row = dict(c.execute(select(telegram_topics).where(this)).mappings().one())
        c.execute(delete(telegram_topics).where(this))
        for each in (before, row):
            c.execute(insert(telegram_topics).values(each))

    asyncio.run(team.service.database.write(mixed))
    team.types(lan, "Chào bác", card)
    team.heard("[person_says] Chào bác")
    assert (team.state(1), team.state(2)) == (("claimed", "Lan"), ("waiting", None))


@pytest.mark.parametrize("trouble", ["deleted", "closed", "no right", "not a forum"])
def test_without_its_topic_the_ticket_goes_on_in_the_group(team: Team, trouble: str) -> None:
    emulator: TelegramEmulator = team.telegram.emulator
    lan = team.member("Lan")
    if trouble == "no right":
        emulator.topics_allowed = False
    hoa = team.citizen()
    card = team.card()
    if trouble == "deleted":
        emulator.delete_topic(card)
    elif trouble == "closed":
        emulator.closed_topics.add((card.chat_id, card.thread_id or 0))
        emulator.topics_allowed = False
    elif trouble == "not a forum":
        emulator.topics.clear()
        emulator.learn(lan.adds_bot(Group(team.group.id, team.group.title)))
    team.post(lan.tap(card, "<claim>"))
    claimed = team.said("[group_claimed] 1 Lan")
    assert claimed.thread_id is None
    team.oa.post(hoa.text("chị ơi"))
    said = team.said("[says] 1 chị ơi")
    assert said.thread_id is None
    team.post(lan.group_text(team.group, "Em đây bác", reply_to=said))
    team.heard("[person_says] Em đây bác")


def test_a_group_without_topics_answers_by_replies(plain: Team) -> None:
    lan, hoa = plain.member("Lan"), plain.citizen()
    card = plain.card()
    assert card.thread_id is None
    plain.post(lan.group_text(plain.group, "Chào bác", reply_to=card))
    plain.heard("[person_says] Chào bác")
    plain.oa.post(hoa.text("em ơi"))
    said = plain.said("[says] 1 em ơi")
    message = plain.telegram.emulator.message(said)
    assert message["reply_to_message"]["message_id"] == card.message_id
    plain.post(lan.group_text(plain.group, "Không gửi ai"))
    plain.post(lan.group_text(plain.group, "// ghi", reply_to=said))
    plain.post(lan.group_text(plain.group, "Em đây", reply_to=said))
    plain.heard("[person_says] Em đây")
    assert not any("Không gửi ai" in sent.text or "ghi" in sent.text for sent in plain.oa.sent)


def test_a_group_that_becomes_a_supergroup_is_followed(plain: Team) -> None:
    lan, hoa = plain.member("Lan"), plain.citizen()
    plain.card()
    plain.group = plain.telegram.emulator.migrate(plain.group, -1_009_999_999_999)
    plain.oa.post(hoa.text("bác đợi lâu quá"))
    plain.citizen()
    card = plain.card()
    assert "[alert] 2" in card.text
    plain.post(lan.group_text(plain.group, "Chào bác", reply_to=card))
    plain.heard("[person_says] Chào bác")
    assert plain.state(2) == ("claimed", "Lan")


def test_a_group_that_is_gone_is_told_to_who_leads_and_the_ticket_waits_elsewhere(team: Team) -> None:
    lead, lan = team.member("Trưởng", "lead"), team.member("Lan")
    team.telegram.emulator.block(team.group.id)
    team.citizen()
    wait_for(lambda: any(s.chat_id == lead.id and "[group_lost] 1" in s.text for s in team.telegram.sent))
    assert not any(s.chat_id == lan.id and "[group_lost]" in s.text for s in team.telegram.sent)
    team.telegram.hears(lan.text("nhận 1"))
    assert team.state() == ("claimed", "Lan")


def test_a_picture_and_a_mended_word_go_through(team: Team) -> None:
    lan, _ = team.member("Lan"), team.citizen()
    card = team.card()
    team.post(lan.group_photo(team.group, card.thread_id))
    team.heard("[person_says] [attached] <photo> http")
    update = lan.group_text(team.group, "Chào bác", thread=card.thread_id)
    team.post(update)
    team.post(lan.edited(update, "Chào bác Hoa"))
    team.heard("[edited_line] Chào bác Hoa")
    note = lan.group_text(team.group, "// bác hay quên", thread=card.thread_id)
    team.post(note)
    team.post(lan.edited(note, "// bác hay quên lắm"))
    team.types(lan, "Em đây", card)
    team.heard("[person_says] Em đây")
    assert not any("hay quên" in sent.text for sent in team.oa.sent)


def test_who_speaks_with_the_citizen_in_a_private_chat_hears_them_there_only(team: Team) -> None:
    lan, hoa = team.member("Lan"), team.citizen()
    team.card()
    team.telegram.hears(lan.text("nhận 1"))
    team.oa.post(hoa.text("chị ơi"))
    wait_for(lambda: any(s.chat_id == lan.id and "[says] 1 chị ơi" in s.text for s in team.telegram.sent))
    assert not any("chị ơi" in sent.text for sent in team.in_group())


def test_the_topic_follows_what_is_done_elsewhere(team: Team) -> None:
    lan, minh, hoa = team.member("Lan"), team.member("Minh"), team.citizen()
    card, closed = team.card(), team.telegram.emulator.closed_topics
    team.telegram.hears(lan.text("nhận 1"))
    team.said("[group_claimed] 1 Lan")
    team.telegram.hears(lan.text("chuyển 1 Minh"))
    team.said("[group_handed] 1 Lan Minh")
    team.telegram.hears(minh.text("thả 1"))
    team.said("[released] 1")
    team.telegram.hears(minh.text("nhận 1"))
    team.telegram.hears(minh.text("xong"))
    done = team.said("[group_done] 1 Minh")
    wait_for(lambda: (card.chat_id, card.thread_id) in closed)
    team.post(minh.tap(done, "[outcome wrong]"))
    wait_for(lambda: any("[outcome_kept]" in one.get("text", "") for one in team.telegram.emulator.answers))
    team.oa.hears(hoa.text("<not_helped>"))
    wait_for(lambda: not closed)
    team.telegram.hears(lan.text("nhận 1"))
    team.oa.hears(hoa.text("quay lại bot"))
    team.said("[citizen_left] 1")
    wait_for(lambda: (card.chat_id, card.thread_id) in closed)


def test_who_works_on_zalo_hears_the_citizen_there_too(team: Team) -> None:
    lan = team.oa.emulator.user("749274748538909999")
    team.oa.hears(lan.text(invited(team.service, "Lan")))
    hoa, _ = team.citizen(), team.citizen()
    team.card(2)
    for number in (1, 2):
        team.oa.post(lan.text(f"nhận {number}"))
        team.heard(f"[claimed] {number}")
    team.oa.post(hoa.text("tin của phiếu một"))
    team.heard("[says_other] 1 tin của phiếu một")
    team.said("[says] 1 tin của phiếu một")


def test_an_admin_who_hides_behind_the_groups_name_is_told(team: Team) -> None:
    lan, _ = team.member("Lan"), team.citizen()
    card = team.card()
    update = lan.group_text(team.group, "Chào bác", thread=card.thread_id)
    hidden = {"id": 1_087_968_824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    update["message"] |= {"from": hidden, "sender_chat": update["message"]["chat"]}
    team.post(update)
    assert team.said("[group_anonymous]").thread_id == card.thread_id
    assert team.state() == ("waiting", None)


def test_a_member_of_another_commune_is_told_so(team: Team) -> None:
    team.citizen()
    card, xa = team.card(), team.telegram.emulator.user(700_000_555, "Xa")
    team.telegram.hears(xa.text(invited(team.service, "Xa", communes=("ban-khac",))))
    team.types(xa, "tôi giúp", card)
    team.said("[group_elsewhere] Xa")
    assert team.state() == ("waiting", None)


def test_who_answers_where_a_ticket_is_erased_hears_that_nobody_reads_it(plain: Team) -> None:
    """They still saw it while it was being deleted."""
    lan, hoa = plain.member("Lan"), plain.citizen()
    card = plain.card()
    answer, claim = lan.group_text(plain.group, "Bác còn đó không", reply_to=card), lan.tap(card, "<claim>")
    plain.oa.hears(hoa.text("xoadulieu"))
    plain.oa.hears(hoa.text("<erase>"))
    plain.post(answer)
    plain.said("[group_gone] 1")
    plain.post(claim)
    wait_for(lambda: any("[group_gone]" in one.get("text", "") for one in plain.telegram.emulator.answers))


def test_a_reply_that_names_a_command_is_said_to_the_citizen(plain: Team) -> None:
    lan, _ = plain.member("Lan"), plain.citizen()
    plain.post(lan.group_text(plain.group, "Bác gõ /nguoi nhé", reply_to=plain.card()))
    plain.heard("[person_says] Bác gõ /nguoi nhé")


def test_telegram_makes_no_picture_of_a_persons_file(team: Team) -> None:
    lan, hoa = team.member("Lan"), team.citizen()
    card = team.card()
    team.telegram.hears(lan.text("nhận 1"))
    team.oa.post(hoa.image())
    wait_for(lambda: any("/tep/" in sent.text for sent in team.telegram.sent))
    for sent in team.telegram.sent:
        hidden = team.telegram.emulator.message(sent).get("link_preview_options") == {"is_disabled": True}
        assert hidden == ("/tep/" in sent.text)
    assert card

"""Links that are shared: their codes, what a code does in a chat, what is counted, what an erasure leaves."""

import asyncio
from datetime import date

import pytest
from sqlalchemy import func, select

from bot import conversations
from bot.conversations import Conversation
from bot.own_data import own_data
from bot.sharing import codes, links
from bot.sharing.checklist import list_items
from bot.sharing.leaflet import leaflet_for
from bot.sharing.links import Counted, Link
from bot.store.tables import arrivals, link_days, metadata
from tests.bot.conftest import Office
from tests.content import LIBRARY
from tests.library import library

TODAY = date(2026, 11, 23)


async def make(office: Office, procedure: str = "lam-nha", source: str = "Nhà văn hoá") -> Link:
    return await office.service.database.write(lambda c: links.make_link(c, "ban-moi", procedure, source, "Lan"))


async def listed(office: Office) -> dict[str, tuple[int, int]]:
    """source -> (visits, conversations)"""
    found: list[Counted] = await office.service.database.read(links.list_links)
    return {one.link.source: (one.visits, one.conversations) for one in found}


async def talk_of(office: Office, contact: str) -> Conversation:
    found = await office.service.database.read(lambda c: conversations.find_conversation(c, "zalo-bot", contact))
    assert found
    return found


# --- codes ---


def test_no_code_holds_a_letter_that_people_mix_up() -> None:
    content = LIBRARY
    made = {codes.code_letters(c, p) for c in content.communes for p in (*content.procedures, "")}
    letters = {*"".join(made), *"".join(next(codes.number_codes(one)) for one in made)}
    assert not letters & set("0O1I")
    assert all(4 <= len(one) <= 8 for one in made)


@pytest.mark.parametrize(
    "text",
    [
        "NR LP 22",
        "nrlp22",
        "nr-lp-22",
        "N.R.L.P.2.2",
        "Gửi: NR LP22!",
        "chào em, mã là nr lp 22 nhé, nhà có 3 cháu",
        "ñr lp 22",
        "NR  LP\n22",
        "na-ri_lop-1_NRLP22",
    ],
)
def test_a_code_is_found_in_any_form(text: str) -> None:
    assert "NRLP22" in codes.find_codes(text)


@pytest.mark.parametrize("text", ["", "con 22 tuổi", "số 22", "nr lp", "thửa đất 22, tờ 3", "NRLP222222", "NR LP 2"])
def test_other_words_are_no_code(text: str) -> None:
    assert "NRLP22" not in codes.find_codes(text)


def test_a_code_is_shown_as_it_is_said() -> None:
    assert codes.format_code("NRLP22", "na-ri") == "NR LP 22"
    assert codes.format_code("BMMC234", "ban-moi") == "BM MC 234"


# --- what a code does ---


@pytest.mark.parametrize("said", ["{code}", "em ơi cho hỏi mã {spaced} với", "{lower}"])
async def test_a_code_begins_where_its_link_leads(office: Office, said: str) -> None:
    link = await make(office, "nuoi-meo")
    words = said.format(code=link.code, spaced=link.shown, lower=link.shown.lower())
    assert "Nuôi mèo\n[leaflet_fact]" in (await office.say("minh", words))[-1]
    assert "Bác cho mèo ăn." in (await office.say("minh", "tiếp tục"))[-1]
    talk = await talk_of(office, "minh")
    assert (talk.state.procedure, talk.state.commune) == ("nuoi-meo", "ban-moi")
    assert words in await office.transcript(talk.id)
    assert await listed(office) == {"Nhà văn hoá": (0, 1)}


async def test_a_start_payload_begins_there_too(office: Office) -> None:
    link = await make(office)
    for contact, payload in (("minh", link.code), ("tam", f"{link.start}_{link.code}")):
        assert "Làm nhà\n[leaflet_fact]" in (await office.say(contact, start=payload))[-1]
        assert "Bác có đất chưa?" in (await office.say(contact, "tiếp tục"))[-1]
    assert await listed(office) == {"Nhà văn hoá": (0, 2)}


async def test_the_same_conversation_is_counted_once(office: Office) -> None:
    link = await make(office)
    for _ in range(3):
        await office.say("minh", link.shown)
    assert await listed(office) == {"Nhà văn hoá": (0, 1)}


async def test_a_code_that_nobody_made_is_only_words(office: Office) -> None:
    await make(office)
    before = await talk_of(office, "hoa")
    await office.say("hoa", "BM LN 99")
    assert (await talk_of(office, "hoa")).state.procedure == before.state.procedure
    assert await listed(office) == {"Nhà văn hoá": (0, 0)}


async def test_a_retired_link_leaves_the_list_and_still_leads(office: Office) -> None:
    link = await make(office)
    await office.service.database.write(lambda c: links.retire_link(c, link))
    assert await listed(office) == {}
    assert "Làm nhà\n[leaflet_fact]" in (await office.say("minh", link.code))[-1]
    assert "Bác có đất chưa?" in (await office.say("minh", "tiếp tục"))[-1]
    again = await make(office)
    assert (again.code, again.retired) == (link.code, False)


async def test_what_is_said_to_a_person_is_not_taken_for_a_code(office: Office) -> None:
    link = await make(office, "nuoi-meo")
    await office.hire("Lan")
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await office.say("hoa", f"tờ dán ghi {link.shown}")
    assert any(link.shown in line for line in await office.hears("lan"))
    assert (await talk_of(office, "hoa")).state.procedure == "lam-nha"
    assert await listed(office) == {"Nhà văn hoá": (0, 0)}


async def test_an_erasure_leaves_no_path_and_keeps_the_count(office: Office) -> None:
    link = await make(office)
    await office.say("minh", link.code)
    talk = await talk_of(office, "minh")
    kept = await office.service.database.read(lambda c: own_data(c, office.service.content.library, talk, 10_000))
    assert "[link] 23/11/2026 09:00 Nhà văn hoá" in kept
    await office.say("minh", "xoá dữ liệu")
    await office.say("minh", "1")
    count = select(func.count()).select_from(arrivals)
    assert await office.service.database.read(lambda c: c.execute(count).scalar_one()) == 0
    assert await listed(office) == {"Nhà văn hoá": (0, 1)}


def test_what_is_counted_holds_nobody() -> None:
    columns = {column.name for column in metadata.tables[link_days.name].columns}
    assert columns == {"link_id", "day", "visits", "conversations"}


# --- making links ---


async def test_links_to_one_procedure_differ_in_their_digits(office: Office) -> None:
    made = [await make(office, source=f"Nhóm thôn {n}") for n in range(70)]
    assert made[0].code == "BMLN22"
    assert len({link.code for link in made}) == 70
    assert made[-1].code == "BMLN227"


async def test_two_at_once_get_two_codes(office: Office) -> None:
    made = await asyncio.gather(*(make(office, source=f"Nhóm {n}") for n in range(8)), make(office, source="Nhóm 0"))
    assert len({link.code for link in made}) == 8
    assert made[0] == made[-1]


async def test_a_place_is_called_by_one_name_only(office: Office) -> None:
    one, two = await make(office, source="Nhóm A"), await make(office, source="Nhóm B")
    rename = office.service.database.write
    assert not await rename(lambda c: links.rename_link(c, two, " Nhóm  A "))
    assert not await rename(lambda c: links.rename_link(c, two, "  "))
    assert await rename(lambda c: links.rename_link(c, one, "Nhóm A"))
    assert await rename(lambda c: links.rename_link(c, two, "Nhóm thôn Pò"))
    assert set(await listed(office)) == {"Nhóm A", "Nhóm thôn Pò"}


async def test_visits_are_counted_by_the_day_in_vietnam(office: Office) -> None:
    link = await make(office)
    for _ in range(2):
        await office.service.database.write(lambda c: links.record_visit(c, link))
    await office.passes(hours=16)
    await office.service.database.write(lambda c: links.record_visit(c, link))
    rows = await office.service.database.read(lambda c: c.execute(select(link_days.c.day, link_days.c.visits)).all())
    assert [(str(row.day), row.visits) for row in rows] == [("2026-11-23", 2), ("2026-11-24", 1)]
    assert await listed(office) == {"Nhà văn hoá": (3, 0)}


# --- what a page and a paper tell ---


def test_a_leaflet_states_only_what_is_known() -> None:
    about = leaflet_for(library(), "ban-moi", "lam-nha", TODAY)
    assert about
    assert about.facts == {"time": "mười ngày", "fee": None, "where": "Nộp ở nhà sàn giữa bản"}
    assert about.papers == ["Đơn", "Ảnh [unsure_mark]"]
    assert about.other_papers == ["Bản vẽ"]
    assert about.place == {"address": "nhà sàn giữa bản"}
    assert leaflet_for(library(), "ban-moi", "khong-co", TODAY) is None
    assert leaflet_for(library(), "khong-co", "", TODAY) is None


def test_a_checklist_tells_conditions_in_words() -> None:
    about = leaflet_for(library(), "ban-moi", "lam-nha", TODAY)
    assert about
    found = {item.number: item for item in list_items(about)}
    assert found[1].boxes == ("a. Có rồi", "b. Chưa có")
    assert found[2].when == "nếu câu 1 chọn b"
    assert found[4].when == "nếu câu 3 chọn a, b"
    assert found[5].boxes == ("Đơn", "Bản vẽ (nếu câu 4 chọn b)", "Ảnh [unsure_mark]")
    assert found[6].when == "nếu chưa có Đơn"
    assert found[8].text == "Bác chờ mười ngày, nhận ở nhà sàn giữa bản."


def test_every_shipped_procedure_goes_on_paper() -> None:
    content = LIBRARY
    for procedure in content.procedures.values():
        about = leaflet_for(content, "na-ri", procedure.id, TODAY)
        assert about
        told = [text for item in list_items(about) for text in (item.text, item.when, *item.boxes)]
        assert not [text for text in told if "{" in text or "gặp người" in text]
        conditional = [step for step in procedure.steps if step.when]
        assert sum(bool(item.when) for item in list_items(about)) >= len(conditional) - 3

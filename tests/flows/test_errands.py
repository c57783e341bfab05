"""What people come for: by the menu's groups, by what happened in their lives, by an official name; and what is no errand."""

import pytest

from flows.definition.library import Library
from flows.definition.loading import load
from flows.definition.yaml_source import ContentError
from flows.messages import Message, OpenTicket
from tests.flows.chat import FILED, Chat, started
from tests.library import files

MENU = "nha: {title: Nhà cửa, procedures: [lam-nha]}\nvat: {title: Vật nuôi, procedures: [nuoi-meo]}\n"
EVENTS = "cuoi-vo: {title: Cưới vợ, text: Chúc mừng bác., says: [cưới vợ, sắp cưới], procedures: [lam-nha, nuoi-meo]}\n"
TERMS = "trich-do: {term: trích đo, says: [đo vẽ], meaning: Đo rồi vẽ., source: so-tay, checked: 2026-11-01}\n"
CATALOGUE = (
    "code,name,field,level,online,postal,direct,fee,decision,snapshot\n"
    "1.000009,Cấp giấy phép nuôi hổ trong chuồng,Thú,Cấp Xã,3 ngày làm việc,,5 ngày làm việc,70000,1/QĐ,2026-07-18\n"
    "1.000010,Xoá tên hổ đã chết,Thú,,,,,,1/QĐ,2026-07-18\n"
    "1.000011,Cấp sổ gạt bùn ruộng bậc thang,Đất đai,,8 ngày,8 ngày,8 ngày,,1/QĐ,2026-07-18\n"
)


@pytest.fixture(scope="module")
def town() -> Library:
    extra = {"menu.yaml": MENU, "events.yaml": EVENTS, "terms.yaml": TERMS, "catalogue.csv": CATALOGUE}
    return load({**files(), **extra})


def test_the_menu_goes_by_groups(town: Library) -> None:
    chat = Chat(town)
    chat.say("xin chào")
    assert chat.labels == ["Nhà cửa", "Vật nuôi"]
    assert "[which_of_group] " in chat.tap("Vật nuôi")
    chat.tap("<other_group>")
    assert chat.labels == ["Nhà cửa", "Vật nuôi"]
    chat.tap("Vật nuôi")
    chat.tap("Nuôi mèo")
    assert chat.state.procedure == "nuoi-meo"


def test_no_group_may_be_called_like_the_button_for_something_else() -> None:
    with pytest.raises(ContentError, match="tên dành riêng"):
        load({**files(), "menu.yaml": MENU.replace("vat:", "khac:")})


def test_what_was_left_is_first_on_the_menu_and_at_the_end(town: Library) -> None:
    chat = started(town)
    chat.tap("Có rồi")
    chat.say("danh sách")
    assert chat.labels[0] == "<resume> Làm nhà"
    chat.say("nuôi mèo")
    chat.tap("<walk>", "<finished>")
    assert chat.labels == [*FILED, "<resume> Làm nhà", "<other_procedure>"]
    chat.tap("<resume> Làm nhà")
    assert (chat.state.procedure, chat.state.answers) == ("lam-nha", {"co-dat": "co"})


def test_an_event_leads_to_its_errands_one_after_the_other(town: Library) -> None:
    chat = Chat(town)
    assert "Chúc mừng bác." in chat.say("sắp cưới rồi")
    assert chat.labels == ["Làm nhà", "Nuôi mèo", "<none_of_these>"]
    chat.tap("Nuôi mèo", "<walk>", "<finished>")
    assert chat.labels == [*FILED, "Làm nhà", "<other_procedure>"]
    chat.tap("Làm nhà")
    assert (chat.state.procedure, chat.state.plan) == ("lam-nha", ())


def test_who_names_the_procedure_is_not_sent_by_the_event(town: Library) -> None:
    chat = Chat(town)
    chat.say("nuôi mèo")
    assert chat.state.procedure == "nuoi-meo"


@pytest.mark.parametrize("asked", ["trích đo là gì", "trich do la gi", "đo vẽ là gì"])
def test_a_term_is_explained_and_the_step_stays(town: Library, asked: str) -> None:
    chat = started(town)
    slot = chat.slot
    chat.say(asked)
    assert chat.reply.text.startswith("[term] ")
    assert chat.slot == slot


def test_an_official_name_shows_its_card_and_offers_a_person(town: Library) -> None:
    chat = Chat(town)
    card = chat.say("cap giay phep nuoi ho trong chuong")
    assert "[entry]" in card
    assert "[offer_person]" in card
    assert chat.slot == "@human"


@pytest.mark.parametrize(
    ("name", "said", "unsaid"),
    [
        ("cap so gat bun ruong bac thang", "[entry_any_way]", "[entry_way]"),
        ("cap giay phep nuoi ho trong chuong", "[entry_way]", "[entry_any_way]"),
    ],
)
def test_a_card_names_the_ways_of_filing_only_where_they_differ(
    town: Library, name: str, said: str, unsaid: str
) -> None:
    card = Chat(town).say(name)
    assert said in card
    assert unsaid not in card


def test_a_card_says_what_it_does_not_know(town: Library) -> None:
    known, unknown = town.catalogue["1.000009"], town.catalogue["1.000010"]
    assert (known.fee, unknown.fee, unknown.level, unknown.direct) == (70000, None, "", "")


@pytest.mark.parametrize(
    ("said", "answer", "slot"),
    [
        ("bực quá", "[frustration]", "@human"),
        ("giá vàng", "[out_of_scope]", "co-dat"),
        ("hồ sơ đến đâu rồi", "[status]", "co-dat"),
    ],
)
def test_anger_gets_a_person_and_the_rest_an_honest_word(town: Library, said: str, answer: str, slot: str) -> None:
    chat = started(town)
    assert chat.say(said).startswith(answer)
    assert chat.slot == slot
    assert chat.state.procedure == "lam-nha"


def test_a_person_after_danger_knows_why(town: Library) -> None:
    chat = started(town)
    assert chat.say("bị đánh") == "[violence] 113\n\n[danger_told]\n\n[danger_private]"
    assert (chat.labels, chat.state.at, chat.state.asking) == ([], "co-dat", None)
    tickets = [effect for effect in chat.effects if isinstance(effect, OpenTicket)]
    assert [ticket.reason for ticket in tickets] == ["emergency"]


# --- two stages of not understanding: the answers so far are never touched ---

AFFIRM, DENY, MISS, REPHRASE = "1", "không phải", "ơ kìa xyz", "nuôi mèo"


@pytest.mark.parametrize(
    ("says", "ends"),
    [
        ((MISS, "Có rồi"), "loai-nha"),
        ((MISS, MISS), "@human"),
        ((MISS, MISS, "không"), "co-dat"),
        ((MISS, REPHRASE), "@switch"),
        ((MISS, REPHRASE, DENY), "co-dat"),
        ((MISS, REPHRASE, AFFIRM), "@leaflet"),
        ((REPHRASE, MISS, "không"), "co-dat"),
        ((REPHRASE, MISS, MISS, "không"), "co-dat"),
    ],
)
def test_misses_and_rephrasings_lead_somewhere(town: Library, says: tuple[str, ...], ends: str) -> None:
    chat = started(town)
    before = dict(chat.state.answers)
    chat.say(*says)
    if chat.slot == "@switch" and ends != "@switch":
        chat.say("không")
    assert chat.slot == ends
    kept = chat.state.answers if chat.state.procedure == "lam-nha" else chat.state.drafts.get("lam-nha", {})
    assert before.items() <= kept.items() or not before


def test_a_link_still_opens_the_procedure_past_the_groups(town: Library) -> None:
    chat = Chat(town)
    chat.send(Message(start="ban-moi_nuoi-meo"))
    assert chat.state.procedure == "nuoi-meo"


def test_the_name_of_an_errand_answers_none_of_its_questions(town: Library) -> None:
    chat = Chat(town)
    assert "[heard]" not in chat.say("làm nhà")
    assert chat.state.answers == {}


def test_a_commune_may_be_named_before_anybody_asks(town: Library) -> None:
    chat = Chat(town)
    chat.say("nuôi mèo")
    assert "[commune_kept] xã Bản Mới" in chat.say("tôi ở bản xa")
    assert (chat.state.commune, chat.slot) == ("ban-moi", "@leaflet")


def test_an_answer_may_be_said_on_the_leaflet(town: Library) -> None:
    chat = Chat(town)
    chat.say("làm nhà")
    assert "[heard] Có rồi" in chat.say("đất có rồi")
    assert chat.slot == "loai-nha"
    assert "<change>" in [choice.label for choice in chat.reply.nav]

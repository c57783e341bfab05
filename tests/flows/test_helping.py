"""A helper of neighbours: what is under way for each is kept under a name, and nothing of one shows in another."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.definition.library import Library
from flows.dialogue.helping import MOST
from flows.messages import Message
from flows.understanding.helping import Helped, find_helped
from tests.flows.chat import Chat, started
from tests.library import HOUSE
from tests.library import library as small


@pytest.mark.parametrize(
    ("text", "helped"),
    [
        ("làm hộ bà hàng xóm", Helped("bà hàng xóm", sure=False)),
        ("lam ho ba hang xom nhe", Helped("ba hang xom", sure=False)),
        ("xong rồi, giờ làm cho ông cậu", Helped("ông cậu", sure=True)),
        ("giờ làm cho chị Hoa 0912345678 ạ", Helped("chị Hoa", sure=True)),
        ("làm cho Hoa", Helped("Hoa", sure=False)),
        ("làm cho tôi", Helped("", sure=False)),
        ("giờ làm cho [số đã che]", None),
        ("làm hộ bà hàng xóm cái nhà 2 tầng", Helped("bà hàng xóm", sure=False, thing="cái nhà 2 tầng")),
        ("làm hộ bà nội cái nhà", None),
        ("làm hộ cái nhà", None),
        ("làm hộ chiếu", None),
        ("làm cho con đất", None),
        ("làm hộ bà cái giấy tờ nhà cửa này với", None),
        ("chồng tôi làm cho ông cậu", None),
        ("làm nhà", None),
    ],
)
def test_for_whom_somebody_says_that_they_work(library: Library, text: str, helped: Helped | None) -> None:
    assert find_helped(library, text) == helped


def test_somebody_new_is_asked_about_before(library: Library) -> None:
    chat = started(library)
    chat.tap("Có rồi")
    assert "[helping_begin] bà hàng xóm" in chat.say("làm hộ bà hàng xóm")
    chat.tap("<keep_going>")
    assert (chat.state.person, chat.slot) == ("", "loai-nha")
    chat.say("làm hộ bà hàng xóm")
    assert "[helping_now] bà hàng xóm" in chat.tap("<helping_yes>")
    assert (chat.state.person, chat.slot, chat.state.procedure) == ("bà hàng xóm", "@menu", None)
    assert "Làm nhà" not in " ".join(chat.labels[:1])


def test_for_whom_and_what_in_one_sentence(library: Library) -> None:
    chat = started(library)
    chat.tap("Có rồi")
    told = chat.say("làm hộ bà hàng xóm cái nuôi mèo")
    assert told.startswith("[helping_for] bà hàng xóm")
    assert (chat.state.person, chat.state.procedure, chat.slot) == ("bà hàng xóm", "nuoi-meo", "@leaflet")
    assert chat.state.others[""].procedure == "lam-nha"
    chat.say("việc của tôi")
    assert (chat.state.person, chat.state.procedure, chat.slot) == ("", "lam-nha", "loai-nha")


def test_what_is_no_errand_beside_a_name_changes_nobody(library: Library) -> None:
    chat = started(library)
    chat.say("làm hộ bà hàng xóm cái gì đó")
    assert chat.state.person == ""


def test_done_for_one_and_on_to_the_next(library: Library) -> None:
    """Three drafts at once; each is found again where it was."""
    chat = started(library)
    chat.tap("Có rồi")
    chat.say("giờ làm cho bà Lan", "nuôi mèo", "tiếp tục")
    assert chat.slot == "cho-an"
    chat.say("xong rồi, giờ làm cho ông cậu", "làm nhà", "tiếp tục")
    assert "[progress_for]" in chat.reply.text
    chat.tap("Chưa có")
    assert "[resuming]" not in chat.say("giờ làm cho bà lan")
    assert (chat.state.person, chat.slot) == ("bà Lan", "@leaflet")
    chat.say("lam cho ong cau")
    assert (chat.state.person, chat.slot, chat.state.answers["co-dat"]) == ("ông cậu", "giay-to", "chua")
    chat.say("giờ làm cho tôi")
    assert (chat.state.person, chat.slot) == ("", "loai-nha")


def test_the_list_shows_names_alone_and_a_tap_switches(library: Library) -> None:
    chat = started(library)
    chat.tap("Có rồi")
    chat.say("giờ làm cho bà Lan", "làm nhà", "tiếp tục", "chưa có", "danh sách")
    assert chat.labels[:2] == ["<help_oneself>", "Làm nhà"]
    chat.tap("<help_oneself>")
    assert (chat.state.person, chat.slot) == ("", "loai-nha")
    chat.say("giờ làm cho ông cậu", "danh sách")
    assert chat.labels[:2] == ["<help_oneself>", "<help_person> bà Lan"]
    chat.tap("<help_person> bà Lan")
    assert (chat.state.person, [*chat.state.drafts]) == ("bà Lan", ["lam-nha"])


def test_an_old_button_of_one_does_nothing_to_another(library: Library) -> None:
    chat = started(library)
    old = chat.choice("Có rồi").token
    chat.say("giờ làm cho bà Lan", "làm nhà", "tiếp tục")
    assert "[old_button]" in chat.send(Message(choice=old))
    assert chat.state.answers == {}


def test_what_is_finished_is_not_kept(library: Library) -> None:
    chat = Chat(library)
    chat.say("giờ làm cho bà Lan", "nuôi mèo", "tiếp tục", "xong")
    chat.say("giờ làm cho ông cậu")
    assert chat.state.others == {}


def test_there_is_room_for_some_people_and_nobody_is_lost(library: Library) -> None:
    chat = Chat(library)
    for number in range(MOST + 1):
        chat.say(f"giờ làm cho bà {'abcdefghik'[number]}", "nuôi mèo", "tiếp tục")
    before = chat.state
    assert f"[helping_full] {MOST}" in chat.say("giờ làm cho ông cậu")
    assert (chat.state.person, chat.state.others) == (before.person, before.others)


def test_erasing_erases_everybody(library: Library) -> None:
    chat = started(library)
    chat.say("giờ làm cho bà Lan", "nuôi mèo", "giờ làm cho ông cậu", "xoá dữ liệu")
    chat.tap("<erase>")
    assert (chat.state.person, chat.state.others, chat.state.drafts) == ("", {}, {})


def test_an_answer_that_sounds_like_it_is_an_answer() -> None:
    chat = started(small(house=HOUSE.replace("{id: co, label: Có rồi,", "{id: co, label: Làm hộ bà Lan,")))
    chat.say("làm hộ bà Lan")
    assert (chat.state.person, chat.state.answers) == ("", {"co-dat": "co"})


LIBRARY = small()
NAMES = ("bà Lan", "ông cậu", "chị Hoa")
SAID = (
    "làm nhà", "nuôi mèo", "tiếp tục", "xong", "quay lại", "có rồi", "nhà gỗ", "hai tầng", "chưa có", "tóm tắt", "bị vướng",
    "mất bao lâu", "cần giấy tờ gì", "sửa", "số điện thoại của xã", "mượn thợ ở đâu",
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(NAMES), st.lists(st.sampled_from(SAID), min_size=1, max_size=6)), max_size=6))
def test_nothing_of_one_shows_in_another(visits: list[tuple[str, list[str]]]) -> None:
    """Whatever is done for others between, each person's talk reads as if they were the only one."""
    together, alone = Chat(LIBRARY), {name: Chat(LIBRARY) for name in NAMES}
    for chat in (together, *alone.values()):
        chat.send(Message(start="ban-moi"))
    for name, said in visits:
        own = alone[name]
        for chat in (together, own):
            chat.say("giờ làm cho tôi", f"giờ làm cho {name}")
        for text in said:
            assert (together.say(text), _kept(together)) == (own.say(text), _kept(own))


def _kept(chat: Chat) -> list[str]:
    """The choices, but for those of other people."""
    return [label for label in chat.labels if not label.startswith(("<help_person>", "<help_oneself>"))]

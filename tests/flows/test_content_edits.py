"""What a conversation becomes when the content changes under it."""

from flows.definition.library import Library
from flows.definition.loading import load
from flows.dialogue.advance import advance
from flows.dialogue.opening import opening
from flows.messages import Message
from tests.flows.chat import Chat, at_the_form, started
from tests.library import HOUSE, files
from tests.library import library as make


def changed(chat: Chat, house: str) -> str:
    chat.library = make(house=house)
    return chat.say("xin chào")


def test_after_an_edit_the_conversation_goes_on_at_the_same_step_and_says_so(library: Library) -> None:
    chat = at_the_form(library)
    new = "  - {id: moi, kind: tell, text: Có điều mới.}\n  - id: loai-nha"
    assert "[content_changed]" in changed(chat, HOUSE.replace("  - id: loai-nha", new))
    assert chat.slot == "xin-don"
    chat.tap("<finished>")
    assert chat.slot == "nop-don"


def test_when_its_step_is_gone_it_goes_on_at_the_last_one_before(library: Library) -> None:
    chat = started(library)
    chat.tap("Có rồi", "Nhà gỗ")
    assert chat.slot == "tang"
    start, end = HOUSE.index("  - id: tang"), HOUSE.index("  - id: giay-to")
    without = (HOUSE[:start] + HOUSE[end:]).replace(", when: {tang: hai}", "")
    assert "[content_changed]" in changed(chat, without)
    assert chat.slot == "loai-nha"


def test_an_answer_whose_option_is_gone_is_asked_again(library: Library) -> None:
    chat = at_the_form(library)
    gone = HOUSE.replace("      - {id: go, label: Nhà gỗ, says: [nhà sàn]}\n", "").replace("[go, gach]", "gach")
    changed(chat, gone)
    assert chat.slot == "loai-nha"


def test_an_old_button_from_before_an_edit_never_acts(library: Library) -> None:
    chat = started(library)
    old = chat.choice("Có rồi").token
    changed(chat, HOUSE.replace("Bác có đất chưa?", "Bác đã có đất chưa?"))
    assert "[old_button]" in chat.send(Message(choice=old))


def test_a_procedure_that_was_removed_leads_to_the_menu(library: Library) -> None:
    chat = started(library, "nuoi-meo")
    chat.library = load({name: text for name, text in files().items() if "meo" not in name})
    assert "[procedure_gone]" in chat.say("xin chào")
    assert "[menu]" in chat.reply.text


def test_a_question_that_is_gone_from_the_content_is_not_asked_again(library: Library) -> None:
    chat = started(library)
    chat.first()
    chat.say("sửa", "1")
    gone = chat.state.model_copy(update={"asking": "redo:khong-con", "version": "old"})
    assert opening(library, gone, chat.now).choices
    assert advance(library, gone, Message(text="1"), chat.now).replies[0].choices

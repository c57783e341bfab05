"""Who looks at an open page sees at once what is said, wherever it was said."""

from bot import conversations
from bot.messages import Inbound
from flows.messages import Message
from tests.bot.conftest import CHANNEL, Office


async def test_a_page_hears_at_once_what_somebody_answers_from_their_chat(office: Office) -> None:
    await office.hire("Lan")
    await office.say("hoa", "gặp người")
    await office.say("lan", "Nhận 1")
    with office.service.subscriptions.subscribe(await _hoa(office)) as rung:
        await office.say("lan", "Chào bác, em là Lan")
        assert rung.is_set()


async def test_a_page_hears_when_everything_is_erased_but_not_what_comes_twice(office: Office) -> None:
    with office.service.subscriptions.subscribe(await _hoa(office)) as rung:
        for text in ("/xoadulieu", "xoá hết"):
            rung.clear()
            await office.say("hoa", text)
            assert rung.is_set()
        rung.clear()
        await office.service.turns.receive(Inbound(CHANNEL, "hoa", office.last["hoa"], Message(text="xoá hết")))
        assert not rung.is_set()


async def _hoa(office: Office) -> int:
    found = await office.service.database.read(lambda c: conversations.find_conversation(c, CHANNEL, "hoa"))
    assert found
    return found.id

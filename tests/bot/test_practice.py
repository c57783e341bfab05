"""A member tries out all of a ticket with a citizen who is none; nobody else is bothered by it."""

from sqlalchemy import select

from bot import conversations
from bot.handoff import ticket_lists
from bot.store.tables import content_feedback, outbox
from flows.messages import Reply
from tests.bot.conftest import Office


async def says(office: Office, name: str, *texts: str) -> list[str]:
    """What the member hears once the practice citizen has heard it all, and answered."""
    heard = [line for text in texts for line in await office.say(name, text)]
    await office.service.delivery.deliver_due()
    return heard + await office.hears(name)


async def test_a_member_tries_out_all_of_it(office: Office) -> None:
    await office.hire("Lan")
    begun = await office.say("lan", "tập")
    assert begun[0].startswith("[alert] 1")
    assert begun[-1] == "[practice_begun] 1"
    (claimed,) = await office.say("lan", "nhận 1")
    assert "Tôi vướng." in claimed
    assert await says(office, "lan", "Chị đang ở đâu ạ?") == ["[says] 1 Vẫn chưa được."]
    assert await says(office, "lan", "Chị bấm lại giúp em.") == ["[says] 1 Được rồi, cảm ơn."]
    assert await says(office, "lan", "Vâng ạ.") == []
    assert (await office.say("lan", "xong"))[0].startswith("[done] 1")
    assert await office.state() == ("resolved", "Lan")


async def test_nobody_else_sees_or_hears_it(office: Office) -> None:
    await office.hire("Lan")
    await office.hire("Minh", "lead")
    await office.say("lan", "tập")
    assert await office.hears("minh") == []
    assert await office.say("minh", "nhận 1") == ["[unknown] 1"]
    assert await office.say("minh", "phiếu") == ["[none_waiting]"]
    await office.passes(hours=9)
    assert await office.hears("minh") == []


async def test_it_is_in_no_citizens_way_and_in_no_figure(office: Office) -> None:
    await office.hire("Lan")
    await office.say("lan", "tập")
    told = await office.say("hoa", "gặp người")
    assert "[queue_place]" not in "".join(told)
    for _ in range(6):
        await office.say("lan", "nhận 1")
        await office.say("lan", "xong 1")
        await office.say("lan", "tập")
    counted = await office.service.database.read(
        lambda c: ticket_lists.first_answers(c, "ban-moi", office.now.replace(year=2020))
    )
    assert counted == []


async def test_the_next_practice_is_with_somebody_else_until_the_first_comes_again(office: Office) -> None:
    await office.hire("Lan")
    for number, first, hint in (
        (1, "Tôi vướng.", "easy"),
        (2, "Làm ăn kiểu gì thế?", "angry"),
        (3, "Tôi vướng.", "easy"),
    ):
        await office.say("lan", "tập")
        (claimed,) = await office.say("lan", f"nhận {number}")
        assert first in claimed
        assert f"[hint {hint}]" in claimed
        if number == 2:
            assert await says(office, "lan", "Xin lỗi vì phải chờ ạ.") == ["[says] 2 Thôi được."]
            assert await says(office, "lan", "Vâng.") == []
        await office.say("lan", "xong")


async def test_asking_twice_gives_the_same_ticket(office: Office) -> None:
    await office.hire("Lan")
    await office.say("lan", "tập")
    assert (await office.say("lan", "tập"))[-1] == "[practice_begun] 1"


async def test_each_line_is_said_once_though_the_call_is_made_again(office: Office) -> None:
    await office.hire("Lan")
    await office.say("lan", "tập")
    await office.say("lan", "nhận 1")
    assert await says(office, "lan", "Chị đang ở đâu ạ?") == ["[says] 1 Vẫn chưa được."]
    again = outbox.update().where(outbox.c.channel == "practice").values(state="pending", claimed_until=None)
    await office.service.database.write(lambda c: c.execute(again))
    assert await says(office, "lan") == []


async def test_what_is_tried_out_is_no_news_to_the_editors(office: Office) -> None:
    await office.hire("Lan")
    for said in ("tập", "nhận 1", "xong", "sai 1 thử thôi mà", "mẹo 1 thử thôi"):
        await office.say("lan", said)
    assert await office.service.database.read(lambda c: c.execute(select(content_feedback)).all()) == []


async def test_nobody_speaks_after_the_end(office: Office) -> None:
    await office.hire("Lan")
    await office.say("lan", "tập")
    await office.say("lan", "nhận 1")
    await office.say("lan", "xong")
    state = await office.service.database.read(lambda c: conversations.find_conversation(c, "practice", "1"))
    assert state
    assert state.state.version == office.service.content.library.procedures["lam-nha"].version
    sender = office.service.sender
    await office.service.database.write(lambda c: sender.say(c, state, "Lan", Reply("tạm biệt")))
    office.service.delivery.wake()
    assert await says(office, "lan") == []
    assert await office.state() == ("resolved", "Lan")

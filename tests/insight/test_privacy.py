"""Nobody is found in the numbers: not by name, not by id, not in a small cell, not by subtraction."""

import json
import re
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot import conversations
from bot.insight import disclosure, misunderstood
from bot.insight.events import forget_keys
from bot.insight.export import as_csv, as_data
from bot.insight.scope import Scope
from bot.insight.sections import all_tables
from bot.store.tables import event_counts, event_keys, events
from bot.store.tx import Tx
from flows.messages import Missed
from tests.insight.month import Month

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
MINUTES = ("teams", "hours")  # tables whose last two columns are waits, not people


async def tables_of(month: Month, *communes: str, procedure: str = "") -> list[disclosure.Table]:
    scope = Scope(month.service.content.library, OCTOBER, OCTOBER, communes, procedure)
    return await month.service.database.read(lambda c: all_tables(c, scope))


async def test_every_number_that_leaves_is_five_or_more_and_a_multiple_of_five(month: Month) -> None:
    await month.run(40)
    for communes in ((), ("ban-moi",), ("ban-cu",)):
        for procedure in ("", "lam-nha", "nuoi-meo"):
            tables = await tables_of(month, *communes, procedure=procedure)
            assert tables
            for table in tables:
                counted = [row[:-2] if table.name in MINUTES else row for row in table.rows]
                numbers = [cell for row in counted for cell in row if isinstance(cell, int)]
                assert all(number >= 5 and number % 5 == 0 for number in numbers), table.name


async def test_what_is_hidden_is_hidden_in_every_file(month: Month) -> None:
    await month.run(4)
    tables = await tables_of(month, procedure="lam-nha")
    scope = Scope(month.service.content.library, OCTOBER, OCTOBER)
    for table in tables:
        assert not re.search(r"(?:^|,)[1-4](?:,|$)", as_csv(table), re.MULTILINE), table.name
    assert not re.search(
        r"\b[1-4]\b(?! (tầng|điểm|giờ))", json.dumps(as_data(scope, tables)["tables"]["communes"]["rows"])
    )


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6))
def test_a_total_tells_no_more_than_what_is_shown(counts: list[int]) -> None:
    """It can be worked out from the shown cells alone, so whatever is hidden may be any number under five."""
    shown = [disclosure.hide_small(count) for count in counts]
    others = [count if count >= 5 else (count + 1) % 5 for count in counts]
    assert disclosure.sum_shown(shown) == disclosure.sum_shown([disclosure.hide_small(other) for other in others])


@given(st.integers(0, 4), st.integers(5, 500))
def test_a_hidden_number_is_not_what_is_left_of_another(few: int, many: int) -> None:
    """All communes without all but one: the difference is no number of people."""
    whole, most = disclosure.hide_small(few + many), disclosure.hide_small(many)
    assert whole is not None and most is not None
    assert (whole - most) % 5 == 0
    possible = {n for n in range(5) for m in range(max(5, most - 2), most + 3) if disclosure.hide_small(n + m) == whole}
    assert len(possible) > 1


async def test_no_event_can_be_laid_beside_a_line_of_a_transcript(month: Month) -> None:
    await month.run(10)
    rows = await month.service.database.read(lambda c: c.execute(select(events)).all())
    assert {(row.at.minute, row.at.second, row.at.microsecond) for row in rows} == {(0, 0, 0)}
    assert not {"id", "conversation_id", "contact", "text"} & set(events.c.keys())
    assert not {"key", "conversation_id"} & set(event_counts.c.keys())


async def test_another_month_has_another_key_and_the_old_one_is_forgotten(month: Month) -> None:
    await month.say("hoa", start="ban-moi_lam-nha")
    await month.say("hoa", "tiếp tục")
    month.clock.now += timedelta(days=31)
    await month.say("hoa", "có rồi")
    keys = await month.service.database.read(lambda c: c.execute(select(events.c.key, events.c.at)).all())
    assert len({row.key for row in keys}) == 2
    kept = await month.service.database.read(lambda c: c.execute(select(event_keys.c.key)).scalars().all())
    assert set(kept) == {row.key for row in keys if row.at >= datetime(2026, 10, 31, 17, tzinfo=UTC)}
    month.clock.now += timedelta(days=31)
    assert await month.service.database.write(forget_keys) == 1


async def test_a_key_is_no_function_of_who_it_is(month: Month) -> None:
    """The same person, the same words, the same moment: another number."""
    await month.say("hoa", start="ban-moi_lam-nha")
    await month.say("hoa", "tiếp tục")
    await month.say("hoa", "xoá dữ liệu")
    await month.say("hoa", "1")
    await month.say("hoa", start="ban-moi_lam-nha")
    await month.say("hoa", "tiếp tục")
    keys = await month.service.database.read(lambda c: c.execute(select(events.c.key).distinct()).scalars().all())
    assert len(keys) == 2


async def test_who_erases_their_data_is_in_no_table_but_still_counted(month: Month) -> None:
    await month.say("hoa", start="ban-moi_lam-nha")
    await month.say("hoa", "tiếp tục")
    await month.say("hoa", "xoá dữ liệu")
    before = await month.service.database.read(lambda c: c.execute(select(func.count()).select_from(events)).scalar())
    await month.say("hoa", "1")
    left = await month.service.database.read(lambda c: c.execute(select(func.count()).select_from(event_keys)).scalar())
    after = await month.service.database.read(lambda c: c.execute(select(func.count()).select_from(events)).scalar())
    assert (left, after) == (0, before)


async def test_names_and_rare_words_are_not_told(month: Month) -> None:
    said = (
        "Tôi là Nông Thị Mỷ ở Khuổi Nằn làm nhà",
        "toi ten la hoang van phinh muon lam nha",
        "nhà của Triệu Mùi Pham",
    )
    await month.say("hoa", start="ban-moi_lam-nha")
    await month.say("hoa", "tiếp tục")

    def note(tx: Tx) -> None:
        for text in said:
            conversations.note_miss(tx, 1, Missed(text, None, None), "ban-moi")

    await month.service.database.write(note)
    scope = Scope(month.service.content.library, OCTOBER, OCTOBER)
    found = await month.service.database.read(lambda c: misunderstood.group_misses(c, scope))
    told = " ".join(group.text for group in found).lower()
    assert "nhà" in told
    for name in ("nông", "mỷ", "khuổi", "hoang", "phinh", "triệu", "mùi", "pham"):
        assert name not in told
    assert misunderstood.groups_table(found).rows == []


async def test_what_five_people_wrote_is_told_as_it_is_and_handed_over_once(month: Month) -> None:
    library = month.service.content.library
    for number in range(5):
        await month.say(f"c{number}", "xin cái quyết định thương binh")
    scope = Scope(library, OCTOBER, OCTOBER)
    found = await month.service.database.read(lambda c: misunderstood.group_misses(c, scope))
    assert [(group.text, group.people) for group in found] == [("xin cái quyết định thương binh", 5)]

    def hand_over() -> object:
        text = "xin cái quyết định thương binh"
        return month.service.database.write(lambda c: misunderstood.hand_over(c, scope, text, "lam-nha", "Lan"))

    assert await hand_over() is True  # type: ignore[misc]
    assert await hand_over() is False  # type: ignore[misc]

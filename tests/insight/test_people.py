"""People are people: who works on several procedures in a month is one person in every figure that is not of one procedure."""

import random
from collections import defaultdict
from datetime import date

from bot.insight.scope import Scope
from bot.insight.sections import all_tables
from tests.conftest import look_after
from tests.insight.month import Month
from tests.insight.recount import people, raw, seen

OCTOBER = date(2026, 10, 1)
WALKS = {
    "lam-nha": ("có rồi", "nhà gỗ", "một tầng", "xong rồi", "xong rồi"),
    "nuoi-meo": ("xong rồi",),
}
FILED = ("online", "in_person", "returned")


async def test_who_finishes_several_procedures_is_one_person(month: Month) -> None:
    luck = random.Random(7)
    told: dict[str, set[str]] = defaultdict(set)
    asked, finished = 75, 0
    for number in range(asked):
        contact, commune = f"c{number}", luck.choice(("ban-moi", "ban-cu"))
        done = luck.sample(list(WALKS), luck.choice((0, 1, 2, 2, 2)))
        finished += bool(done)
        if not done:
            await month.say(contact, start=f"{commune}_lam-nha")
        for procedure in done:
            await month.say(contact, start=f"{commune}_{procedure}")
            for text in WALKS[procedure]:
                await month.say(contact, text)
            filed = luck.choices(range(3), (5, 4, 1))[0]
            await month.say(contact, str(filed + 1))
            told[FILED[filed]].add(contact)
    await look_after(month.service.turns)

    library = month.service.content.library
    scope = Scope(library, OCTOBER, OCTOBER)
    tables = {table.name: table for table in await month.service.database.read(lambda c: all_tables(c, scope))}
    found = await raw(month.service, OCTOBER, date(2026, 10, 31))
    by_procedure = people(found, "finished", lambda e: e.procedure)
    assert sum(by_procedure.values()) > finished, "some did several, or this test would show nothing"
    assert people(found, "finisher", lambda e: None) == {None: finished}

    assert tables["months"].rows == [("10/2026", seen(asked), seen(finished))]
    by_commune = people(found, "finished", lambda e: e.commune)  # keys: each person once in their commune
    names = {library.communes[id_].name: seen(count) for id_, count in by_commune.items()}
    assert {row[0]: row[2] for row in tables["communes"].rows} == names
    assert {row[0]: row[2] for row in tables["procedures"].rows} == {
        library.procedures[id_].title: seen(count) for id_, count in by_procedure.items()
    }
    whole = seen(len(told["online"] | told["in_person"]))
    columns = [seen(len(told[one])) for one in FILED]
    assert whole
    assert columns[0]
    (row,) = tables["outcomes"].rows
    assert [*row[1:4]] == columns
    assert row[5] == f"{round(100 * columns[0] / whole)} %"

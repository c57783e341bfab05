"""A simulated month: what the pages show is what happened, counted once more from the raw events and from the ledger."""

import statistics
from datetime import date

from bot.insight.scope import Scope
from bot.insight.sections import all_tables
from tests.insight.month import Month
from tests.insight.recount import Event, people, raw, seen, times

OCTOBER = date(2026, 10, 1)
CITIZENS = 500


async def test_the_pages_show_what_happened(month: Month) -> None:
    await month.run(CITIZENS)
    await equal_to_a_recount(month, CITIZENS)


async def equal_to_a_recount(month: Month, citizens: int) -> None:
    library = month.service.content.library
    scope = Scope(library, OCTOBER, OCTOBER, procedure="lam-nha")
    tables = {t.name: t for t in await month.service.database.read(lambda c: all_tables(c, scope))}
    everywhere = Scope(library, OCTOBER, OCTOBER)
    all_ = {t.name: t for t in await month.service.database.read(lambda c: all_tables(c, everywhere))}
    found = await raw(month.service, OCTOBER, date(2026, 10, 31))
    did = month.did

    # The raw events tell what the citizens did.
    commune = {id_: library.communes[id_].name for id_ in ("ban-moi", "ban-cu")}
    assert people(found, "placed", lambda e: e.commune) == {id_: did["person", id_] for id_ in commune}
    assert sum(people(found, "opened", lambda e: e.channel).values()) == citizens
    for kind in ("finished", "ticket", "back", "aside", "missed", "resolved"):
        assert times(found, kind, lambda e: e.commune) == {id_: did[kind, id_] for id_ in commune if did[kind, id_]}, (
            kind
        )
    assert times(found, "outcome", lambda e: e.detail) == {
        filed: did["outcome", filed] for filed in ("online", "in_person", "returned")
    }
    assert sorted(e.value for e in found if e.kind == "claimed") == sorted(month.waits)

    # The pages tell what the raw events tell.
    placed, done = people(found, "placed", lambda e: e.commune), people(found, "finished", lambda e: e.commune)
    assert {row[0]: (row[1], row[2]) for row in all_["communes"].rows} == {
        name: (seen(placed.get(id_, 0)), seen(done.get(id_, 0))) for id_, name in commune.items()
    }
    assert all_["months"].rows == [("10/2026", seen(citizens), seen(sum(done.values())))]
    assert all_["channels"].rows == [("Zalo Bot", seen(citizens))]
    shown, answered = people(found, "shown", lambda e: e.step), people(found, "answered", lambda e: e.step)
    missed = people(found, "missed", lambda e: e.step)
    turns = [times(found, kind, lambda e: e.step) for kind in ("back", "aside", "trouble", "ticket")]
    steps = [step.id for step in library.procedures["lam-nha"].steps]
    assert [row[1] for row in tables["funnel"].rows] == [seen(shown.get(step, 0)) for step in steps]
    assert [row[2] for row in tables["funnel"].rows[:-1]] == [seen(answered.get(step, 0)) for step in steps[:-1]]
    assert [row[5:] for row in tables["funnel"].rows] == [
        tuple(seen(counts.get(step, 0)) for counts in (missed, *turns)) for step in steps
    ]
    filed = people(found, "outcome", lambda e: e.detail)
    online, in_person = (seen(filed[one]) or 0 for one in ("online", "in_person"))
    numbers = [seen(filed.get(one, 0)) for one in ("online", "in_person", "returned", "not_yet")]
    share = f"{round(100 * online / (online + in_person))} %"
    assert all_["outcomes"].rows == [("10/2026", *numbers, share, "12,7 %")]
    assert _teams(all_["teams"].rows) == {
        name: (seen(times(found, "ticket", _commune).get(id_, 0)), seen(times(found, "claimed", _commune).get(id_, 0)))
        for id_, name in commune.items()
        if times(found, "ticket", _commune).get(id_)
    }
    mine = sorted(e.value for e in found if e.kind == "claimed" and e.commune == "ban-moi")
    half, most = next(row[4:] for row in all_["teams"].rows if row[0] == commune["ban-moi"])
    assert half == statistics.median_low(mine)
    assert most == mine[-(-9 * len(mine) // 10) - 1]


def _commune(event: Event) -> str | None:
    return str(event.commune)


def _teams(rows: object) -> dict[str, tuple[object, object]]:
    return {row[0]: (row[1], row[2]) for row in rows}  # type: ignore[attr-defined]

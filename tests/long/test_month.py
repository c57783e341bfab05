"""The simulated month of tests/insight, with as many citizens as a district has in a busy one."""

from tests.insight.month import Month
from tests.insight.test_month import equal_to_a_recount

CITIZENS = 5000


async def test_the_pages_show_what_five_thousand_did(month: Month) -> None:
    await month.run(CITIZENS)
    await equal_to_a_recount(month, CITIZENS)

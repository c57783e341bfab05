"""What a new member of the team reads and tries out first, in the content that we ship."""

from flows.text.language import fold
from tests.content import LIBRARY


def test_a_new_member_reads_one_card_of_four_words() -> None:
    begins, *card = LIBRARY.team.welcome.splitlines()
    commands = {fold(word) for words in LIBRARY.team.commands.values() for word in words}
    assert len(card) == 4
    assert {fold(line.partition(":")[0]) for line in card} <= commands
    assert max(len(line.split()) for line in card) <= 14
    assert len(begins.split()) <= 32


def test_practice_is_not_always_with_somebody_happy() -> None:
    citizens = LIBRARY.team.practice_citizens
    assert len(citizens) >= 4
    assert all(3 <= len(one.lines) <= 6 for one in citizens)
    shortest = min(citizens, key=lambda one: sum(len(line.split()) for line in one.lines))
    assert max(len(line.split()) for line in shortest.lines) <= 2, "one answers little"
    last = [one.lines[-1] for one in citizens]
    assert sum("cảm ơn" in line.lower() for line in last) < len(last), "and not everybody says thanks"

"""Print what becomes of questions, and how many of each kind are answered rightly: `python -m tests.answers`.

`python -m tests.answers false` prints those of the building part that were answered falsely, and what was said.
"""

import sys
from collections import defaultdict

from tests.answers import FALSE, Asked, ask, read, score


def _print_wrong(asked: Asked, where: str) -> None:
    question = asked.question
    print(f"\n{where} · {asked.outcome} · {question.procedure} · {question.kind}: {question.ask}")
    print(f"    expected {' | '.join(question.expect)}\n    said {asked.said}".replace("\n\n", "\n"))


if __name__ == "__main__":
    building = [question for question in read() if not question.kept_aside]
    if wanted := sys.argv[1:]:
        outcomes = FALSE if wanted == ["false"] else (" ".join(wanted),)
        for at_step in (True, False):
            for asked in ask(building, at_step=at_step):
                if asked.outcome in outcomes:
                    _print_wrong(asked, "at a step" if at_step else "at the menu")
        sys.exit()
    for aside in (False, True):
        questions = [question for question in read() if question.kept_aside == aside]
        for at_step in (True, False):
            counts = score(questions, at_step=at_step)
            print("kept aside" if aside else "building", "at a step" if at_step else "at the menu", dict(counts))
    kinds = defaultdict(list)
    for question in building:
        kinds[question.kind].append(question)
    for kind, questions in sorted(kinds.items()):
        counts = score(questions, at_step=True)
        print(f"    {kind}: {counts['right']} of {counts['asked']} right, {counts['false']} false")

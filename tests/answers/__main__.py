"""Print how many questions are answered rightly, by kind: `python -m tests.answers`."""

from tests.answers import read, score

if __name__ == "__main__":
    for aside in (False, True):
        questions = [question for question in read() if question.kept_aside == aside]
        for at_step in (True, False):
            counts = score(questions, at_step=at_step)
            print("kept aside" if aside else "building", "at a step" if at_step else "at the menu", dict(counts))
        for kind in sorted({question.kind for question in questions}):
            counts = score((question for question in questions if question.kind == kind), at_step=True)
            print(f"    {kind}: {counts['right']} of {counts['asked']}")

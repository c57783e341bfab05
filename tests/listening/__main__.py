"""`python -m tests.listening danger`: how a set is heard. With `--misses`: the lines that are not, but for the third kept aside."""

import argparse
from collections.abc import Callable, Iterable

from flows.definition.sayings import Saying
from flows.understanding.urgent import find_danger, find_wish
from tests.content import LIBRARY
from tests.listening import read_lines, read_steps
from tests.utterances import read as read_utterances


def others(of: str) -> list[Saying]:
    """Lines of all other sets, none of which is in danger or wants a person."""
    names = [
        name for name in ("danger", "person", "not-ours", "noise", "around-a-ticket", "portal-trouble") if name != of
    ]
    lines = [
        line
        for name in names
        for line in read_lines(name)
        if of == "danger" or line.set != "danger" or line.kind == "none"
    ]
    lines += [line for line in read_steps() if "human" not in line.means]
    lines += [Saying("utterances", one.text, one.intent) for one in read_utterances()]
    return lines


def show(name: str, heard: Callable[[str], str], misses: bool) -> None:
    lines = read_lines(name)
    for part, chosen in (
        ("building", [one for one in lines if not one.kept_aside]),
        ("kept aside", [one for one in lines if one.kept_aside]),
    ):
        real, alike = [one for one in chosen if one.kind != "none"], [one for one in chosen if one.kind == "none"]
        for typed in ("say", "bare"):
            found = sum(bool(heard(getattr(one, typed))) for one in real)
            exact = sum(heard(getattr(one, typed)) == one.kind for one in real)
            false = sum(bool(heard(getattr(one, typed))) for one in alike)
            print(
                f"{name} {part} {typed}: heard {found}/{len(real)} = {found / len(real):.1%}, kind {exact}; look-alikes heard {false}/{len(alike)}"
            )
        if misses and part == "building":
            for one in real:
                if not heard(one.say):
                    print(f"  missed  {one.kind}: {one.say}")
            for one in alike:
                if got := heard(one.say):
                    print(f"  false   {got}: {one.say}")
    false_elsewhere(name, heard, misses)


def false_elsewhere(name: str, heard: Callable[[str], str], misses: bool) -> None:
    lines = others(name)
    wrong = [one for one in lines if heard(one.say)]
    print(f"{name} in other sets: {len(wrong)}/{len(lines)} = {len(wrong) / len(lines):.2%}")
    if misses:
        for one in wrong:
            if not one.kept_aside:
                print(f"  false   {heard(one.say)}: [{one.set}/{one.kind}] {one.say}")


def main(argv: Iterable[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", choices=["danger", "person"])
    parser.add_argument("--misses", action="store_true")
    chosen = parser.parse_args(argv)
    find = {"danger": find_danger, "person": find_wish}[chosen.set]
    show(chosen.set, lambda text: match.id if (match := find(LIBRARY, text)) else "", chosen.misses)


if __name__ == "__main__":
    main()

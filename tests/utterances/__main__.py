"""Prints how well the shipped content is understood: `python -m tests.utterances [file …]`, `-v` for every mistake."""

import sys
from collections import defaultdict

from flows.understanding.understand import understand
from tests.content import LIBRARY
from tests.utterances import Utterance, accepted, read, score, without_accents


def main() -> None:
    names = [name for name in sys.argv[1:] if not name.startswith("-")]
    known = {*LIBRARY.procedures, *LIBRARY.life_events}
    everything = read(*names)
    said = [one for one in everything if one.intent in known]
    outside = [one for one in everything if one.intent == "-"]
    rows: dict[str, list[Utterance]] = {"all": said, "all, accents taken off": list(without_accents(said))}
    by_variant: dict[str, list[Utterance]] = defaultdict(list)
    for one in said:
        by_variant[f"· {one.variant}"].append(one)
    rows |= dict(sorted(by_variant.items()))
    for intent in sorted({one.intent for one in said}):
        rows[intent] = [one for one in said if one.intent == intent]
    print(f"{'':34}{'count':>6}{'top-1':>8}{'top-3':>8}{'go':>8}{'wrong go':>10}")
    for name, some in rows.items():
        if some:
            result = score(LIBRARY, some)
            print(
                f"{name:34}{result.count:6}{result.top1:8.1%}{result.top3:8.1%}{result.go:8.1%}{result.wrong_go:10.1%}"
            )
    if outside:
        taken = accepted(LIBRARY, outside)
        print(f"{'out of scope, accepted':34}{len(outside):6}{len(taken) / len(outside):8.1%}")
    if "-v" in sys.argv:
        for one in said:
            meaning = understand(LIBRARY, one.text)
            if one.intent not in (meaning.id, meaning.procedure) or meaning.action != "go":
                print(
                    f"{one.intent:20} {meaning.kind:10} {meaning.action:7} {one.text[:60]:60} {list(meaning.top[:3])}"
                )
        for text, meaning in accepted(LIBRARY, outside):
            print(f"{'-':20} {meaning.kind:10} {meaning.action:7} {text[:60]:60} {list(meaning.top[:3])}")


if __name__ == "__main__":
    main()

"""The rule book: whatever makes content good, by file and line. Loading has refused what can't be used at all."""

import re
from collections.abc import Iterator
from datetime import date
from typing import assert_never

from flows.checks.editing import check_editing
from flows.checks.example_talks import run as play_talks
from flows.checks.forms_of_address import check_forms_of_address
from flows.checks.other_numbers import find_other_numbers
from flows.checks.plain_language import check_plain_language
from flows.definition import rules
from flows.definition.content_files import QUESTIONS, TALKS
from flows.definition.entries import Layer
from flows.definition.facts import FactKind, value_on
from flows.definition.library import CODE, Library
from flows.definition.procedure import Procedure
from flows.definition.references import PLACE
from flows.definition.steps import AnyStep, Ask, Do, Done, Paper, Papers, Tell, Trouble, When, conditions_of, parts_of
from flows.definition.yaml_source import Problem
from flows.dialogue.bot_questions import current_screen
from flows.dialogue.context import TurnContext
from flows.dialogue.position import HAVE, HAVE_ALL, LACK, NEXT, ONE_BY_ONE, Slot, options_of, papers_of, walk
from flows.state import State
from flows.text.language import words
from flows.understanding.understand import understand

_SCREEN = 1900  # characters: what every channel takes in one message
_TOKEN = 64 - len("999999::")  # bytes of a Telegram button that are left for slot and value
_NOBODY = re.compile(
    r"(?:[Hh]ỏi|[Bb]áo|[Gg]ọi|[Nn]hờ) (?:lại |trước |luôn |thêm )?(?:"
    r"(?:[Uu]ỷ ban )?xã\b(?! (?:đội|viên|khi|đất|nào|ấy|kia|nơi))|nơi (?:nộp|nhận|chứng thực)\b(?! (?:khi|đất)))"
)
_LOCAL = ("provinces/", "communes/", "sources.yaml", "words.yaml")  # where places may be named
_THEIR_WORDS = {"says", "asks", "frames", "unless"}  # how people speak
_TYPED = re.compile(r"[Gg]õ “([^”]*)”")
_NEEDED: tuple[FactKind, ...] = ("name", "where", "time", "fee", "who", "result")


def check(library: Library, today: date) -> list[Problem]:
    """Return every mistake and every warning, by file and line."""
    found: list[Problem] = []
    for procedure in library.procedures.values():
        found += _paths(library, procedure, today)
        found += _facts(library, procedure, today)
        found += _alike(library, procedure)
        found += _portal(library, procedure)
        found += find_other_numbers(library, procedure, today)
    found += _same_phrases(library)
    found += _asked_twice(library)
    found += _answers_to_review(library, today)
    found += _communes(library, today)
    found += _without_fallback(library)
    found += _local_names(library)
    found += _unnamed(library)
    found += check_forms_of_address(library)
    found += _typed_ways(library)
    found += check_editing(library, today)
    found += check_plain_language(library)
    found += play_talks(library)
    return sorted(set(found))


def paths(procedure: Procedure, today: date) -> Iterator[tuple[dict[str, str], Slot]]:
    """Yield (answers, slot put next) for every situation; answers that no later condition reads are not told apart."""
    read = _read_below(procedure)
    waiting: list[dict[str, str]] = [{}]
    met: set[object] = set()
    while waiting:
        answers = waiting.pop()
        now = walk(procedure, answers, today)
        here = now.here
        place = next(i for i, step in enumerate(procedure.steps) if step.id == here.step.id)
        matter = frozenset((slot, value) for slot, value in now.live.items() if read[place] & _names(slot))
        own = frozenset(slot for slot in now.live if slot.partition("/")[0] == here.step.id)
        if (here.id, own, matter) in met:
            continue
        met.add((here.id, own, matter))
        yield answers, here
        waiting.extend({**answers, here.id: value} for value in reversed(values(here, procedure, today)))


def _names(slot: str) -> set[str]:
    """Return the names by which conditions call a slot: its step, and its paper."""
    return set(slot.split("/"))


def values(slot: Slot, procedure: Procedure, today: date) -> list[str]:
    """Return the answers to a slot that a walk over every path must try."""
    step = slot.step
    match step:
        case Ask():
            return [option.id for option in options_of(step, today)]
        case Papers():
            if slot.paper is None:
                return [HAVE_ALL, ONE_BY_ONE]
            conditions = (when for each in procedure.steps for when in conditions_of(each))
            asked = any(part.has_paper == slot.paper.id for when in conditions for part in when.parts())
            return [HAVE, LACK] if asked else [LACK]
        case Tell() | Do():
            return [NEXT]
        case Done():
            return []
        case _:
            assert_never(step)


def _read_below(procedure: Procedure) -> list[set[str]]:
    """Return for each step the names that conditions on it or below it read."""
    below: list[set[str]] = []
    names: set[str] = set()
    for step in reversed(procedure.steps):
        names = names | {name for when in conditions_of(step) for part in when.parts() for name in _read(part)}
        below.append(names)
    return below[::-1]


def _read(part: When) -> set[str]:
    named = set(part.equals) | ({part.has_paper} if part.has_paper else set())
    return named | (set(rules.READS[part.rule]) if part.rule else set())


def _paths(library: Library, procedure: Procedure, today: date) -> Iterator[Problem]:
    seen: set[str] = set()
    papers: set[str] = set()
    long: set[str] = set()
    for answers, slot in paths(procedure, today):
        seen.add(slot.step.id)
        context = TurnContext(library, State(procedure=procedure.id, answers=answers, asking=None, commune=""), today)
        if isinstance(slot.step, Papers) and context.walk:
            papers |= {f"{slot.step.id}/{paper.id}" for paper in papers_of(slot.step, context.walk.live, today)}
        shown = current_screen(context)
        size = len(shown.text) + sum(len(candidate.label) + 4 for candidate in shown.candidates)
        if size > _SCREEN and slot.step.id not in long:
            long.add(slot.step.id)
            yield _at(
                library, procedure, slot.step.id, f"màn hình dài {size} ký tự, quá {_SCREEN}: chia bước này làm hai"
            )
        ways = {candidate.id for candidate in shown.candidates if candidate.aside}
        picks = [c.id for c in shown.candidates] + [c.id for c in shown.hidden if c.id in ways]
        for id_ in {id_ for id_ in picks if picks.count(id_) > 1}:
            yield _at(library, procedure, slot.step.id, f"màn hình này có hai lựa chọn cùng id `{id_}`: đổi một id")
        for candidate in shown.candidates:
            if len(f"{shown.slot}:{candidate.id}".encode()) > _TOKEN:
                yield _at(
                    library,
                    procedure,
                    slot.step.id,
                    f"id `{slot.id}` và `{candidate.id}` dài quá cho một nút: rút ngắn id",
                )
    yield from _unused(library, procedure, seen, papers)


def _unused(library: Library, procedure: Procedure, seen: set[str], papers: set[str]) -> Iterator[Problem]:
    """Report steps and papers that nobody meets, and questions whose answer changes nothing."""
    read = _read_below(procedure)
    for place, step in enumerate(procedure.steps):
        if step.id not in seen:
            yield _at(library, procedure, step.id, f"không đường nào tới được bước `{step.id}`: sửa when hoặc bỏ bước")
            continue
        match step:
            case Papers():
                for index, paper in enumerate(step.papers):
                    if f"{step.id}/{paper.id}" not in papers:
                        what = f"không ai cần giấy `{paper.id}`: sửa when"
                        yield _at(library, procedure, step.id, what, "papers", index)
            case Ask():
                if step.id not in read[place]:
                    what = f"trả lời `{step.id}` kiểu gì cũng như nhau: dùng nó trong when, hoặc bỏ câu hỏi"
                    yield _at(library, procedure, step.id, what)
            case Tell() | Do() | Done():
                pass
            case _:
                assert_never(step)


def _at(library: Library, procedure: Procedure, step_id: str, text: str, *path: str | int) -> Problem:
    document, origin = library.origins[procedure.id, step_id]
    return document.problem(text, *origin, *path)


def _facts(library: Library, procedure: Procedure, today: date) -> Iterator[Problem]:
    document = library.documents[f"procedures/{procedure.id}.yaml"]
    for kind in _NEEDED:
        if kind not in procedure.facts:
            yield document.problem(f"thiếu facts.{kind}: ghi vào, hoặc ghi certainty: unconfirmed", "facts")
    for kind, values in procedure.facts.items():
        for index, value in enumerate(values):
            if value is value_on(values, today) and value.review_by and value.review_by < today:
                path = ("facts", kind, index) if len(values) > 1 else ("facts", kind)
                yield document.problem(
                    f"facts.{kind} quá hạn xem lại {value.review_by}: kiểm tra rồi sửa checked và review_by", *path
                )
    for step in procedure.steps:
        if step.review_by and step.review_by < today:
            yield _at(
                library,
                procedure,
                step.id,
                f"bước `{step.id}` quá hạn xem lại {step.review_by}: kiểm tra lại",
                "review_by",
            )
        for part, place in _parts(step):
            if part.review_by and part.review_by < today:
                yield _at(
                    library, procedure, step.id, f"`{part.id}` quá hạn xem lại {part.review_by}: kiểm tra lại", *place
                )


def _portal(library: Library, procedure: Procedure) -> Iterator[Problem]:
    """Report what the portal's screens would lack or say wrongly: whom to pick, and the bare code to type."""
    document = library.documents[f"procedures/{procedure.id}.yaml"]
    if procedure.officer is None:
        yield document.problem("thiếu `officer`: ghi hỏi ai khi chưa chắc, ví dụ cán bộ hộ tịch xã")
    known = {*procedure.covers, *CODE.findall(" ".join(v.text or "" for v in procedure.facts.get("code", ())))}
    for index, search in enumerate(procedure.search_code):
        if search.code not in known:
            text = f"mã {search.code} không có trong facts.code hay covers: sửa mã, hoặc ghi thêm vào đó"
            yield document.problem(text, "search_code", index)
    for step in procedure.steps:
        places = PLACE.findall(step.text)
        if "procedure.agency" in places and procedure.file_at is None:
            yield document.problem("thiếu `file_at`: ghi nộp cho ai trên Cổng (commune, police, …)")
        if "fact.code" in places:
            text = "{fact.code} có thể là cả một câu: muốn bà con gõ mã thì dùng {procedure.search}"
            yield _at(library, procedure, step.id, text, "text")


def _unnamed(library: Library) -> Iterator[Problem]:
    """Report advice to ask "the commune": people need to know at which desk."""
    for file, document in library.documents.items():
        if file.startswith(("procedures/", "shared/")) and not file.endswith(TALKS):
            for path, text in document.leaves():
                if not {"says", "asks"} & {*path} and (found := _NOBODY.search(text)):
                    yield document.problem(f"“{found[0]}” là ai: ghi rõ, ví dụ hỏi cán bộ hộ tịch xã", *path)


def _typed_ways(library: Library) -> Iterator[Problem]:
    """Report advice to type the name of another errand, which a button opens."""
    for file, document in library.documents.items():
        if file.startswith(("procedures/", "shared/")) and not file.endswith(TALKS):
            for path, text in document.leaves():
                for typed in _TYPED.findall(text):
                    meaning = understand(library, typed)
                    if meaning.kind in ("procedure", "event"):
                        yield document.problem(f"“{typed}” là việc khác: ghi go: {meaning.id}, bỏ lời bảo gõ", *path)


def _parts(step: AnyStep) -> Iterator[tuple[Paper | Trouble, tuple[str | int, ...]]]:
    name = "papers" if isinstance(step, Papers) else "troubles"
    yield from ((part, (name, index)) for index, part in enumerate(parts_of(step)))


def _alike(library: Library, procedure: Procedure) -> Iterator[Problem]:
    """Report options that read the same without accents: they can't be told apart when somebody types them."""
    for step in procedure.steps:
        owners: dict[tuple[str, ...], str] = {}
        for index, option in enumerate(step.options if isinstance(step, Ask) else ()):
            for phrase in (option.label, *option.says):
                first = owners.setdefault(words(phrase), option.id)
                if first != option.id:
                    text = f"“{phrase}” đọc không dấu thì giống lựa chọn `{first}`: đổi cách nói"
                    yield _at(library, procedure, step.id, text, "options", index)


def _same_phrases(library: Library) -> Iterator[Problem]:
    owners: dict[tuple[str, ...], str] = {}
    for procedure in library.procedures.values():
        document = library.documents[f"procedures/{procedure.id}.yaml"]
        for index, phrase in enumerate(procedure.says):
            first = owners.setdefault(words(phrase), procedure.id)
            if first != procedure.id:
                yield document.problem(f"câu “{phrase}” cũng là của `{first}`: bỏ ở một nơi", "says", index)


def _asked_twice(library: Library) -> Iterator[Problem]:
    """Report what two entries of one file of questions are asked by: only one of them can answer."""
    for file, document in library.documents.items():
        if not file.endswith(QUESTIONS):
            continue
        owners: dict[tuple[str, ...], str] = {}
        for id_, entry in document.data.items():
            for index, phrase in enumerate(entry.get("asks", ())):
                first = owners.setdefault(words(phrase), id_)
                if first != id_:
                    yield document.problem(f"câu “{phrase}” cũng là của `{first}`: bỏ ở một nơi", id_, "asks", index)


def _answers_to_review(library: Library, today: date) -> Iterator[Problem]:
    for known in library.questions.values():
        for place, question in known.items():
            if question.review_by and question.review_by < today:
                file, _, id_ = place.rpartition("/")
                text = f"`{id_}` quá hạn xem lại {question.review_by}: kiểm tra rồi sửa checked và review_by"
                yield library.documents[f"{file}{QUESTIONS}"].problem(text, id_)


def _communes(library: Library, today: date) -> Iterator[Problem]:
    layers: list[tuple[str, Layer]] = [("provinces", one) for one in library.provinces.values()]
    layers += [("communes", one) for one in library.communes.values()]
    for folder, holder in layers:
        document = library.documents[f"{folder}/{holder.id}.yaml"]
        for key, values in holder.values.items():
            if any(value.review_by and value.review_by < today for value in values):
                text = f"values.{key} quá hạn xem lại: hỏi xã rồi sửa checked và review_by"
                yield document.problem(text, "values", key)
    for province in library.provinces.values():
        document = library.documents[f"provinces/{province.id}.yaml"]
        for id_, facts in province.facts.items():
            for kind, values in facts.items():
                if any(value.review_by and value.review_by < today for value in values):
                    text = f"facts.{id_}.{kind} quá hạn xem lại: hỏi tỉnh rồi sửa checked và review_by"
                    yield document.problem(text, "facts", id_, kind)


def _local_names(library: Library) -> Iterator[Problem]:
    """Report places that are named to the citizens of all others: what is said to everybody holds in every province."""
    communes = {commune.name for commune in library.communes.values()}
    names = {*communes, *(province.name.partition(" ")[2] for province in library.provinces.values())}
    sources: set[str] = set()  # that everybody is told of, who asks where it stands
    for file, document in library.documents.items():
        if file.startswith(_LOCAL) or file.endswith(TALKS):
            continue
        for path, text in document.leaves():
            if path[-1] == "source":
                sources.add(text)
            named = [name for name in names if name in text]
            if named and not _THEIR_WORDS & {*path}:
                text = f"“{max(named, key=len)}” chỉ là nơi của một số bà con: "
                text += "dùng {commune.province} hay {commune.name}, hoặc chuyển câu sang tệp của tỉnh, của xã"
                yield document.problem(text, *path)
    for source in sorted(sources & library.sources.keys()):
        if named := [name for name in names if name in library.sources[source].title]:
            text = f"“{max(named, key=len)}” chỉ là nơi của một số bà con, mà ai hỏi nguồn cũng nghe tên này: bỏ tên nơi ấy"
            yield library.documents["sources.yaml"].problem(text, source, "title")


def _without_fallback(library: Library) -> Iterator[Problem]:
    """Report {places} without a fallback: a commune's value without its honest sentence, a fact that is not there."""
    missing = library.sentences.missing
    for file, document in library.documents.items():
        if file.startswith(("procedures/", "shared/")):
            for path, text in document.leaves():
                for name in PLACE.findall(text):
                    kind, _, key = name.partition(".")
                    if kind == "commune" and key not in ("name", "province", *missing):
                        yield document.problem(
                            f"{{{name}}} chưa có câu thay thế: thêm missing.{key} vào bot.yaml", *path
                        )
    for procedure in library.procedures.values():
        known = {str(kind) for kind in procedure.facts}
        for step in procedure.steps:
            for name in PLACE.findall(step.text):
                kind, _, key = name.partition(".")
                if kind == "fact" and key not in known:
                    yield _at(
                        library, procedure, step.id, f"{{{name}}} mà thủ tục không có facts.{key}: thêm vào", "text"
                    )

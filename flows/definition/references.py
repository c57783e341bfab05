"""References between files of content/: what one names has to be there, in its place and once."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import assert_never, get_args

from flows.definition import rules
from flows.definition.content_files import QUESTIONS, ContentFiles
from flows.definition.entries import Commune, Deadline, Group, LifeEvent, Province
from flows.definition.facts import CommuneValue, FactKind, FileAt, ProcedurePlace
from flows.definition.procedure import Procedure
from flows.definition.sayings import DANGER, ENDING, NONE, PERSON, PORTAL
from flows.definition.statements import Part
from flows.definition.steps import AnyStep, Ask, Do, Done, Option, Paper, Papers, Tell, Trouble, When, parts_of
from flows.definition.texts import LABELS, PAGE, BotTexts, LeafletLine
from flows.definition.wrong_values import meant
from flows.definition.yaml_source import Document, Path, Problem
from flows.messages import OTHER
from flows.text.language import words

_CODE = re.compile(r"[a-z0-9-]{1,24}")  # what is none is told where it is read
PLACE = re.compile(r"\{([^{}]*)\}")
_BARE = re.compile(
    r"(?<!\{)\b(?:commune|fact|procedure|value)\.[a-z_]+\b(?!\})"
)  # a place in other brackets, or in none
PLACES: Mapping[str, Collection[str]] = {
    "commune": ("name", "province", *get_args(CommuneValue)),
    "procedure": get_args(ProcedurePlace),
    "fact": get_args(FactKind),
    "value": rules.VALUES,
}
CANNED_PLACES = ("agent", "citizen.procedure", "citizen.step")  # only in canned.yaml; bot/handoff/canned.py fills them


def check_named(files: ContentFiles, file: str, entries: Mapping[str, Group | LifeEvent | Deadline]) -> None:
    """Check that entries name known procedures, the menu each of them once, and that none is called `OTHER`."""
    if OTHER in entries:
        files.problems.append(files.documents[file].problem(f"`{OTHER}` là tên dành riêng: chọn tên khác", OTHER))
    procedures = files.ids_in("procedures")
    named = [(key, index, id_) for key, entry in entries.items() for index, id_ in enumerate(entry.procedures)]
    for key, index, id_ in named:
        if id_ not in procedures:
            text = f"không có thủ tục `{id_}`: sửa tên, hoặc bỏ đi{meant(id_, procedures)}"
            files.problems.append(files.documents[file].problem(text, key, "procedures", index))
    if file == "menu.yaml" and entries and len(entries) == len(files.documents[file].data):
        listed = [id_ for _, _, id_ in named]
        for id_ in sorted(procedures):
            if files.is_named_for_its_id(f"procedures/{id_}.yaml") and listed.count(id_) != 1:
                now = (
                    "nằm trong hai nhóm: bỏ ở một nhóm"
                    if id_ in listed
                    else "chưa có trong nhóm nào: thêm mã vào một nhóm"
                )
                files.problems.append(files.documents[file].problem(f"thủ tục `{id_}` {now}, ở mục procedures"))


def check_labels(files: ContentFiles, sentences: BotTexts) -> None:
    document = files.documents["bot.yaml"]
    parts: tuple[tuple[str, Iterable[str], Iterable[str]], ...] = (
        ("labels", LABELS, sentences.labels),
        ("page", PAGE, sentences.page),
        ("fact_labels", get_args(FactKind), sentences.fact_labels),
        ("leaflet_labels", get_args(LeafletLine), sentences.leaflet_labels),
        ("agencies", get_args(FileAt), sentences.agencies),
    )
    for part, names, there in parts:
        for name in sorted(set(names) ^ set(there)):
            what = "thiếu" if name in names else "không biết"
            files.problems.append(document.problem(f"{what} `{name}` trong {part}", part, name))


def check_sentences(files: ContentFiles, file: str, sentences: Part, *path: str) -> None:
    """Check that each sentence holds only places that are filled in there: its field tells which."""
    for name, field in type(sentences).model_fields.items():
        written, filled = getattr(sentences, name), PLACE.findall(field.description or "")
        if isinstance(written, Part):
            check_sentences(files, file, written, *path, name)
        for place in PLACE.findall(written) if isinstance(written, str) else ():
            if place not in filled:
                known = (
                    f"ở câu này dùng {', '.join(f'{{{one}}}' for one in filled)}" if filled else "câu này không điền gì"
                )
                files.problems.append(
                    files.documents[file].problem(f"không biết chỗ điền {{{place}}}: {known}", *path, name)
                )


def check_home(files: ContentFiles, commune: Commune, communes: Iterable[Commune]) -> None:
    """Check that the province is known, and that no other commune there has the same name."""
    document = files.documents[f"communes/{commune.id}.yaml"]
    known = files.ids_in("provinces")
    if commune.province not in known:
        text = f"không có provinces/{commune.province}.yaml: thêm tệp ấy, hoặc dùng một trong {_listed(known)}"
        files.problems.append(document.problem(text, "province"))
    for other in communes:
        if other.id < commune.id and (other.province, words(other.name)) == (commune.province, words(commune.name)):
            text = f"tên “{commune.name}” cũng là của communes/{other.id}.yaml: sửa tên, hoặc bỏ một tệp"
            files.problems.append(document.problem(text, "name"))


def check_team(files: ContentFiles, commune: Commune) -> None:
    """Check that the parent team is known and another one, and so is what is left to another team."""
    document = files.documents[f"communes/{commune.id}.yaml"]
    communes, procedures, parent = files.ids_in("communes"), files.ids_in("procedures"), commune.team.parent
    if parent == commune.id or (parent and parent not in communes):
        text = f"không có xã `{parent}` nào khác: sửa mã, hoặc bỏ dòng này"
        files.problems.append(document.problem(text, "team", "parent"))
    for procedure, to in commune.team.procedures.items():
        missing = [f"thủ tục `{procedure}`"] if procedure not in procedures else []
        missing += [f"xã `{to}`"] if to not in communes else []
        for what in missing:
            text = f"không có {what}: sửa mã, hoặc bỏ dòng này"
            files.problems.append(document.problem(text, "team", "procedures", procedure))


def check_local(
    files: ContentFiles, folder: str, holder: Province | Commune, procedures: Mapping[str, Procedure]
) -> None:
    """Check that what a commune or a province answers is about a known procedure and its questions."""
    document = files.documents[f"{folder}/{holder.id}.yaml"]
    for id_, question in holder.questions.items():
        if question.procedure not in files.ids_in("procedures"):
            text = f"không có thủ tục `{question.procedure}`: sửa mã, hoặc bỏ dòng này"
            files.problems.append(document.problem(text, "questions", id_, "procedure"))
        elif procedure := procedures.get(question.procedure):
            for text in condition_problems(question.when, {step.id: step for step in procedure.steps}):
                files.problems.append(document.problem(text, "questions", id_, "when"))


def check_provincial(files: ContentFiles, province: Province) -> None:
    """Check that a province sets facts of known procedures."""
    for id_ in province.facts.keys() - files.ids_in("procedures"):
        text = f"không có thủ tục `{id_}`: sửa mã, hoặc bỏ mục này"
        files.problems.append(files.documents[f"provinces/{province.id}.yaml"].problem(text, "facts", id_))


def check_ways(files: ContentFiles, document: Document, known: Collection[str]) -> None:
    """Check that what a button opens is there, and not where it stands."""
    about_procedures = document.file.startswith(("procedures/", "shared/", "provinces/", "communes/"))
    for path, value in document.leaves() if about_procedures else ():
        if next((part for part in reversed(path) if isinstance(part, str)), "") != "go":
            continue
        if value not in known and _CODE.fullmatch(value):
            text = f"không có việc `{value}`: ghi mã một thủ tục, hay một mã trong events.yaml{meant(value, known)}"
            files.problems.append(document.problem(text, *path))
        elif document.file in (f"procedures/{value}.yaml", f"procedures/{value}{QUESTIONS}"):
            files.problems.append(document.problem(f"đang ở ngay việc `{value}`: bỏ dòng này", *path))


def check_texts(files: ContentFiles, document: Document, sources: Collection[str] | None) -> None:
    """Check every {place} of what is filled in, and every source, where the list of them can be read."""
    filled = document.file.startswith(("procedures/", "shared/", "provinces/", "canned."))
    named = Counter(value for path, value in document.leaves() if path[-1:] == ("source",) and _CODE.fullmatch(value))
    for path, value in document.leaves():
        if path[-1:] == ("source",) and sources is not None and value not in sources and (uses := named.pop(value, 0)):
            text = f"không có nguồn `{value}` trong sources.yaml: thêm nguồn hoặc sửa tên{meant(value, sources)}"
            text += f", cả {uses - 1} chỗ nữa ở dưới" if uses > 1 else ""
            files.problems.append(document.problem(text, *path))
        if filled and value.count("{") != value.count("}") and not {"says", "asks"} & {*path}:
            text = "chỗ điền {…} thiếu một dấu: viết đủ cả hai, như {commune.name}"
            files.problems.append(document.problem(text, *path))
        if filled and (bare := _BARE.search(value)):
            files.problems.append(document.problem(f"chỗ điền viết trong ngoặc nhọn: {{{bare[0]}}}", *path))
        if filled and "{{" in value:
            files.problems.append(
                document.problem("chỗ điền chỉ có một cặp ngoặc, như {commune.name}: bỏ cặp thừa", *path)
            )
        for name in PLACE.findall(value) if filled else ():
            if not known_place(name, in_canned=document.file == "canned.yaml"):
                text = f"không biết chỗ điền {{{name}}}: dùng {{commune.…}}, {{fact.…}}, {{procedure.…}}, {{value.…}} có sẵn"
                text += meant(name, (f"{kind}.{key}" for kind, keys in PLACES.items() for key in keys))
                files.problems.append(document.problem(text, *path))


def check_sayings(files: ContentFiles) -> None:
    """Note the lines whose kind nobody knows: what is heard as it would have no answer."""
    for name, file in ((DANGER, "danger.yaml"), (PERSON, "person.yaml"), (PORTAL, "portal.yaml")):
        known = files.ids_of_entries(file)
        for at, one in enumerate(one for one in files.sayings if one.set == name):
            if known is not None and one.kind not in (*known, NONE):
                text = f"`{one.kind}` không có trong {file}: sửa loại của dòng này, hoặc ghi `{NONE}`"
                files.problems.append(Problem(f"{name}{ENDING}", at + 1, text))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "(chưa có mã nào)"


def known_place(name: str, *, in_canned: bool = False) -> bool:
    if in_canned and name in CANNED_PLACES:
        return True
    kind, _, key = name.partition(".")
    return key in PLACES.get(kind, ())


def step_problems(step: AnyStep) -> Iterator[str]:
    match step:
        case Ask():
            if step.options_from and step.options_from not in rules.OPTIONS:
                yield f"không có danh sách `{step.options_from}` trong rules.py: sửa tên hoặc nhờ người lập trình thêm"
            if _has_double(step.options):
                yield "hai lựa chọn trùng id: đổi một"
            spoken = Counter(option.spoken for option in step.options if option.spoken)
            yield from (f"hai lựa chọn cùng `spoken: {said}`: giữ một" for said, count in spoken.items() if count > 1)
        case Papers() | Do():
            if _has_double(parts_of(step)):
                yield "hai giấy tờ hoặc hai chỗ vướng trùng id: đổi một"
        case Tell() | Done():
            pass
        case _:
            assert_never(step)


def _has_double(parts: Sequence[Option | Paper | Trouble]) -> bool:
    return len({part.id for part in parts}) != len(parts)


def when_problems(step: AnyStep, above: Mapping[str, AnyStep]) -> Iterator[tuple[str, Path]]:
    yield from ((text, ("when",)) for text in condition_problems(step.when, above))
    if isinstance(step, Papers):
        for index, paper in enumerate(step.papers):
            yield from ((text, ("papers", index, "when")) for text in condition_problems(paper.when, above))


def condition_problems(when: When | None, above: Mapping[str, AnyStep]) -> Iterator[str]:
    for part in when.parts() if when else ():
        for step_id, wanted in part.equals.items():
            if not isinstance(step := above.get(step_id), Ask):
                near = meant(step_id, (id_ for id_, other in above.items() if isinstance(other, Ask)))
                yield f"`{step_id}` không phải câu hỏi nào ở phía trên: sửa tên, hoặc đưa câu hỏi lên trên{near}"
            elif step.options:
                yield from _answer_problems(step, wanted)
        if part.has_paper and not any(
            isinstance(s, Papers) and part.has_paper in {p.id for p in s.papers} for s in above.values()
        ):
            yield f"không có giấy tờ `{part.has_paper}` ở bước nào phía trên"
        if part.rule and part.rule not in rules.CONDITIONS:
            yield f"không có quy tắc `{part.rule}` trong rules.py: sửa tên hoặc nhờ người lập trình thêm"
        elif part.rule and (lacking := [read for read in rules.READS[part.rule] if read not in above]):
            yield f"quy tắc `{part.rule}` cần câu hỏi `{lacking[0]}` ở phía trên"


def _answer_problems(step: Ask, wanted: tuple[str, ...]) -> Iterator[str]:
    known = {option.id for option in step.options}
    yield from (
        f"câu hỏi `{step.id}` không có lựa chọn `{answer}`: dùng {', '.join(sorted(known))}"
        for answer in wanted
        if answer not in known
    )

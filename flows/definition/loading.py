"""Loading of content: from the texts of content/ to a Library, or to a list of problems by file and line."""

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, assert_never, get_args

from pydantic import BaseModel, ValidationError

from flows.definition import catalogue, rules, sayings
from flows.definition.answer_units import places_of
from flows.definition.catalogue import Entry
from flows.definition.entries import (
    Commune,
    Danger,
    Deadline,
    Group,
    Holiday,
    LifeEvent,
    Province,
    Question,
    Signpost,
    Source,
    Term,
    Wish,
)
from flows.definition.hours import days_of
from flows.definition.library import Library, Origin
from flows.definition.procedure import (
    AnyStep,
    Ask,
    CommuneValue,
    Defaults,
    Do,
    Done,
    FactKind,
    FileAt,
    Option,
    Paper,
    Papers,
    Procedure,
    ProcedureFile,
    ProcedurePlace,
    SharedFile,
    Tell,
    Trouble,
    Use,
    When,
    both,
    parts_of,
)
from flows.definition.sayings import Saying
from flows.definition.texts import LABELS, PAGE, BotTexts, Canned, LeafletLine, PlainWords, TeamTexts, Vocabulary
from flows.definition.wrong_values import in_vietnamese, meant
from flows.definition.yaml_source import ContentError, Document, Path, Problem, read
from flows.messages import OTHER
from flows.text.language import words

Model = TypeVar("Model", bound=BaseModel)
Named = TypeVar("Named", ProcedureFile, SharedFile, Province, Commune)

DEFAULTS = "defaults"  # of a file, for all of its statements
PLAIN_WORDS = "plain-words.yaml"
TALKS = ".talks.yaml"  # example talks beside a procedure; flows/checks/example_talks.py plays them
QUESTIONS = ".questions.yaml"  # what people ask about a procedure, beside it
PLACE = re.compile(r"\{([^{}]*)\}")
PLACES: Mapping[str, Collection[str]] = {
    "commune": ("name", "province", *get_args(CommuneValue)),
    "procedure": get_args(ProcedurePlace),
    "fact": get_args(FactKind),
    "value": rules.VALUES,
}
CANNED_PLACES = ("agent", "citizen.procedure", "citizen.step")  # only in canned.yaml; bot/handoff/canned.py fills them


def load(files: Mapping[str, str], step_limit: int = 60) -> Library:
    """Build the Library from file name -> text.

    Raises:
        ContentError: with every problem found, each as file:line and a sentence in Vietnamese.
    """
    return _Loader(files, step_limit).library()


class _Loader:
    """One loading run; collects problems over all files, so that it shows them all."""

    def __init__(self, files: Mapping[str, str], step_limit: int) -> None:
        self.problems: list[Problem] = []
        self.documents: dict[str, Document] = {}
        self.defaults: dict[str, dict[str, Any]] = {}
        self.sayings: list[Saying] = []
        for file, text in sorted(files.items()):
            if file == catalogue.FILE:
                continue
            try:
                if file.endswith(sayings.ENDING):
                    self.sayings.extend(sayings.parse(file, text))
                else:
                    self.documents[file] = read(file, text)
            except ContentError as error:
                self.problems.extend(error.problems)
        self.files = files
        self.step_limit = step_limit

    def library(self) -> Library:
        shared = {file.id: (file, document) for document, file in self._parsed("shared", SharedFile)}
        provinces = {province.id: province for _, province in self._parsed("provinces", Province)}
        communes = {commune.id: commune for _, commune in self._parsed("communes", Commune)}
        sizes = Counter(commune.province for commune in communes.values())  # those for whom it is mostly come first
        communes = dict(sorted(communes.items(), key=lambda one: (-sizes[one[1].province], one[1].province)))
        sources = self._entries("sources.yaml", Source)
        groups, events = self._entries("menu.yaml", Group), self._entries("events.yaml", LifeEvent)
        deadlines = self._entries("news.yaml", Deadline)
        dangers, wishes = self._entries("danger.yaml", Danger), self._entries("person.yaml", Wish)
        signposts, portal = self._entries("signposts.yaml", Signpost), self._entries("portal.yaml", Signpost)
        holidays = self._entries("holidays.yaml", Holiday)
        terms, others = self._entries("terms.yaml", Term), self._catalogue()
        sentences, said = self._single("bot.yaml", BotTexts), self._single("words.yaml", Vocabulary)
        team, canned = self._single("team.yaml", TeamTexts), self._entries("canned.yaml", Canned)
        plain = self._parse(self.documents[PLAIN_WORDS], PlainWords) if PLAIN_WORDS in self.documents else None
        origins: dict[tuple[str, str], Origin] = {}
        procedures: dict[str, Procedure] = {}
        for document, file in self._parsed("procedures", ProcedureFile):
            procedures[file.id] = self._assemble(document, file, shared, origins)
        asked = self._asked()
        questions = {id_: self._questions(procedure, asked, origins) for id_, procedure in procedures.items()}
        if sentences:
            self._check_labels(sentences)
        self._check_named("menu.yaml", groups)
        self._check_named("events.yaml", events)
        self._check_named("news.yaml", deadlines)
        for province in provinces.values():
            self._check_local("provinces", province, procedures)
            self._check_provincial(province)
        for commune in communes.values():
            self._check_home(commune, communes.values())
            self._check_team(commune)
            self._check_local("communes", commune, procedures)
        named_sources, named_events = self._keys("sources.yaml"), self._keys("events.yaml")
        for document in self.documents.values():
            self._check_texts(document, named_sources)
            if named_events is not None:
                self._check_ways(document, self._there("procedures") | named_events)
        if not procedures and not self.problems:
            self.problems.append(Problem("procedures", 1, "chưa có thủ tục nào: thêm một tệp vào procedures/"))
        if self.problems or not sentences or not team or not said:
            raise ContentError([*dict.fromkeys(self.problems)])
        return Library(
            procedures,
            questions,
            provinces,
            communes,
            groups,
            events,
            deadlines,
            dangers,
            wishes,
            signposts,
            portal,
            terms,
            others,
            sources,
            days_of(holidays),
            sentences,
            team,
            canned,
            said,
            plain,
            origins,
            self.documents,
            tuple(self.sayings),
        )

    def _parsed(self, folder: str, model: type[Named]) -> Iterator[tuple[Document, Named]]:
        """Yield the valid files of a folder; a file that is not named for its id is a problem, and no more."""
        for file, document in self.documents.items():
            if not file.startswith(f"{folder}/") or file.endswith((TALKS, QUESTIONS)):
                continue
            if parsed := self._parse(document, model):
                if file == f"{folder}/{parsed.id}.yaml":
                    yield document, parsed
                else:
                    text = f"id là `{parsed.id}`, tên tệp phải là {folder}/{parsed.id}.yaml: sửa id, hoặc đổi tên tệp"
                    self.problems.append(document.problem(text, "id"))

    def _parse(self, document: Document, model: type[Model], path: Path = ()) -> Model | None:
        data = document.data
        for name in path:
            data = data[name]
        try:
            return model.model_validate(data, context=self._defaults(document))
        except ValidationError as error:
            for text, loc in in_vietnamese(error):
                self.problems.append(document.problem(text, *path, *loc))
        return None

    def _defaults(self, document: Document) -> dict[str, Any]:
        """Return what a file says once for all of its statements; what is wrong there is told once."""
        if document.file not in self.defaults:
            written = document.data.get(DEFAULTS) if isinstance(document.data, dict) else None
            try:
                known = Defaults.model_validate(written or {}).model_dump(exclude_none=True)
            except ValidationError as error:
                known = {}
                for text, loc in in_vietnamese(error):
                    self.problems.append(document.problem(text, DEFAULTS, *loc))
            self.defaults[document.file] = known
        return self.defaults[document.file]

    def _single(self, file: str, model: type[Model]) -> Model | None:
        if file in self.documents:
            return self._parse(self.documents[file], model)
        if file not in self.files:
            self.problems.append(Problem(file, 1, "thiếu tệp này: lấy lại từ bản gốc"))
        return None

    def _entries(self, file: str, model: type[Model]) -> dict[str, Model]:
        """Return the valid entries of a file by id; none without the file."""
        document = self.documents.get(file)
        if document is None:
            return {}
        if not isinstance(document.data, dict):
            self.problems.append(Problem(file, 1, "mỗi mục phải có một mã ở đầu dòng, rồi các dòng con thụt vào"))
            return {}
        keys = [key for key in document.data if key != DEFAULTS]
        return {key: entry for key in keys if (entry := self._parse(document, model, (key,)))}

    def _asked(self) -> dict[str, dict[str, Question]]:
        """Return the questions by their file, each of which stands beside a procedure or shared steps."""
        found = {file: self._entries(file, Question) for file in self.documents if file.endswith(QUESTIONS)}
        for file in found:
            folder, _, name = _beside(file).partition("/")
            if name.removesuffix(".yaml") not in self._there(folder):
                self.problems.append(Problem(file, 1, f"không có {_beside(file)}: sửa tên tệp, hoặc bỏ tệp này"))
        return found

    def _questions(
        self,
        procedure: Procedure,
        asked: Mapping[str, Mapping[str, Question]],
        origins: Mapping[tuple[str, str], Origin],
    ) -> dict[str, Question]:
        """Return the questions about a procedure and about the shared steps that it uses, each with an answer that is there."""
        own = {f"procedures/{procedure.id}.yaml", *(origins[procedure.id, step.id][0].file for step in procedure.steps)}
        places, steps = places_of(procedure), {step.id: step for step in procedure.steps}
        found: dict[str, Question] = {}
        for file, entries in asked.items():
            if _beside(file) not in own:
                continue
            for id_, question in entries.items():
                if question.place and question.place not in places:
                    text = f"không có chỗ `{question.place}`: dùng một trong {', '.join(sorted(places))}"
                    self.problems.append(self.documents[file].problem(text, id_, "place"))
                for text in _condition_problems(question.when, steps):
                    self.problems.append(self.documents[file].problem(text, id_, "when"))
                found[f"{file.removesuffix(QUESTIONS)}/{id_}"] = question
        return found

    def _catalogue(self) -> dict[str, Entry]:
        try:
            return catalogue.read(self.files.get(catalogue.FILE, ""))
        except ContentError as error:
            self.problems.extend(error.problems)
            return {}

    def _check_named(self, file: str, entries: Mapping[str, Group | LifeEvent | Deadline]) -> None:
        """Check that entries name known procedures, the menu each of them once, and that none is called `OTHER`."""
        if OTHER in entries:
            self.problems.append(self.documents[file].problem(f"`{OTHER}` là tên dành riêng: chọn tên khác", OTHER))
        procedures = self._there("procedures")
        named = [(key, index, id_) for key, entry in entries.items() for index, id_ in enumerate(entry.procedures)]
        for key, index, id_ in named:
            if id_ not in procedures:
                text = f"không có thủ tục `{id_}`: sửa tên, hoặc bỏ đi{meant(id_, procedures)}"
                self.problems.append(self.documents[file].problem(text, key, "procedures", index))
        if file == "menu.yaml" and entries and len(entries) == len(self.documents[file].data):
            listed = [id_ for _, _, id_ in named]
            for id_ in sorted(procedures):
                if self._is_named_for_its_id(f"procedures/{id_}.yaml") and listed.count(id_) != 1:
                    now = (
                        "nằm trong hai nhóm: bỏ ở một nhóm"
                        if id_ in listed
                        else "chưa có trong nhóm nào: thêm mã vào một nhóm"
                    )
                    self.problems.append(self.documents[file].problem(f"thủ tục `{id_}` {now}, ở mục procedures"))

    def _assemble(
        self,
        document: Document,
        file: ProcedureFile,
        shared: Mapping[str, tuple[SharedFile, Document]],
        origins: dict[tuple[str, str], Origin],
    ) -> Procedure:
        steps: list[AnyStep] = []
        for index, entry in enumerate(file.steps):
            path: Path = ("steps", index)
            for step, origin in self._pulled(document, path, entry, shared):
                if (file.id, step.id) in origins:
                    self.problems.append(
                        document.problem(f"có hai bước cùng id `{step.id}`: đổi tên một bước", *path, "id")
                    )
                origins[file.id, step.id] = origin
                steps.append(step)
        self._check_steps(document, file.id, steps, origins)
        asked = {step.id: step for step in steps}
        for index, code in enumerate(file.search_code):
            for text in _condition_problems(code.when, asked):
                self.problems.append(document.problem(text, "search_code", index, "when"))
        if file.pitfall and not any(file.pitfall == part.id for step in steps for part in parts_of(step)):
            self.problems.append(document.problem(f"không có chỗ vướng `{file.pitfall}`: sửa mã", "pitfall"))
        fields = file.model_dump(exclude={"defaults", "steps", "search_code", "facts", "differs", "returned"})
        made = Procedure(
            **fields,
            search_code=file.search_code,
            facts=file.facts,
            differs=file.differs,
            returned=file.returned,
            steps=tuple(steps),
            version="",
        )
        version = hashlib.sha256(made.model_dump_json().encode()).hexdigest()[:12]
        return made.model_copy(update={"version": version})

    def _pulled(
        self, document: Document, path: Path, entry: AnyStep | Use, shared: Mapping[str, tuple[SharedFile, Document]]
    ) -> Iterator[tuple[AnyStep, Origin]]:
        if not isinstance(entry, Use):
            yield entry, (document, path)
        elif entry.use not in self._there("shared"):
            self.problems.append(
                document.problem(
                    f"không có shared/{entry.use}.yaml: sửa tên sau `use`{meant(entry.use, self._there('shared'))}",
                    *path,
                    "use",
                )
            )
        elif entry.use in shared:
            file, origin = shared[entry.use]
            for index, step in enumerate(file.steps):
                when = both(entry.when, step.when)
                pulled = step.model_copy(update={"when": when}) if entry.when else step
                yield pulled, (origin, ("steps", index))

    def _check_steps(
        self, document: Document, procedure: str, steps: list[AnyStep], origins: Mapping[tuple[str, str], Origin]
    ) -> None:
        above: dict[str, AnyStep] = {}
        for step in steps:
            at, path = origins[procedure, step.id]
            for reason in _step_problems(step):
                self.problems.append(at.problem(reason, *path))
            for text, part in _when_problems(step, above):
                self.problems.append(at.problem(text, *path, *part))
            above[step.id] = step
        if len(steps) > self.step_limit:
            text = f"có {len(steps)} bước, nhiều hơn {self.step_limit}: chia thành hai thủ tục"
            self.problems.append(document.problem(text, "steps"))
        if steps and (not isinstance(steps[-1], Done) or steps[-1].when):
            text = "bước cuối phải là kind: done và không có when, để ai cũng đi được tới cuối"
            self.problems.append(document.problem(text, "steps", len(steps) - 1))
        for step in steps[:-1]:
            if isinstance(step, Done):
                at, path = origins[procedure, step.id]
                self.problems.append(at.problem("chỉ bước cuối mới là kind: done: đổi bước này thành tell", *path))

    def _check_labels(self, sentences: BotTexts) -> None:
        document = self.documents["bot.yaml"]
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
                self.problems.append(document.problem(f"{what} `{name}` trong {part}", part, name))

    def _there(self, folder: str) -> set[str]:
        """Return the ids for which there is a file, be it good or not: one that fails is told of by itself alone."""
        files = [file for file in self.files if file.startswith(f"{folder}/")]
        names = {id_ for file in files if "." not in (id_ := file.removeprefix(f"{folder}/").removesuffix(".yaml"))}
        written = (self.documents[file].data for file in files if file in self.documents)
        return names | {str(data["id"]) for data in written if isinstance(data, dict) and "id" in data}

    def _is_named_for_its_id(self, file: str) -> bool:
        """Return whether a file stands under its own name, as far as it can be read."""
        if file not in self.documents:
            return file in self.files
        data = self.documents[file].data
        return not isinstance(data, dict) or file.endswith(f"/{data.get('id')}.yaml")

    def _keys(self, file: str) -> set[str] | None:
        """Return the ids of the entries of a file, be they good or not; None where it can't be read at all."""
        if file not in self.documents:
            return None if file in self.files else set()
        data = self.documents[file].data
        return set(data) if isinstance(data, dict) else set()

    def _check_home(self, commune: Commune, communes: Iterable[Commune]) -> None:
        """Check that the province is known, and that no other commune there has the same name."""
        document = self.documents[f"communes/{commune.id}.yaml"]
        known = self._there("provinces")
        if commune.province not in known:
            text = f"không có provinces/{commune.province}.yaml: thêm tệp ấy, hoặc dùng một trong {_listed(known)}"
            self.problems.append(document.problem(text, "province"))
        for other in communes:
            if other.id < commune.id and (other.province, words(other.name)) == (commune.province, words(commune.name)):
                text = f"tên “{commune.name}” cũng là của communes/{other.id}.yaml: sửa tên, hoặc bỏ một tệp"
                self.problems.append(document.problem(text, "name"))

    def _check_team(self, commune: Commune) -> None:
        """Check that the parent team is known and another one, and so is what is left to another team."""
        document = self.documents[f"communes/{commune.id}.yaml"]
        communes, procedures, parent = self._there("communes"), self._there("procedures"), commune.team.parent
        if parent == commune.id or (parent and parent not in communes):
            text = f"không có xã `{parent}` nào khác: sửa mã, hoặc bỏ dòng này"
            self.problems.append(document.problem(text, "team", "parent"))
        for procedure, to in commune.team.procedures.items():
            missing = [f"thủ tục `{procedure}`"] if procedure not in procedures else []
            missing += [f"xã `{to}`"] if to not in communes else []
            for what in missing:
                text = f"không có {what}: sửa mã, hoặc bỏ dòng này"
                self.problems.append(document.problem(text, "team", "procedures", procedure))

    def _check_local(self, folder: str, holder: Province | Commune, procedures: Mapping[str, Procedure]) -> None:
        """Check that what a commune or a province answers is about a known procedure and its questions."""
        document = self.documents[f"{folder}/{holder.id}.yaml"]
        for id_, question in holder.questions.items():
            if question.procedure not in self._there("procedures"):
                text = f"không có thủ tục `{question.procedure}`: sửa mã, hoặc bỏ dòng này"
                self.problems.append(document.problem(text, "questions", id_, "procedure"))
            elif procedure := procedures.get(question.procedure):
                for text in _condition_problems(question.when, {step.id: step for step in procedure.steps}):
                    self.problems.append(document.problem(text, "questions", id_, "when"))

    def _check_provincial(self, province: Province) -> None:
        """Check that a province sets facts of known procedures."""
        for id_ in province.facts.keys() - self._there("procedures"):
            text = f"không có thủ tục `{id_}`: sửa mã, hoặc bỏ mục này"
            self.problems.append(self.documents[f"provinces/{province.id}.yaml"].problem(text, "facts", id_))

    def _check_ways(self, document: Document, known: Collection[str]) -> None:
        """Check that what a button opens is there, and not where it stands."""
        about_procedures = document.file.startswith(("procedures/", "shared/", "provinces/", "communes/"))
        for path, value in document.leaves() if about_procedures else ():
            if next(part for part in reversed(path) if isinstance(part, str)) != "go":
                continue
            if value not in known:
                text = f"không có việc `{value}`: ghi mã một thủ tục, hay một mã trong events.yaml{meant(value, known)}"
                self.problems.append(document.problem(text, *path))
            elif document.file in (f"procedures/{value}.yaml", f"procedures/{value}{QUESTIONS}"):
                self.problems.append(document.problem(f"đang ở ngay việc `{value}`: bỏ dòng này", *path))

    def _check_texts(self, document: Document, sources: Collection[str] | None) -> None:
        """Check every {place} of what is filled in, and every source, where the list of them can be read."""
        filled = document.file.startswith(("procedures/", "shared/", "provinces/", "canned."))
        named = Counter(value for path, value in document.leaves() if path[-1:] == ("source",))
        for path, value in document.leaves():
            if (
                path[-1:] == ("source",)
                and sources is not None
                and value not in sources
                and (uses := named.pop(value, 0))
            ):
                text = f"không có nguồn `{value}` trong sources.yaml: thêm nguồn hoặc sửa tên{meant(value, sources)}"
                text += f", cả {uses - 1} chỗ nữa ở dưới" if uses > 1 else ""
                self.problems.append(document.problem(text, *path))
            if filled and value.count("{") != value.count("}") and not {"says", "asks"} & {*path}:
                text = "chỗ điền {…} thiếu một dấu: viết đủ cả hai, như {commune.name}"
                self.problems.append(document.problem(text, *path))
            for name in PLACE.findall(value) if filled else ():
                if not known_place(name, in_canned=document.file == "canned.yaml"):
                    text = f"không biết chỗ điền {{{name}}}: dùng {{commune.…}}, {{fact.…}}, {{procedure.…}}, {{value.…}} có sẵn"
                    text += meant(name, (f"{kind}.{key}" for kind, keys in PLACES.items() for key in keys))
                    self.problems.append(document.problem(text, *path))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "(chưa có mã nào)"


def _beside(file: str) -> str:
    """Return the file beside which questions stand."""
    return file.removesuffix(QUESTIONS) + ".yaml"


def known_place(name: str, *, in_canned: bool = False) -> bool:
    if in_canned and name in CANNED_PLACES:
        return True
    kind, _, key = name.partition(".")
    return key in PLACES.get(kind, ())


def _step_problems(step: AnyStep) -> Iterator[str]:
    match step:
        case Ask():
            if step.options_from and step.options_from not in rules.OPTIONS:
                yield f"không có danh sách `{step.options_from}` trong rules.py: sửa tên hoặc nhờ người lập trình thêm"
            if _has_double(step.options):
                yield "hai lựa chọn trùng id: đổi một"
        case Papers() | Do():
            if _has_double(parts_of(step)):
                yield "hai giấy tờ hoặc hai chỗ vướng trùng id: đổi một"
        case Tell() | Done():
            pass
        case _:
            assert_never(step)


def _has_double(parts: Sequence[Option | Paper | Trouble]) -> bool:
    return len({part.id for part in parts}) != len(parts)


def _when_problems(step: AnyStep, above: Mapping[str, AnyStep]) -> Iterator[tuple[str, Path]]:
    yield from ((text, ("when",)) for text in _condition_problems(step.when, above))
    if isinstance(step, Papers):
        for index, paper in enumerate(step.papers):
            yield from ((text, ("papers", index, "when")) for text in _condition_problems(paper.when, above))


def _condition_problems(when: When | None, above: Mapping[str, AnyStep]) -> Iterator[str]:
    for part in when.parts() if when else ():
        for step_id, wanted in part.equals.items():
            yield from _answer_problems(above.get(step_id), step_id, wanted)
        if part.has_paper and not any(
            isinstance(s, Papers) and part.has_paper in {p.id for p in s.papers} for s in above.values()
        ):
            yield f"không có giấy tờ `{part.has_paper}` ở bước nào phía trên"
        if part.rule and part.rule not in rules.CONDITIONS:
            yield f"không có quy tắc `{part.rule}` trong rules.py: sửa tên hoặc nhờ người lập trình thêm"
        elif part.rule and (lacking := [read for read in rules.READS[part.rule] if read not in above]):
            yield f"quy tắc `{part.rule}` cần câu hỏi `{lacking[0]}` ở phía trên"


def _answer_problems(step: AnyStep | None, step_id: str, wanted: tuple[str, ...]) -> Iterator[str]:
    if not isinstance(step, Ask):
        yield f"`{step_id}` không phải câu hỏi nào ở phía trên: sửa tên, hoặc đưa câu hỏi lên trên"
    elif step.options:
        known = {option.id for option in step.options}
        yield from (
            f"câu hỏi `{step_id}` không có lựa chọn `{answer}`: dùng {', '.join(sorted(known))}"
            for answer in wanted
            if answer not in known
        )

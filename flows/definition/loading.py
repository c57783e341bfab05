"""Loading of content: from the texts of content/ to a Library, or to a list of problems by file and line."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property, partial

from flows.definition import references
from flows.definition.answer_units import places_of
from flows.definition.content_files import QUESTIONS, TALKS, ContentFiles
from flows.definition.contents import Origin
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
from flows.definition.learnt import Known
from flows.definition.library import Library
from flows.definition.procedure import Procedure
from flows.definition.procedure_file import ProcedureFile, SharedFile, Use
from flows.definition.steps import AnyStep, Done, both, parts_of
from flows.definition.team_texts import Canned, TeamTexts
from flows.definition.texts import BotTexts, PlainWords, Vocabulary
from flows.definition.wrong_values import meant
from flows.definition.yaml_source import ContentError, Document, Path, Problem

PLAIN_WORDS = "plain-words.yaml"


def load(files: Mapping[str, str], step_limit: int = 60, known: Known | None = None) -> Library:
    """Build the Library from file name -> text.

    Args:
        known: what `known_of` returned for a library of these very files: their YAML is not read again nor looked through
            for mistakes, and what people say is left out.

    Raises:
        ContentError: with every problem found, each as file:line and a sentence in Vietnamese.
    """
    if known is None:
        return _Loader(ContentFiles(files), step_limit).build_library()
    library = _Loader(ContentFiles(files, known), step_limit, trusted=True).build_library()
    library.__dict__["learnt"] = known.learnt
    return library


def known_of(library: Library) -> Known:
    """Return all that a later `load` of the same files needs; example talks are only ever checked."""
    library.learn()
    read = {file: document.data for file, document in library.documents.items() if not file.endswith(TALKS)}
    return Known(read, library.learnt)


class _Loader:
    """One loading run; what is wrong is noted in `files`, so that all of it is shown."""

    def __init__(self, files: ContentFiles, step_limit: int, *, trusted: bool = False) -> None:
        self.files = files
        self.step_limit = step_limit
        self.trusted = trusted
        self.origins: dict[tuple[str, str], Origin] = {}

    def build_library(self) -> Library:
        files, entries = self.files, self.files.parse_entries
        sentences, words = files.parse_single("bot.yaml", BotTexts), files.parse_single("words.yaml", Vocabulary)
        team = files.parse_single("team.yaml", TeamTexts)
        plain = files.documents.get(PLAIN_WORDS)
        all_but_words = partial(
            Library,
            procedures=self.procedures,
            questions=self._read_questions(),
            provinces=self.provinces,
            communes=self.communes,
            groups=self.groups,
            life_events=self.life_events,
            deadlines=self.deadlines,
            dangers=entries("danger.yaml", Danger),
            wishes=entries("person.yaml", Wish),
            signposts=entries("signposts.yaml", Signpost),
            portal=entries("portal.yaml", Signpost),
            terms=entries("terms.yaml", Term),
            catalogue=files.parse_catalogue(),
            sources=entries("sources.yaml", Source),
            days_off=days_of(entries("holidays.yaml", Holiday)),
            canned=entries("canned.yaml", Canned),
            plain_words=files.parse(plain, PlainWords) if plain else None,
            origins=self.origins,
            documents=files.documents,
            sayings=tuple(files.sayings),
            vectors=files.parse_vectors(),
            kinds=files.parse_kinds(),
        )
        if not self.trusted:
            self._check(sentences, team)
        if not self.procedures and not files.problems:
            files.problems.append(Problem("procedures", 1, "chưa có thủ tục nào: thêm một tệp vào procedures/"))
        if files.problems or not sentences or not team or not words:
            raise ContentError(files.problems)
        return all_but_words(sentences=sentences, team=team, words=words)

    def _check(self, sentences: BotTexts | None, team: TeamTexts | None) -> None:
        files = self.files
        if sentences:
            references.check_labels(files, sentences)
            references.check_sentences(files, "bot.yaml", sentences)
        if team:
            references.check_sentences(files, "team.yaml", team)
        references.check_named(files, "menu.yaml", self.groups)
        references.check_named(files, "events.yaml", self.life_events)
        references.check_named(files, "news.yaml", self.deadlines)
        for province in self.provinces.values():
            references.check_local(files, "provinces", province, self.procedures)
            references.check_provincial(files, province)
        for commune in self.communes.values():
            references.check_home(files, commune, self.communes.values())
            references.check_team(files, commune)
            references.check_local(files, "communes", commune, self.procedures)
        references.check_sayings(files)
        sources, events = files.ids_of_entries("sources.yaml"), files.ids_of_entries("events.yaml")
        for document in files.documents.values():
            references.check_texts(files, document, sources)
            if events is not None:
                references.check_ways(files, document, files.ids_in("procedures") | events)

    @cached_property
    def groups(self) -> dict[str, Group]:
        return self.files.parse_entries("menu.yaml", Group)

    @cached_property
    def life_events(self) -> dict[str, LifeEvent]:
        return self.files.parse_entries("events.yaml", LifeEvent)

    @cached_property
    def deadlines(self) -> dict[str, Deadline]:
        return self.files.parse_entries("news.yaml", Deadline)

    @cached_property
    def provinces(self) -> dict[str, Province]:
        return {province.id: province for _, province in self.files.parse_folder("provinces", Province)}

    @cached_property
    def communes(self) -> dict[str, Commune]:
        """The communes, first those for whom it is mostly: of the province with the most."""
        communes = {commune.id: commune for _, commune in self.files.parse_folder("communes", Commune)}
        sizes = Counter(commune.province for commune in communes.values())
        return dict(sorted(communes.items(), key=lambda one: (-sizes[one[1].province], one[1].province)))

    @cached_property
    def procedures(self) -> dict[str, Procedure]:
        """The procedures with their shared steps; where each step stands is kept in `origins`."""
        shared = {file.id: (file, document) for document, file in self.files.parse_folder("shared", SharedFile)}
        found = self.files.parse_folder("procedures", ProcedureFile)
        return {file.id: self._assemble(document, file, shared) for document, file in found}

    def _read_questions(self) -> dict[str, dict[str, Question]]:
        asked = self._asked()
        return {id_: self._questions_of(procedure, asked) for id_, procedure in self.procedures.items()}

    def _asked(self) -> dict[str, dict[str, Question]]:
        """Return the questions by their file, each of which stands beside a procedure or shared steps."""
        found = {
            file: self.files.parse_entries(file, Question) for file in self.files.documents if file.endswith(QUESTIONS)
        }
        for file in found:
            folder, _, name = _beside(file).partition("/")
            if name.removesuffix(".yaml") not in self.files.ids_in(folder):
                self.files.problems.append(Problem(file, 1, f"không có {_beside(file)}: sửa tên tệp, hoặc bỏ tệp này"))
        return found

    def _questions_of(self, procedure: Procedure, asked: Mapping[str, Mapping[str, Question]]) -> dict[str, Question]:
        """Return the questions about a procedure and about the shared steps that it uses, each with an answer that is there."""
        own = {
            f"procedures/{procedure.id}.yaml",
            *(self.origins[procedure.id, step.id][0].file for step in procedure.steps),
        }
        places, steps = places_of(procedure), {step.id: step for step in procedure.steps}
        found: dict[str, Question] = {}
        for file, entries in asked.items():
            if _beside(file) not in own:
                continue
            for id_, question in entries.items():
                if question.place and question.place not in places:
                    text = f"không có chỗ `{question.place}`: dùng một trong {', '.join(sorted(places))}"
                    self.files.problems.append(self.files.documents[file].problem(text, id_, "place"))
                for text in references.condition_problems(question.when, steps):
                    self.files.problems.append(self.files.documents[file].problem(text, id_, "when"))
                found[f"{file.removesuffix(QUESTIONS)}/{id_}"] = question
        return found

    def _assemble(
        self, document: Document, file: ProcedureFile, shared: Mapping[str, tuple[SharedFile, Document]]
    ) -> Procedure:
        steps: list[AnyStep] = []
        for index, entry in enumerate(file.steps):
            path: Path = ("steps", index)
            for step, origin in self._pulled(document, path, entry, shared):
                if (file.id, step.id) in self.origins:
                    text = f"có hai bước cùng id `{step.id}`: đổi tên một bước"
                    if isinstance(entry, Use) and self.origins[file.id, step.id] == origin:
                        text = f"`use: {entry.use}` viết hai lần: bỏ một dòng, một `when` gộp được cả hai trường hợp"
                    self.files.problems.append(document.problem(text, *path, "id"))
                self.origins[file.id, step.id] = origin
                steps.append(step)
        self._check_steps(document, file.id, steps)
        asked = {step.id: step for step in steps}
        for index, code in enumerate(file.search_code):
            for text in references.condition_problems(code.when, asked):
                self.files.problems.append(document.problem(text, "search_code", index, "when"))
        if file.pitfall and not any(file.pitfall == part.id for step in steps for part in parts_of(step)):
            self.files.problems.append(document.problem(f"không có chỗ vướng `{file.pitfall}`: sửa mã", "pitfall"))
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
        elif entry.use not in self.files.ids_in("shared"):
            self.files.problems.append(
                document.problem(
                    f"không có shared/{entry.use}.yaml: sửa tên sau `use`{meant(entry.use, self.files.ids_in('shared'))}",
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

    def _check_steps(self, document: Document, procedure: str, steps: list[AnyStep]) -> None:
        above: dict[str, AnyStep] = {}
        wrong: dict[str, list[Problem]] = {}
        for step in steps:
            at, path = self.origins[procedure, step.id]
            for reason in references.step_problems(step):
                self.files.problems.append(at.problem(reason, *path))
            for text, part in references.when_problems(step, above):
                wrong.setdefault(text, []).append(at.problem(text, *path, *part))
            above[step.id] = step
        if len(above) == len(steps):  # of two steps with one id, conditions on either are no mistake of their own
            for first, *others in wrong.values():
                more = f", cả {len(others)} chỗ nữa ở dưới" if others else ""
                self.files.problems.append(replace(first, text=first.text + more))
        if len(steps) > self.step_limit:
            text = f"có {len(steps)} bước, nhiều hơn {self.step_limit}: chia thành hai thủ tục"
            self.files.problems.append(document.problem(text, "steps"))
        ends = [step for step in steps[:-1] if isinstance(step, Done)]
        if ends and not isinstance(steps[-1], Done):
            at, path = self.origins[procedure, ends[-1].id]
            text = f"bước `{ends[-1].id}` (kind: done) phải đứng cuối: chuyển nó xuống dưới bước `{steps[-1].id}`"
            self.files.problems.append(at.problem(text, *path))
        elif steps and (not isinstance(steps[-1], Done) or steps[-1].when):
            text = "bước cuối phải là kind: done và không có when, để ai cũng đi được tới cuối"
            self.files.problems.append(document.problem(text, "steps", len(steps) - 1))
        for step in ends if isinstance(steps[-1], Done) else ():
            at, path = self.origins[procedure, step.id]
            self.files.problems.append(at.problem("chỉ bước cuối mới là kind: done: đổi bước này thành tell", *path))


def _beside(file: str) -> str:
    """Return the file beside which questions stand."""
    return file.removesuffix(QUESTIONS) + ".yaml"

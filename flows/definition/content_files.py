"""Files of content/, each read once: its entries by id, and what is wrong in them, of all files before any is refused."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from flows.definition import catalogue, sayings
from flows.definition.catalogue import Entry
from flows.definition.entries import Commune, Province
from flows.definition.learnt import Known
from flows.definition.procedure_file import ProcedureFile, SharedFile
from flows.definition.sayings import Saying
from flows.definition.statements import Defaults
from flows.definition.wrong_values import in_vietnamese, wrong_id
from flows.definition.yaml_source import ContentError, Document, Path, Problem, read
from flows.text import kind_weights, part_vectors
from flows.text.kind_weights import KindWeights, read_kind_weights
from flows.text.part_vectors import PartVectors, read_vectors

Model = TypeVar("Model", bound=BaseModel)
Named = TypeVar("Named", ProcedureFile, SharedFile, Province, Commune)

_STAND_INS = {
    "source": "nguon",
    "checked": date.max,
    "review_by": date.max,
}  # so that wrong, and misplaced, defaults are told once
DEFAULTS = "defaults"  # of a file, for all of its statements
TALKS = ".talks.yaml"  # example talks beside a procedure; flows/checks/example_talks.py plays them
QUESTIONS = ".questions.yaml"  # what people ask about a procedure, beside it


class ContentFiles:
    """
    Args:
        known: what was read of the same files before, and found good.

    Attributes:
        problems: those found so far.
        documents: the files that can be read as YAML, but for those of `sayings`.
    """

    def __init__(self, texts: Mapping[str, str], known: Known | None = None) -> None:
        self.problems: list[Problem] = []
        self.documents = {file: Document(file, data, ()) for file, data in known.read.items()} if known else {}
        self._rows = known.learnt.rows if known else {}
        self.sayings: list[Saying] = []
        self._texts = texts
        self._defaults: dict[str, dict[str, Any]] = {}
        if known is None:
            self._read_all()

    def _read_all(self) -> None:
        # What people say is read last, beside nothing that stays: 4 MB more are free when it goes.
        for file, text in sorted(self._texts.items(), key=lambda one: (one[0].endswith(sayings.ENDING), one[0])):
            if file in (catalogue.FILE, part_vectors.FILE, kind_weights.FILE):
                continue
            try:
                if file.endswith(sayings.ENDING):
                    self.sayings.extend(sayings.parse(file, text))
                else:
                    self.documents[file] = read(file, text)
            except ContentError as error:
                self.problems.extend(error.problems)

    def parse_folder(self, folder: str, model: type[Named]) -> Iterator[tuple[Document, Named]]:
        """Yield the valid files of a folder; a file that is not named for its id is a problem, and no more."""
        for file, document in self.documents.items():
            if not file.startswith(f"{folder}/") or file.endswith((TALKS, QUESTIONS)):
                continue
            if parsed := self.parse(document, model):
                if file == f"{folder}/{parsed.id}.yaml":
                    yield document, parsed
                else:
                    text = f"id là `{parsed.id}`, tên tệp phải là {folder}/{parsed.id}.yaml: sửa id, hoặc đổi tên tệp"
                    self.problems.append(document.problem(text, "id"))

    def parse(self, document: Document, model: type[Model], path: Path = ()) -> Model | None:
        data = document.data
        for name in path:
            data = data[name]
        try:
            return model.model_validate(data, context=self._defaults_of(document))
        except ValidationError as error:
            for text, loc in in_vietnamese(error, str(path[-1]) if path else "tệp"):
                self.problems.append(document.problem(text, *path, *loc))
        return None

    def _defaults_of(self, document: Document) -> dict[str, Any]:
        """Return what a file says once for all of its statements; what is wrong there is told once."""
        if document.file not in self._defaults:
            data = document.data if isinstance(document.data, dict) else {}
            try:
                known = Defaults.model_validate(data.get(DEFAULTS) or {}).model_dump(exclude_none=True)
                if not document.file.startswith(("provinces/", "communes/")):  # those have a source of their own
                    known |= {key: value for key, value in _STAND_INS.items() if key in data}
            except ValidationError as error:
                known = dict(_STAND_INS)
                for text, loc in in_vietnamese(error, DEFAULTS):
                    self.problems.append(document.problem(text, DEFAULTS, *loc))
            self._defaults[document.file] = known
        return self._defaults[document.file]

    def parse_single(self, file: str, model: type[Model]) -> Model | None:
        if file in self.documents:
            return self.parse(self.documents[file], model)
        if file not in self._texts:
            self.problems.append(Problem(file, 1, "thiếu tệp này: lấy lại từ bản gốc"))
        return None

    def parse_entries(self, file: str, model: type[Model]) -> dict[str, Model]:
        """Return the valid entries of a file by id; none without the file."""
        document = self.documents.get(file)
        if document is None:
            return {}
        if not isinstance(document.data, dict):
            self.problems.append(Problem(file, 1, "mỗi mục phải có một mã ở đầu dòng, rồi các dòng con thụt vào"))
            return {}
        keys = [key for key in document.data if key != DEFAULTS]
        fields = {info.alias or name for name, info in model.model_fields.items()}
        out = [key for key in keys if key in fields and not isinstance(document.data[key], dict)]
        if out and (above := keys[: keys.index(out[0])]):
            text = f"`{out[0]}` là mục con của `{above[-1]}`: thụt vào hai dấu cách, các dòng dưới nó cũng vậy"
            self.problems.append(document.problem(text, out[0]))
            keys = [key for key in keys if key not in (*out, above[-1])]
        for key in keys:
            if text := wrong_id(key):
                self.problems.append(document.problem(text, key))
        return {key: entry for key in keys if (entry := self.parse(document, model, (key,)))}

    def parse_vectors(self) -> PartVectors:
        if self._rows:
            return PartVectors(self._rows["parts"], self._rows["sorts"])
        return read_vectors(self._texts.get(part_vectors.FILE, ""))

    def parse_kinds(self) -> KindWeights:
        if self._rows:
            return KindWeights(self._rows["kinds"])
        return read_kind_weights(self._texts.get(kind_weights.FILE, ""))

    def parse_catalogue(self) -> dict[str, Entry]:
        try:
            return catalogue.read(self._texts.get(catalogue.FILE, ""))
        except ContentError as error:
            self.problems.extend(error.problems)
            return {}

    def ids_in(self, folder: str) -> set[str]:
        """Return the ids for which there is a file, be it good or not: one that fails is told of by itself alone."""
        files = [file for file in self._texts if file.startswith(f"{folder}/")]
        names = {id_ for file in files if "." not in (id_ := file.removeprefix(f"{folder}/").removesuffix(".yaml"))}
        written = (self.documents[file].data for file in files if file in self.documents)
        return names | {str(data["id"]) for data in written if isinstance(data, dict) and "id" in data}

    def ids_of_entries(self, file: str) -> set[str] | None:
        """Return the ids of the entries of a file, be they good or not; None where it can't be read at all."""
        if file not in self.documents:
            return None if file in self._texts else set()
        data = self.documents[file].data
        return set(data) if isinstance(data, dict) else set()

    def is_named_for_its_id(self, file: str) -> bool:
        """Return whether a file stands under its own name, as far as it can be read."""
        if file not in self.documents:
            return file in self._texts
        data = self.documents[file].data
        return not isinstance(data, dict) or file.endswith(f"/{data.get('id')}.yaml")

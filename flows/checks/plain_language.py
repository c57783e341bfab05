"""Plain-language score of a sentence: its length, officialese, abbreviations that nobody explained.

The measure is whether a grandmother gets through it. What stands in “quotes” is a word that she will meet on the portal's
screen or on a paper; it is left as it is.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from flows.definition.content_files import TALKS
from flows.definition.library import Library
from flows.definition.texts import PlainWords
from flows.definition.yaml_source import Document, Path, Problem
from flows.text.language import phrase, same, spelled

_READ = {"text", "why", "label", "title", "summary", "note", "cure", "meaning", "name"}
_OFFICIAL = {"name", "law", "code"}  # facts that are official by nature
_QUOTED = re.compile(r"“[^”]*”|\{[^{}]*\}")
_SENTENCE = re.compile(r"[^.!?…:;\n]+(?:\.(?=\S)[^.!?…:;\n]+)*")
_WORD = re.compile(r"[^\W_]+")
_ABBREVIATION = re.compile(r"\b[A-ZĐ]{2,}[A-ZĐ0-9]*\b")


@dataclass(frozen=True)
class Sentence:
    """One sentence that a citizen reads. `hardness` above 1 is too hard; `reasons` say why."""

    document: Document
    path: Path
    text: str
    words: int
    hardness: float
    reasons: tuple[str, ...]

    def problem(self) -> Problem:
        return self.document.warning(f"khó đọc: {'; '.join(self.reasons)}, ở “{self.text[:80]}”", *self.path)


def check_plain_language(library: Library) -> Iterator[Problem]:
    """Report sentences that are too hard, where there is a list of plain words."""
    scored = sentences(library, library.plain_words) if library.plain_words else ()
    yield from (sentence.problem() for sentence in scored if sentence.hardness > 1)


def sentences(library: Library, words: PlainWords) -> Iterator[Sentence]:
    """Score every sentence that a citizen reads."""
    officialese = {phrase(said): plain for said, plain in words.plain.items()}
    known = {*words.known_abbreviations, *(term.term for term in library.terms.values())}
    yardstick = _Yardstick(officialese, known, words.words_a_sentence)
    for document in library.documents.values():
        for path, text in document.leaves():
            if _is_read(document.file, path):
                shown = _QUOTED.sub("“”", text)
                for sentence in filter(str.strip, _SENTENCE.findall(shown)):
                    yield yardstick.score(document, path, sentence.strip())


def _is_read(file: str, path: Path) -> bool:
    if file.endswith(TALKS):
        return False
    if file == "bot.yaml":
        return True
    if not (file in ("events.yaml", "terms.yaml", "menu.yaml") or file.startswith(("procedures/", "shared/"))):
        return False
    if path[0] == "facts" and path[1] in _OFFICIAL:
        return False
    return path[-1] in _READ and path[0] != "differs"


@dataclass(frozen=True)
class _Yardstick:
    """What a sentence is scored by.

    Attributes:
        officialese: words of offices, and what is said in their place.
        known: abbreviations that need no explanation.
        limit: words of a sentence.
    """

    officialese: Mapping[tuple[str, ...], str]
    known: Collection[str]
    limit: int

    def score(self, document: Document, path: Path, text: str) -> Sentence:
        said = spelled(text)
        hard = [
            f"thay “{' '.join(_WORD.findall(text.lower())[at : at + len(words)])}” bằng “{plain}”"
            for words, plain in self.officialese.items()
            for at in range(len(said) - len(words) + 1)
            if same(said[at : at + len(words)], words)
        ]
        unknown = [f"giải thích chữ tắt {short}" for short in _ABBREVIATION.findall(text) if short not in self.known]
        long = [f"{len(said)} chữ, quá {self.limit}: ngắt câu"] if len(said) > self.limit else []
        hardness = len(said) / self.limit + len(hard) + len(unknown)
        return Sentence(document, path, text, len(said), hardness, (*long, *hard, *unknown))

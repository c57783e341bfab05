"""Leaflet of a procedure in a commune, for where nobody can ask back: a page, a picture, a sheet of paper.

It comes from the same facts as the conversation, and is as honest: what nobody could confirm is None.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flows.definition.entries import Commune, Deadline
from flows.definition.facts import CommuneValue, FactKind
from flows.definition.library import Library
from flows.definition.procedure import Procedure
from flows.definition.steps import Paper, Papers
from flows.dialogue.context import TurnContext
from flows.dialogue.household_papers import papers_of_all
from flows.dialogue.leaflet import pitfall_of
from flows.state import State

_FACTS: tuple[FactKind, ...] = ("time", "fee", "where")
_PLACE: tuple[CommuneValue, ...] = ("address", "hours", "phone", "team_hours")
_TYPE, _ASK = "chọn “Gặp người”", "hỏi tổ công nghệ số"  # on paper there is nobody to type to


@dataclass(frozen=True)
class Leaflet:
    """`procedure` is None for all that the commune's people come for."""

    library: Library
    commune: Commune
    procedure: Procedure | None
    today: date

    @property
    def context(self) -> TurnContext:
        state = State(procedure=self.procedure.id if self.procedure else None, commune=self.commune.id)
        return TurnContext(self.library, state, self.today)

    @property
    def title(self) -> str:
        return self.procedure.title if self.procedure else "Làm giấy tờ, thủ tục"

    @property
    def summary(self) -> str:
        return self.fill_in(self.procedure.summary) if self.procedure else ""

    @property
    def deadlines(self) -> list[Deadline]:
        """List deadlines that people must not miss: of the procedure, else all."""
        return list(self.library.deadlines_on(self.today, self.procedure.id if self.procedure else None).values())

    @property
    def facts(self) -> dict[FactKind, str | None]:
        """Look up each fact that a page tells; None for what the commune has to say."""
        found = {kind: self.context.fact_text(kind) for kind in _FACTS} if self.procedure else {}
        return {kind: text and reword_for_print(text) for kind, text in found.items()}

    @property
    def place(self) -> dict[CommuneValue, str]:
        """List what the commune told of its office and its team; nothing for what it did not."""
        found = {key: self.context.commune_value(key) for key in _PLACE}
        return {key: text for key, text in found.items() if text}

    @property
    def papers(self) -> list[str]:
        """The papers that everybody brings."""
        return _drop_repeated(self.paper_label(paper, step) for step, paper in self._for_everybody)

    @property
    def other_papers(self) -> list[str]:
        """Name the papers that hang on the answers."""
        always = {paper.name for _, paper in self._for_everybody}
        return _drop_repeated(paper.name for step, paper in self._papers if paper.name not in always)

    @property
    def pitfall(self) -> tuple[str, str] | None:
        """Find what goes wrong most, and what to do about it."""
        trouble = pitfall_of(self.context, self.procedure) if self.procedure else None
        return (trouble.title, self.fill_in(trouble.cure)) if trouble else None

    @property
    def groups(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The menu: (title, [(procedure, its title)]) of each group."""
        known = self.library.procedures
        if not self.library.groups:
            return [("", [(id_, procedure.title) for id_, procedure in known.items()])]
        return [
            (group.title, [(id_, known[id_].title) for id_ in group.procedures])
            for group in self.library.groups.values()
        ]

    def paper_label(self, paper: Paper, step: Papers) -> str:
        return reword_for_print(self.context.paper(paper, step))

    def fill_in(self, text: str) -> str:
        """Fill a text of the procedure as it is printed."""
        return reword_for_print(self.context.fill(text))

    @property
    def _for_everybody(self) -> tuple[tuple[Papers, Paper], ...]:
        return papers_of_all(self.procedure, self.today) if self.procedure else ()

    @property
    def _papers(self) -> tuple[tuple[Papers, Paper], ...]:
        return self.procedure.papers if self.procedure else ()


def leaflet_for(library: Library, commune: str, procedure: str, today: date) -> Leaflet | None:
    """None for a commune or a procedure that nobody knows."""
    found, about = library.communes.get(commune), library.procedure_in(commune, procedure)
    return Leaflet(library, found, about, today) if found and (about or not procedure) else None


def reword_for_print(text: str) -> str:
    """Reword a sentence of the conversation for somebody who can't answer it."""
    return text.replace(_TYPE, _ASK)


def _drop_repeated(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))

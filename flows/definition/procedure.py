"""Procedures ready to be walked, as content/procedures/ makes them."""

from typing import Annotated

from pydantic import StringConstraints

from flows.definition.facts import FactKind, FactValue, FileAt
from flows.definition.statements import Id, Part, Text
from flows.definition.steps import AnyStep, Ask, Do, Option, Paper, Papers, Trouble, When

Code = Annotated[str, StringConstraints(pattern=r"^\d\.\d{6}$")]  # of the national procedure database


class SearchCode(Part):
    """Code to type into the portal's search box, for those for whom `when` holds."""

    code: Code
    when: When | None = None


class Difference(Part):
    """Reason why a fact is not what the national snapshot says."""

    field: FactKind
    because: Text
    source: Id


class Procedure(Part):
    """Procedure ready to be walked, shared steps inserted. `version` changes whenever its words or steps do."""

    id: str
    title: str
    summary: str
    says: tuple[str, ...]
    officer: str | None
    file_at: FileAt | None
    search_code: tuple[SearchCode, ...]
    facts: dict[FactKind, tuple[FactValue, ...]]
    covers: tuple[str, ...]
    differs: tuple[Difference, ...]
    files: bool = True
    of_land: bool = False
    opening: str | None = None
    pitfall: str | None = None
    returned: tuple[Option, ...]
    steps: tuple[AnyStep, ...]
    version: str

    # Compared by identity: word by word it takes longer than to walk through one.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def step(self, step_id: str) -> AnyStep | None:
        return next((step for step in self.steps if step.id == step_id), None)

    @property
    def asks(self) -> tuple[Ask, ...]:
        """All that it asks, in the order of the file."""
        return tuple(step for step in self.steps if isinstance(step, Ask))

    @property
    def papers(self) -> tuple[tuple[Papers, Paper], ...]:
        """All papers that somebody may need, each with the step that lists it."""
        return tuple((step, paper) for step in self.steps if isinstance(step, Papers) for paper in step.papers)

    @property
    def troubles(self) -> tuple[tuple[Do, Trouble], ...]:
        """All that is known to go wrong, each with its step, in the order of the file."""
        return tuple((step, trouble) for step in self.steps if isinstance(step, Do) for trouble in step.troubles)

    def trouble(self, trouble_id: str) -> tuple[Do, Trouble] | None:
        return next(((step, trouble) for step, trouble in self.troubles if trouble.id == trouble_id), None)

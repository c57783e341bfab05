"""All that content/ says, and what is looked up in it by commune, by procedure and by day."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Self

from flows.definition.catalogue import Entry
from flows.definition.entries import (
    Commune,
    Danger,
    Deadline,
    Group,
    LifeEvent,
    LocalQuestion,
    Province,
    Question,
    Signpost,
    Source,
    Term,
    Wish,
)
from flows.definition.hours import Days, Hours
from flows.definition.procedure import Procedure
from flows.definition.sayings import Saying
from flows.definition.statements import Sourced
from flows.definition.team_texts import Canned, TeamTexts
from flows.definition.texts import BotTexts, PlainWords, Vocabulary
from flows.definition.yaml_source import Document, Path
from flows.text.kind_weights import KindWeights
from flows.text.language import shortened
from flows.text.part_vectors import PartVectors

Origin = tuple[Document, Path]

_BUTTON = 60  # characters of a button's label, as many as a `Label` may have


@dataclass(frozen=True, repr=False, eq=False)
class Contents:
    """All that content/ says, by its ids.

    Attributes:
        questions: procedure id -> its questions by id.
        origins: (procedure, step) -> file and path where the step stands.
    """

    procedures: Mapping[str, Procedure]
    questions: Mapping[str, Mapping[str, Question]]
    provinces: Mapping[str, Province]
    communes: Mapping[str, Commune]
    groups: Mapping[str, Group]
    life_events: Mapping[str, LifeEvent]
    deadlines: Mapping[str, Deadline]
    dangers: Mapping[str, Danger]
    wishes: Mapping[str, Wish]
    signposts: Mapping[str, Signpost]
    portal: Mapping[str, Signpost]
    terms: Mapping[str, Term]
    catalogue: Mapping[str, Entry]
    sources: Mapping[str, Source]
    days_off: Days
    sentences: BotTexts
    team: TeamTexts
    canned: Mapping[str, Canned]
    words: Vocabulary
    plain_words: PlainWords | None
    origins: Mapping[tuple[str, str], Origin]
    documents: Mapping[str, Document]
    sayings: Sequence[Saying]
    vectors: PartVectors
    kinds: KindWeights

    def title(self, id_: str) -> str | None:
        """Return the button label of a procedure, a life event or an entry of the catalogue; None for an unknown id."""
        if entry := self.catalogue.get(id_):
            return shortened(entry.name, _BUTTON)
        known = self.procedures.get(id_) or self.life_events.get(id_) or self.posts.get(id_)
        return known.title if known else None

    def is_shared(self, procedure: str, step: str) -> bool:
        """Return whether a step comes from content/shared/, for many procedures."""
        return not self.origins[procedure, step][0].file.startswith("procedures/")

    def as_of(self, part: Sourced) -> date | None:
        """Return the day of which a statement tells: its own, else that of its source; None without a source."""
        return part.as_of or (self.sources[part.source].date if part.source else None)

    def deadlines_on(self, today: date, procedure: str | None = None) -> dict[str, Deadline]:
        """Return the deadlines that have not passed and may be stated: those of a procedure, or all of them."""
        return {
            id_: deadline
            for id_, deadline in self.deadlines.items()
            if today <= deadline.until and not deadline.unsure(today) and procedure in (None, *deadline.procedures)
        }

    @cached_property
    def posts(self) -> Mapping[str, Signpost]:
        """What is answered with one text: signposts, and troubles with the portal."""
        return {**self.signposts, **self.portal}

    def province_of(self, commune: str | None) -> Province | None:
        """Return the province of a commune; None for a commune that nobody knows."""
        known = self.communes.get(commune or "")
        return self.provinces[known.province] if known else None

    def procedure_in(self, commune: str | None, id_: str) -> Procedure | None:
        """Return a procedure as it holds in a commune: with the facts that its province sets."""
        province = self.province_of(commune)
        return (self._provincial.get((province.id, id_)) if province else None) or self.procedures.get(id_)

    @cached_property
    def _provincial(self) -> Mapping[tuple[str, str], Procedure]:
        """(province, procedure) -> the procedure with the province's own facts, where it has some."""
        return {
            (province.id, id_): national.model_copy(update={"facts": {**national.facts, **province.facts[id_]}})
            for province in self.provinces.values()
            for id_, national in self.procedures.items()
            if id_ in province.facts
        }

    def local_questions(self, commune: str | None, procedure: str) -> dict[str, LocalQuestion]:
        """Return what is asked and answered in a commune alone, or in its province: by file and id."""
        known, province = self.communes.get(commune or ""), self.province_of(commune)
        found = {f"provinces/{province.id}/{id_}": one for id_, one in province.questions.items()} if province else {}
        found |= {f"communes/{known.id}/{id_}": one for id_, one in known.questions.items()} if known else {}
        return {id_: question for id_, question in found.items() if question.procedure == procedure}

    def with_commune(self, commune: Commune, province: Province) -> Self:
        """Return this library with one commune more; what was learnt from the content is shared."""
        more = copy(self)
        more.__dict__["communes"] = {**self.communes, commune.id: commune}
        more.__dict__["provinces"] = {**self.provinces, province.id: province}
        return more

    def commune_title(self, id_: str) -> str:
        """Return the name of a commune, with its province where another province has one of the same name."""
        commune = self.communes[id_]
        alone = sum(other.name == commune.name for other in self.communes.values()) == 1
        return commune.name if alone else f"{commune.name}, {self.provinces[commune.province].name}"

    def team_of(self, commune: str | None, procedure: str | None) -> str | None:
        """Return the commune whose team helps: its own, or the one to which it leaves this procedure."""
        known = self.communes.get(commune or "")
        return known.team.procedures.get(procedure or "", known.id) if known else commune

    @cached_property
    def telegram_chats(self) -> frozenset[str]:
        """Return the Telegram groups that teams have of their own."""
        return frozenset(known.team.telegram_chat for known in self.communes.values() if known.team.telegram_chat)

    def hours(self, commune: str | None, procedure: str | None = None) -> Hours:
        """Return the hours of the team that helps; the team of an unknown commune is there at any time."""
        known = self.communes.get(self.team_of(commune, procedure) or "")
        return Hours(known.team.hours, self.days_off) if known else Hours()

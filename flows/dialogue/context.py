"""Context of a turn: library, state and day together, and the filling of sentences from them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import assert_never, cast

from flows.definition import rules
from flows.definition.entries import Commune
from flows.definition.facts import CommuneValue, FactKind, FileAt, ProcedurePlace, value_on
from flows.definition.library import Library
from flows.definition.procedure import Procedure
from flows.definition.statements import Sourced
from flows.definition.steps import Paper
from flows.definition.texts import BotTexts
from flows.dialogue.household_papers import Household, household
from flows.dialogue.position import Walk, holds, walk
from flows.state import Asking, State

_PLACE = re.compile(r"\{(commune|fact|procedure|value)\.([a-z0-9_-]+)\}")
_NAME = re.compile(r"\{([a-z]+)\}")


def fill_in(sentence: str, **values: object) -> str:
    """Fill in the {names} of a sentence."""
    return _NAME.sub(lambda match: str(values.get(match[1], match[0])), sentence)


@dataclass(frozen=True)
class TurnContext:
    """One conversation at one moment, immutable: a changed state makes another context."""

    library: Library
    state: State
    today: date

    def with_state(self, **changes: object) -> "TurnContext":
        """Return this context with a changed state."""
        return TurnContext(self.library, self.state.model_copy(update=changes), self.today)

    def ask(self, asking: Asking | None, *offered: str) -> "TurnContext":
        """Return the context with a question of the bot's own on screen, or with none: then what lay beneath comes back, but
        a list of papers that was read already."""
        state = self.state
        if (
            state.asking == "papers"
            and self.procedure
            and not household(self.procedure, state.answers, self.today).question
        ):
            state = state.ask("leaflet")
        return TurnContext(self.library, state.ask(asking, *offered), self.today)

    @property
    def sentences(self) -> BotTexts:
        return self.library.sentences

    @property
    def labels(self) -> dict[str, str]:
        return self.library.sentences.labels

    @cached_property
    def procedure(self) -> Procedure | None:
        return self.find_procedure(self.state.procedure or "")

    def find_procedure(self, id_: str) -> Procedure | None:
        """Return a procedure as it holds where the citizen lives."""
        return self.library.procedure_in(self.state.commune, id_)

    @cached_property
    def walk(self) -> Walk | None:
        return walk(self.procedure, self.state.answers, self.today) if self.procedure else None

    @property
    def household(self) -> Household | None:
        """The papers of the household, as far as the answers decide them."""
        return household(self.procedure, self.state.answers, self.today) if self.procedure else None

    @property
    def commune(self) -> Commune | None:
        return self.library.communes.get(self.state.commune or "")

    @property
    def commune_name(self) -> str:
        return self.commune.name if self.commune else self.sentences.commune_unknown

    def fill(self, text: str) -> str:
        """Fill in {commune.…}, {fact.…}, {procedure.…} and {value.…}; what nobody knows becomes the honest sentence."""
        return _PLACE.sub(lambda match: self._value(match[1], match[2]), text)

    def speaks_of_commune(self, text: str) -> bool:
        """Return whether a text is filled in with something of the commune, directly or through a fact."""
        for kind, key in _PLACE.findall(text):
            value = (
                value_on(self.procedure.facts.get(key, ()), self.today) if kind == "fact" and self.procedure else None
            )
            if kind == "commune" or (value and value.text and self.speaks_of_commune(value.text)):
                return True
        return False

    def question_in(self, text: str) -> str:
        """Return what the team may find out, where a text lacks something of a known commune; "" where it does not."""
        keys = [key for kind, key in _PLACE.findall(text) if kind == "commune" and self.commune]
        ready = self.sentences.to_ask
        asked = (ready[key] for key in keys if key in ready and self.commune_value(cast(CommuneValue, key)) is None)
        return next(asked, "")

    def _value(self, kind: str, key: str) -> str:
        if kind == "value":
            return rules.VALUES[key](self.today)
        if kind == "fact":
            return self.fact_text(cast(FactKind, key)) or self.unsure(self.sentences.unsure_short)
        if kind == "procedure":
            return self._of_procedure(cast(ProcedurePlace, key))
        if key in ("name", "province"):
            return self.commune_name if key == "name" else self._province
        known, honest = self.commune_value(cast(CommuneValue, key)), self.sentences.missing
        return known or honest.get(cast(CommuneValue, key)) or self.unsure(self.sentences.unsure_short)

    def _of_procedure(self, key: ProcedurePlace) -> str:
        match key:
            case "officer":
                return self.unsure("{officer}")
            case "search":
                return self._search
            case "agency":
                return self._agency
            case _:
                assert_never(key)

    @property
    def _province(self) -> str:
        province = self.library.province_of(self.state.commune)
        return province.name if province else self.sentences.province_unknown

    @property
    def _search(self) -> str:
        """Say what to type into the portal's search box: the bare code for this household, else the name."""
        live = self.walk.live if self.walk else {}
        codes = self.procedure.search_code if self.procedure else ()
        code = next((one.code for one in codes if holds(one.when, live, self.today)), None)
        if code:
            return fill_in(self.sentences.search_by_code, code=code)
        name = self.fact_text("name") or (self.procedure.title if self.procedure else "")
        return fill_in(self.sentences.search_by_name, name=name)

    @property
    def _agency(self) -> str:
        file_at: FileAt = (self.procedure and self.procedure.file_at) or "commune"
        province = self.library.province_of(self.state.commune)
        return self.fill((province and province.agencies.get(file_at)) or self.sentences.agencies[file_at])

    def unsure(self, sentence: str, procedure: Procedure | None = None) -> str:
        """Say whom to ask about what nobody could confirm."""
        holder = procedure or self.procedure
        return fill_in(sentence, officer=(holder and holder.officer) or self.sentences.officer)

    def commune_value(self, key: CommuneValue) -> str | None:
        province = self.library.province_of(self.state.commune)
        layers = (layer.values.get(key) for layer in (self.commune, province) if layer)
        value = value_on(next(filter(None, layers), ()), self.today)
        if value is None or value.unsure(self.today):
            return None
        return " ".join(filter(None, (value.text, self._mark(value))))

    def fact_text(self, kind: FactKind, procedure: Procedure | None = None) -> str | None:
        """Return the text of a fact, marked when it has one source; None where nothing may be stated."""
        holder = procedure or self.procedure
        value = value_on(holder.facts.get(kind, ()), self.today) if holder else None
        if value is None or value.text is None or value.unsure(self.today):
            return None
        return self.fill(value.text) + (f" {self.sentences.single_mark}" if value.certainty == "single" else "")

    def fact(self, kind: FactKind, procedure: Procedure) -> str:
        """Return the answer to a question about a fact: what is known, or that the commune decides."""
        if kind == "benefit" and kind not in procedure.facts:
            return fill_in(self.sentences.no_benefit, fee=self.fact("fee", procedure))
        label, text = self.sentences.fact_labels[kind], self.fact_text(kind, procedure)
        if text is None:
            unsure = fill_in(self.sentences.fact_unsure, label=label, commune=self.commune_name)
            return self.unsure(unsure, procedure)
        return fill_in(self.sentences.fact, label=label, text=text)

    def with_certainty_mark(self, text: str, part: Sourced) -> str:
        """Fill in a text, with a word on how sure we are of it."""
        return "\n\n".join(filter(None, (self.fill(text), self.doubt_of(part, text))))

    def doubt_of(self, part: Sourced, text: str = "") -> str:
        """Return a word on how sure we are of something; "" where we are. Whom to ask is said once: in the text, or here."""
        if part.unsure(self.today):
            asked = self.sentences.ask_word in re.findall(r"\w+", text)
            return self.sentences.unsure_asked if asked else self.unsure(self.sentences.unsure_part)
        return self.sentences.single_part if part.certainty == "single" else ""

    def told_once(self, doubts: Iterable[str]) -> tuple[str, ...]:
        """Return the doubts of one screen, each once; of two kinds only that some of it is not sure, and whom to ask."""
        kinds = tuple(dict.fromkeys(filter(None, doubts)))
        return kinds if len(kinds) <= 1 else (self.unsure(self.sentences.unsure_parts),)

    def sign_of(self, part: Sourced) -> tuple[str, str]:
        """Return the sign of how sure we are of a text, and what it means; ("", "") where we are."""
        if part.unsure(self.today):
            return self.sentences.unsure_sign, self.unsure(self.sentences.unsure_part)
        return (self.sentences.single_sign, self.sentences.single_signed) if part.certainty == "single" else ("", "")

    def paper(self, paper: Paper, beside: Sourced | None = None) -> str:
        """Render a paper on one or two lines, marked with how sure we are, unless the text `beside` it says so for all."""
        said = beside is not None and self._mark(beside) == self._mark(paper)
        return self._paper_line(paper, None if said else self._mark(paper))

    def signed_paper(self, paper: Paper, beside: Sourced | None = None) -> tuple[str, str]:
        """Render a paper with a sign of how sure we are, unless the text `beside` it says so; return what the sign means too."""
        sign, meaning = self.sign_of(paper)
        said = beside is not None and self.sign_of(beside)[0] == sign
        return self._paper_line(paper, None if said else sign), "" if said else meaning

    def _paper_line(self, paper: Paper, mark: str | None) -> str:
        optional = self.sentences.optional_mark if paper.optional else None
        name = " ".join(filter(None, (paper.name, optional, mark)))
        return f"{name}: {self.fill(paper.note)}" if paper.note else name

    def _mark(self, part: Sourced) -> str | None:
        if part.unsure(self.today):
            return self.unsure(self.sentences.unsure_mark)
        return self.sentences.single_mark if part.certainty == "single" else None

    @property
    def missing(self) -> tuple[Paper, ...]:
        """Papers that were asked for and are not there yet."""
        asked = self.walk.papers(self.today) if self.walk else ()
        said = self.walk.live if self.walk else {}
        return tuple(paper for paper, has in asked if not has and any(slot.endswith(f"/{paper.id}") for slot in said))

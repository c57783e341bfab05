"""Who writes to the bot: habits as numbers, one YAML file each in tests/personas."""

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

FOLDER = Path(__file__).parent.parent / "personas"

Share = Field(default=0.0, ge=0, le=1)


class Persona(BaseModel):
    """
    Attributes:
        opens: how the first message comes about: a link or poster, words of their own, or the list of errands.
        types: share of the answers that are typed although there are buttons.
        accents: whether they type them.
        twice: share of the answers that are sent twice, by impatience.
        asks: share of the turns that are a side question ("mất bao lâu?").
        lost: share of the turns that answer nothing.
        switches: share of the turns in which another errand comes to mind; once in a talk.
        voice: share of the turns that are spoken into the phone.
        back: share of the turns that take an answer back.
        stuck: how often something that is to be done does not work.
        person: how often a person is taken when one is offered.
        away: how many times they go away in the middle and come back the next day.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: str
    opens: Literal["link", "words", "list"] = "words"
    types: float = Share
    accents: bool = True
    twice: float = Share
    asks: float = Share
    lost: float = Share
    switches: float = Share
    voice: float = Share
    back: float = Share
    stuck: float = Share
    person: float = Share
    away: int = Field(default=0, ge=0, le=3)


def read(folder: Path = FOLDER) -> dict[str, Persona]:
    """Every persona by its id, which is the name of its file."""
    files = sorted(folder.glob("*.yaml"))
    return {file.stem: Persona(id=file.stem, **yaml.safe_load(file.read_text("utf-8"))) for file in files}

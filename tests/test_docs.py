"""The documents tell the truth: what they must name is there, what they point at exists, what they show works."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from pkgutil import resolve_name
from typing import get_args, get_type_hints
from urllib.parse import unquote

import pytest
from pydantic import SecretStr
from sqlalchemy import Table
from starlette.routing import Mount
from typer import Typer

from bench import rooms
from bot.channels import zalo_errors
from bot.cli import app as cli
from bot.content import read_files
from bot.service import build_service
from bot.settings import Settings
from bot.team_keys import AlarmKey
from flows.checks.check import check
from flows.definition import rules
from flows.definition.entries import Question
from flows.definition.facts import CommuneValue, FactKind, FactValue
from flows.definition.loading import load
from flows.definition.procedure_file import ProcedureFile
from flows.definition.statements import Certainty
from flows.definition.steps import AnyStep, Ask, Do, Done, Option, Paper, Papers, Tell, Trouble, When
from tests.library import files
from webhook import create_app

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
EMULATORS = ROOT / "tests" / "emulators"
PAGES = sorted((*ROOT.glob("*.md"), EMULATORS / "README.md", *DOCS.rglob("*.md")))
TEXTS = {page: page.read_text("utf-8") for page in PAGES}
GUIDE = TEXTS[DOCS / "viet-thu-tuc.md"]
TODAY = date(2026, 12, 1)
_STEP = re.compile(
    r"\[`[\w./]+`\]\(([\w./]+)\) ((?:`[^`]+`(?:, )?)+)"
)  # of the way of a message: a file, what is called there
VARIABLE = re.compile(r"MOTCUA_[A-Z][A-Z_]*[A-Z]")


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def rows(page: str) -> dict[str, list[str]]:
    """The rows of a page's tables by their first cell, without its backquotes."""
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in TEXTS[DOCS / page].splitlines()
        if line.startswith("|")
    ]
    return {row[0].strip("`"): row[1:] for row in cells}


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_has_its_row(name: str) -> None:
    field = Settings.model_fields[name]
    default, meaning, description = rows("cai-dat.md")[f"MOTCUA_{name.upper()}"]
    value = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
    if isinstance(value, Path) and value.is_absolute():
        value = value.relative_to(ROOT)
    assert default == ("" if value in ("", None) else f"`{value}`")
    assert description == field.description
    assert meaning


def test_no_setting_is_named_that_does_not_exist() -> None:
    known = {f"MOTCUA_{name.upper()}" for name in Settings.model_fields}
    texts = {**TEXTS, ROOT / ".env.example": (ROOT / ".env.example").read_text("utf-8")}
    unknown = {named(page): set(VARIABLE.findall(text)) - known for page, text in texts.items()}
    assert not any(unknown.values()), unknown


def commands(app: Typer, path: str) -> list[str]:
    """Every command as it is typed: "motcua telegram connect"."""
    own = [command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands]
    inner = [
        (group.name if isinstance(group.name, str) else "", group.typer_instance) for group in app.registered_groups
    ]
    deeper = [found for name, group in inner if group for found in commands(group, f"{path} {name}".strip())]
    return [*(f"{path} {name}" for name in own), *deeper]


@pytest.mark.parametrize("command", commands(cli, "motcua"))
def test_every_command_is_mentioned(command: str) -> None:
    assert any(command in text for text in TEXTS.values())


def test_every_route_is_mentioned(tmp_path: Path) -> None:
    service = build_service(Settings(data_dir=tmp_path))
    service.database.close()
    app = create_app(service)
    served = {(way.upper(), path) for path, ways in app.openapi()["paths"].items() for way in ways}
    assert served, "nothing would be looked for"
    told = TEXTS[DOCS / "kien-truc.md"]
    assert [f"{way} {path}" for way, path in sorted(served) if f"`{way} {path}`" not in told] == []
    mounted = [route.path for route in app.routes if isinstance(route, Mount)]
    assert [path for path in mounted if f"`{path}`" not in told] == []


def test_every_duty_and_alarm_is_explained(tmp_path: Path) -> None:
    """Alarms and /readyz send their readers there."""
    service = build_service(Settings(data_dir=tmp_path))
    service.database.close()
    told = TEXTS[DOCS / "van-hanh.md"]
    names = {duty.name for duty in service.upkeep.list_duties() if not duty.name.startswith("channel ")}
    assert [name for name in sorted(names | {*get_args(AlarmKey)}) if f"`{name}`" not in told] == []


def links(text: str) -> Iterator[str]:
    """What a page links to in its own repository; code is no link."""
    prose = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
    found: list[str] = re.findall(r"\]\(([^)\s]+)\)", prose)
    return (link for link in found if "://" not in link)


def anchors(text: str) -> set[str]:
    """The names that headings can be jumped to by."""
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in links(TEXTS[page]):
        file, _, anchor = unquote(link).partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        assert not anchor or anchor in anchors(target.read_text("utf-8")), link


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_python_file_that_is_named_exists(page: Path) -> None:
    """By its path, or by as much of its end as the page gives."""
    folders = ("bench", "bot", "flows", "tests")
    there = [f"/{file.relative_to(ROOT)}" for folder in folders for file in (ROOT / folder).rglob("*.py")]
    named_there = re.findall(r"`([\w/]+\.py)`", TEXTS[page])
    assert [
        name for name in named_there if not any(path.endswith(f"/{name}") for path in (*there, "/webhook.py"))
    ] == []


def test_the_way_of_a_message_names_what_is_there() -> None:
    """README: [`file`](file) `name`, `name`."""
    way = TEXTS[ROOT / "README.md"].partition("**Follow one message**")[2].partition("**Try it")[0]
    steps = [
        (file, re.findall(r"\w+", name)[0]) for file, names in _STEP.findall(way) for name in names.split("`")[1::2]
    ]
    assert len(steps) > 10
    made = {file: (ROOT / file).read_text("utf-8") for file, _ in steps}
    gone = [(file, name) for file, name in steps if not re.search(rf"(?m)^( *(async )?def )?{name}[(:]", made[file])]
    assert gone == []


_ROOMS = [folder.name for folder in sorted((ROOT / "flows").iterdir()) if (folder / "__init__.py").exists()]


@pytest.mark.parametrize("room", _ROOMS)
def test_every_file_of_the_engine_is_in_the_row_of_its_room(room: str) -> None:
    [told] = rows("kien-truc.md")[room]
    files = sorted(file.name for file in (ROOT / "flows" / room).glob("[!_]*.py"))
    assert [name for name in files if f"`{name}`" not in told] == []


def test_every_file_that_contributing_says_to_touch_exists() -> None:
    """A name with a part in <angle brackets> stands for those that have any."""
    paths = re.findall(r"`([\w.<>-]+/[\w./<>-]*|[\w-]+\.(?:md|toml))`", TEXTS[ROOT / "CONTRIBUTING.md"])
    assert len(paths) > 40
    assert [path for path in paths if not any(ROOT.glob(re.sub("<.*?>", "*", path)))] == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_page_stands_on_its_own(page: Path) -> None:
    """Nothing in it hangs on the machine that it was written on."""
    assert not re.search(r"(?<![\w.])/(work|home|root|tmp)/|reference/", TEXTS[page])


def example() -> str:
    """The complete procedure of the guide."""
    block = re.search(r"```yaml\n(# yaml-language-server: .*?)```", GUIDE, flags=re.DOTALL)
    assert block
    return block[1]


def test_the_example_procedure_has_no_problem() -> None:
    library = load({**files(), "procedures/muon-sach.yaml": example()})
    own = [problem for problem in check(library, TODAY) if not problem.warning]
    assert own == []


def test_the_example_procedure_stands_well_beside_the_shipped_ones() -> None:
    """As the guide says: the file, its source, and its place in the menu."""
    shipped = read_files(ROOT / "content")
    source = "\nso-tay: {title: Sổ tay, date: 2026-10-01}\n"
    menu = "\nsach:\n  title: Sách báo\n  procedures: [muon-sach]\n"
    added = {
        "procedures/muon-sach.yaml": example(),
        "sources.yaml": shipped["sources.yaml"] + source,
        "menu.yaml": shipped["menu.yaml"] + menu,
    }
    assert [problem for problem in check(load({**shipped, **added}), TODAY) if not problem.warning] == []


def test_the_example_shows_every_kind_of_step() -> None:
    kinds = {
        step.kind for step in load({**files(), "procedures/muon-sach.yaml": example()}).procedures["muon-sach"].steps
    }
    assert kinds == {"ask", "tell", "papers", "do", "done"}
    assert len(kinds) == len(get_args(get_args(AnyStep)[0]))


def test_the_guide_names_all_that_an_official_may_write() -> None:
    places = [f"commune.{key}" for key in ("name", *get_args(CommuneValue))] + [f"value.{key}" for key in rules.VALUES]
    words = [*get_args(FactKind), *get_args(Certainty), *rules.CONDITIONS, *(f"{{{place}}}" for place in places)]
    assert [word for word in words if f"`{word}`" not in GUIDE] == []
    parts = (ProcedureFile, Ask, Tell, Papers, Do, Done, Option, Paper, Trouble, FactValue, When, Question)
    fields = {field.alias or name for part in parts for name, field in part.model_fields.items()}
    assert {name for name in fields if not re.search(rf"`{name}\b|\b{name}:", GUIDE)} == set()


def test_every_error_code_that_the_code_knows_is_explained() -> None:
    gone = (*zalo_errors.WINDOW_CLOSED, *zalo_errors.UNREACHABLE)
    found = (zalo_errors.TOKEN_DEAD, zalo_errors.PASSING, gone, zalo_errors.REFUSED)
    codes = (zalo_errors.PER_MINUTE, *zalo_errors.ACCOUNT, *(code for codes in found for code in codes))
    assert [code for code in codes if f"`{code}`" not in TEXTS[DOCS / "zalo.md"]] == []


def test_every_fact_that_a_comment_cites_is_in_the_zalo_page() -> None:
    """Comments cite "A5.1" or "B4"; the page has a place of that name."""
    sources = [*(ROOT / "bot").rglob("*.py"), *EMULATORS.glob("*.py")]
    cited = {
        mark
        for source in sources
        if "zalo" in source.name or source.name in ("emulator.py", "inbox.py")
        for mark in re.findall(r"\b[ABC]\d(?:\.\d)?\b", source.read_text("utf-8"))
    }
    assert "A5.1" in cited
    told = TEXTS[DOCS / "zalo.md"]
    assert [mark for mark in sorted(cited) if not re.search(rf"(#|\*\*|- \*\*)\s*{re.escape(mark)}[.*\s]", told)] == []


def test_every_code_that_the_emulator_of_zalo_oa_answers_is_in_its_page() -> None:
    sources = "".join(file.read_text("utf-8") for file in sorted(EMULATORS.glob("zalo_oa*.py")))
    answered = set(re.findall(r"(?<=[(\[ ])-\d{2,5}\b", sources))
    assert "-14014" in answered
    assert answered == set(re.findall(r"`(-\d+)`", TEXTS[EMULATORS / "README.md"]))


def look_up(name: str) -> object:
    """Return what "flows.state.State.answers" names: a module, what stands in it, a field of a class or a column of a table.

    Raises:
        LookupError: there is no such thing.
    """
    try:
        return resolve_name(name)
    except AttributeError:
        holder, _, part = name.rpartition(".")
        owner = resolve_name(holder)
        return owner.c[part] if isinstance(owner, Table) else get_type_hints(owner)[part]


GLOSSARY = {term: row for term, row in rows("glossary.md").items() if term not in ("English", "---")}


@pytest.mark.parametrize("term", GLOSSARY)
def test_every_term_of_the_glossary_names_what_exists(term: str) -> None:
    vietnamese, where, _ = GLOSSARY[term]
    assert vietnamese
    names = re.findall(r"`([^`]+)`", where)
    assert names
    assert ", ".join(f"`{name}`" for name in names) == where
    for name in names:
        look_up(name)


@pytest.mark.parametrize(
    "name", ["flows.nowhere", "flows.state.State.nothing", "bot.store.tables.tickets.nothing", "bot.outbox.outbox.x"]
)
def test_a_name_that_is_gone_is_noticed(name: str) -> None:
    with pytest.raises(LookupError):
        look_up(name)


def test_the_glossary_has_each_term_once() -> None:
    terms = re.findall(r"^\| ([^|]+?) \|", TEXTS[DOCS / "glossary.md"], flags=re.MULTILINE)
    assert sorted(term for term in terms if term != "English") == sorted(GLOSSARY)


def test_the_picture_of_the_rooms_shows_the_imports_of_today() -> None:
    drawn = set(re.findall(r"<title>(\S+) imports (\S+)</title>", rooms.PICTURE.read_text("utf-8")))
    assert drawn == rooms.arrows(), "`make rooms` draws it anew"
    assert rooms.PICTURE.read_text("utf-8") == rooms.draw(), "`make rooms` draws it anew"

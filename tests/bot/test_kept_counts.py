"""What was counted in the content is kept for the next start, and trusted only where nothing has changed since."""

import gc
from collections.abc import Callable
from pathlib import Path
from weakref import ref

import pytest

from bot import content
from bot.content import Content
from flows.definition.learnt import Known, pack
from flows.definition.library import Library
from flows.definition.yaml_source import ContentError
from flows.understanding.understand import understand
from tests.conftest import load_content

_SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut": lambda kept: kept[:-1],
    "changed": lambda kept: kept[:-1] + bytes([kept[-1] ^ 1]),
    "of another seal": lambda kept: bytes(32) + kept[32:],
}


@pytest.fixture(autouse=True)
def _each_start_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "_load", load_content)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "content.json"


def _learnt(library: Library) -> bytes:
    return pack(Known({}, library.learnt))


def test_next_start_counts_nothing(content_dir: Path, kept: Path) -> None:
    first = Content(content_dir, kept=kept).library
    written = (file := kept.with_name("counts.bin")).stat()
    again = Content(content_dir, kept=kept).library
    assert file.stat() == written
    assert first.learnt.counts
    assert not first.sayings  # they have taught what they had to
    assert _learnt(again) == _learnt(first)
    assert again.likelihoods.rank("nuôi mèo") == first.likelihoods.rank("nuôi mèo") != {}
    assert again.step_words.parts_of(("mèo",)) == first.step_words.parts_of(("mèo",))


@pytest.mark.parametrize("spoil", _SPOILT.values(), ids=_SPOILT)
def test_spoilt_counts_are_counted_again(content_dir: Path, kept: Path, spoil: Callable[[bytes], bytes]) -> None:
    first = Content(content_dir, kept=kept).library
    good = (file := kept.with_name("counts.bin")).read_bytes()
    file.write_bytes(spoil(good))
    assert _learnt(Content(content_dir, kept=kept).library) == _learnt(first)
    assert file.read_bytes() == good


def test_what_serves_does_not_mind_what_becomes_of_its_file(content_dir: Path, kept: Path) -> None:
    library = Content(content_dir, kept=kept).library
    kept.with_name("counts.bin").write_bytes(b"")  # in place: what is mapped of it would be gone
    assert library.likelihoods.rank("nuôi mèo")


def test_next_start_knows_what_the_content_says_without_its_files(content_dir: Path, kept: Path) -> None:
    first, again = (Content(content_dir, kept=kept).library for _ in range(2))
    for library in (first, again):
        assert not library.documents
        assert "mèo" in library.vocabulary.split()
    versions = ({id_: one.version for id_, one in library.procedures.items()} for library in (first, again))
    assert next(versions) == next(versions)
    assert again.questions == first.questions
    assert all(again.is_shared(*at) == first.is_shared(*at) for at in first.origins)


def test_edited_content_is_counted_again(content_dir: Path, kept: Path) -> None:
    Content(content_dir, kept=kept)
    procedure = content_dir / "procedures" / "nuoi-meo.yaml"
    procedure.write_text(procedure.read_text("utf-8").replace("title: Nuôi mèo", "title: Nuôi hổ"), "utf-8")
    edited = Content(content_dir, kept=kept).library
    assert _learnt(edited) == _learnt(Content(content_dir).library)
    assert edited.likelihoods.rank("nuôi hổ")


def test_start_goes_on_where_nothing_can_be_kept(content_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file where the folder should be")
    assert Content(content_dir, kept=tmp_path / "kept" / "content.json").library.learnt.counts


def test_much_content_is_counted_by_a_process_of_its_own(
    content_dir: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Content(content_dir).library
    monkeypatch.setattr(content, "_LARGE", 0)
    monkeypatch.setattr(content, "_learn_here", None)
    assert _learnt(Content(content_dir, kept=kept).library) == _learnt(here)


def test_what_such_a_process_finds_wrong_is_told_by_the_service(
    content_dir: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "_LARGE", 0)
    (content_dir / "bot.yaml").write_text("a: [", "utf-8")
    with pytest.raises(ContentError, match=r"bot\.yaml:1"):
        Content(content_dir, kept=kept)


def test_nothing_stays_of_what_served_before_an_edit(content_dir: Path) -> None:
    edited = Content(content_dir)
    before = ref(edited.library)
    understand(edited.library, "nuôi mèo mất bao nhiêu tiền")
    procedure = content_dir / "procedures" / "nuoi-meo.yaml"
    procedure.write_text(procedure.read_text("utf-8").replace("title: Nuôi mèo", "title: Nuôi hổ"), "utf-8")
    assert edited.reload_if_edited()
    gc.collect()
    assert before() is None

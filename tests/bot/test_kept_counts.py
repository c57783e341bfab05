"""What was counted in the content is kept for the next start, and trusted only where nothing has changed since."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.content import Content
from flows.text.part_counts import pack

_SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut": lambda kept: kept[:-1],
    "changed": lambda kept: kept[:-1] + bytes([kept[-1] ^ 1]),
    "of another seal": lambda kept: bytes(32) + kept[32:],
}


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "content.json"


def test_next_start_counts_nothing(content_dir: Path, kept: Path) -> None:
    first = Content(content_dir, kept=kept).library
    written = (file := kept.with_name("counts.bin")).stat()
    again = Content(content_dir, kept=kept).library
    assert file.stat() == written
    assert first.counts
    assert not first.sayings  # they have taught what they had to
    assert pack(again.counts) == pack(first.counts)
    assert again.likelihoods.rank("nuôi mèo") == first.likelihoods.rank("nuôi mèo") != {}
    assert again.step_words.parts_of(("mèo",)) == first.step_words.parts_of(("mèo",))


@pytest.mark.parametrize("spoil", _SPOILT.values(), ids=_SPOILT)
def test_spoilt_counts_are_counted_again(content_dir: Path, kept: Path, spoil: Callable[[bytes], bytes]) -> None:
    first = Content(content_dir, kept=kept).library
    good = (file := kept.with_name("counts.bin")).read_bytes()
    file.write_bytes(spoil(good))
    assert pack(Content(content_dir, kept=kept).library.counts) == pack(first.counts)
    assert file.read_bytes() == good


def test_edited_content_is_counted_again(content_dir: Path, kept: Path) -> None:
    Content(content_dir, kept=kept)
    procedure = content_dir / "procedures" / "nuoi-meo.yaml"
    procedure.write_text(procedure.read_text("utf-8").replace("title: Nuôi mèo", "title: Nuôi hổ"), "utf-8")
    edited = Content(content_dir, kept=kept).library
    assert pack(edited.counts) == pack(Content(content_dir).library.counts)
    assert edited.likelihoods.rank("nuôi hổ")


def test_start_goes_on_where_nothing_can_be_kept(content_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file where the folder should be")
    assert Content(content_dir, kept=tmp_path / "kept" / "content.json").library.counts

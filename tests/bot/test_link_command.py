"""`motcua link` and `motcua poster`."""

from pathlib import Path

import pytest

from tests.bot.test_command import motcua


@pytest.fixture(autouse=True)
def chosen(content_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"CONTENT_DIR": content_dir, "DATA_DIR": tmp_path, "SECRET": "0123456789abcdef"}.items():
        monkeypatch.setenv(f"MOTCUA_{name}", str(value))


def make(source: str = "Nhóm Zalo thôn Pò", procedure: str = "nuoi-meo") -> tuple[int, str]:
    return motcua("link", "--commune", "ban-moi", "--procedure", procedure, "--source", source)


def test_a_link_is_made_named_listed_and_retired(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_PUBLIC_URL", "https://motcua.example.vn")
    code, told = make()
    assert (code, told.splitlines()[0]) == (0, "Mã: BM NM 22")
    assert "https://motcua.example.vn/g/ban-moi/nuoi-meo?ma=BMNM22" in told
    assert "Chú ý" not in told
    assert motcua("link", "name", "bm nm 22", "Nhóm thôn Pò")[0] == 0
    listed = motcua("link", "list")[1]
    assert listed.startswith("BMNM22 · Nhóm thôn Pò · ban-moi nuoi-meo · 0 lượt xem, 0 cuộc trò chuyện · https://")
    assert motcua("link", "list", "--commune", "xa-khac")[1] == ""
    assert motcua("link", "retire", "BMNM22")[0] == 0
    assert motcua("link", "list")[1] == ""


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    assert "Các xã: ban-moi" in motcua("link", "--commune", "xa-khac", "--source", "x")[1]
    assert "Các thủ tục: lam-nha, nuoi-meo" in make(procedure="x")[1]
    assert "--source" in make(source=" ")[1]
    assert motcua("link", "retire", "BMNM99") == (1, "Không có đường dẫn mã “BMNM99”. Xem `motcua link list`.\n")
    assert "đuôi .pdf hoặc .png" in motcua("poster", "BMNM22", str(tmp_path / "a.doc"))[1]


def test_sheets_are_written_to_files(tmp_path: Path) -> None:
    assert "MOTCUA_PUBLIC_URL chưa đặt" in make()[1]
    for sheet, name, begins in (
        ("poster-a4", "a.pdf", b"%PDF"),
        ("poster-a5", "a.png", b"\x89PNG"),
        ("guide", "g.pdf", b"%PDF"),
    ):
        assert motcua("poster", "BMNM22", str(tmp_path / name), "--sheet", sheet)[0] == 0
        assert (tmp_path / name).read_bytes().startswith(begins)
    assert "ghi ra .pdf" in motcua("poster", "BMNM22", str(tmp_path / "g.png"), "--sheet", "guide")[1]
    make(procedure="")
    assert "cần một việc" in motcua("poster", "BMMC22", str(tmp_path / "g.pdf"), "--sheet", "guide")[1]

"""What is printed: its QR codes are read back by an independent reader, as it is printed and as a phone would see it."""

import os
import random
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from bot.sharing import prints
from bot.sharing.leaflet import Leaflet, leaflet_for
from bot.sharing.links import Link
from bot.sharing.prints import SHEETS, Sheet
from bot.sharing.ways import Ways
from flows.definition.facts import FactValue
from tests.content import LIBRARY
from tests.library import COMMUNE, library

TODAY = date(2026, 11, 23)
PAGE = "https://motcua.example.vn/g/na-ri/lop-1?ma=NRLP22"
TELEGRAM = "https://t.me/motcua_bot?start=NRLP22"
ZALO = "https://zalo.me/4100000000000000001"
LINK = Link(1, "NRLP22", "na-ri", "lop-1", "Nhà văn hoá", "Lan", False)
WAYS = Ways(PAGE, "https://motcua.example.vn/?start=na-ri_lop-1_NRLP22", TELEGRAM, ZALO)


def run(tool: str, package: str, *words: str | Path) -> str:
    """What an independent reader of what we made says of it."""
    if shutil.which(tool) is None:
        missing = f"no `{tool}` on the PATH: apt-get install {package}"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    return subprocess.run([tool, *map(str, words)], capture_output=True, text=True, check=False).stdout


def read_codes(picture: Path) -> list[str]:
    """What a phone would read."""
    return run("zbarimg", "zbar-tools", "--quiet", "--raw", "-S*.enable=0", "-Sqrcode.enable=1", picture).split()


def rendered(pdf: bytes, folder: Path, dpi: int) -> Path:
    """The first page as ink on paper, by a renderer that is not the one that made it."""
    (folder / "sheet.pdf").write_bytes(pdf)
    run("pdftoppm", "poppler-utils", "-png", "-singlefile", "-r", str(dpi), folder / "sheet.pdf", folder / "sheet")
    return folder / "sheet.png"


def photographed(picture: Path) -> Path:
    """As a cheap phone takes it: askew, from the side, a bit blurred, dim, with grain."""
    with Image.open(picture) as scan:
        paper = scan.convert("L")
    wide, high = paper.size
    seen = paper.transform(
        (wide, high),
        Image.Transform.QUAD,
        (-wide * 0.04, -high * 0.02, wide * 0.02, high * 1.03, wide * 1.05, high * 0.97, wide * 0.98, high * 0.04),
        Image.Resampling.BICUBIC,
        fillcolor=200,
    )
    seen = seen.rotate(7, Image.Resampling.BICUBIC, expand=True, fillcolor=180)
    seen = seen.filter(ImageFilter.GaussianBlur(1.2)).point([40 + value * 0.68 for value in range(256)])
    grain = random.Random(7)
    noise = Image.frombytes("L", seen.size, grain.randbytes(seen.size[0] * seen.size[1]))
    Image.blend(seen, noise, 0.08).save(picture.with_name("photo.png"))
    return picture.with_name("photo.png")


def size_of(picture: Path) -> tuple[int, int]:
    with Image.open(picture) as opened:
        return opened.size


def shipped(procedure: str = "lop-1") -> Leaflet:
    about = leaflet_for(LIBRARY, "na-ri", procedure, TODAY)
    assert about
    return about


def words(pdf: bytes, folder: Path) -> str:
    (folder / "sheet.pdf").write_bytes(pdf)
    return " ".join(run("pdftotext", "poppler-utils", folder / "sheet.pdf", "-").split())


@pytest.mark.parametrize(
    ("sheet", "codes"),
    [("poster-a4", [PAGE, TELEGRAM, ZALO]), ("poster-a5", [PAGE, TELEGRAM, ZALO]), ("cards", [PAGE] * 8)],
)
def test_the_codes_on_a_sheet_are_read_back_at_print_size(tmp_path: Path, sheet: Sheet, codes: list[str]) -> None:
    picture = rendered(prints.print_sheet(sheet, shipped(), LINK, WAYS, "pdf"), tmp_path, dpi=150)
    assert sorted(read_codes(picture)) == codes


@pytest.mark.parametrize("sheet", ["poster-a4", "poster-a5"])
def test_the_codes_on_a_poster_are_read_from_a_bad_photo(tmp_path: Path, sheet: Sheet) -> None:
    picture = rendered(prints.print_sheet(sheet, shipped(), LINK, WAYS, "pdf"), tmp_path, dpi=150)
    assert sorted(read_codes(photographed(picture))) == [PAGE, TELEGRAM, ZALO]


def test_the_code_on_a_card_is_read_from_a_bad_photo(tmp_path: Path) -> None:
    picture = rendered(prints.print_sheet("cards", shipped(), LINK, WAYS, "pdf"), tmp_path, dpi=150)
    with Image.open(picture) as whole:
        card = whole.crop((0, 0, whole.size[0] // 2, whole.size[1] // 4))
    card.save(picture)
    assert read_codes(photographed(picture)) == [PAGE]


def test_the_picture_of_a_poster_holds_the_same_codes(tmp_path: Path) -> None:
    (tmp_path / "poster.png").write_bytes(prints.print_sheet("poster-a4", shipped(), LINK, WAYS, "png"))
    assert size_of(tmp_path / "poster.png") == (1654, 2339)
    assert sorted(read_codes(tmp_path / "poster.png")) == [PAGE, TELEGRAM, ZALO]


def test_only_ways_that_are_set_up_are_printed(tmp_path: Path) -> None:
    alone = Ways(PAGE, WAYS.chat, "", "")
    made = prints.print_sheet("poster-a4", shipped(), LINK, alone, "pdf")
    assert read_codes(rendered(made, tmp_path, dpi=150)) == [PAGE]
    told = words(made, tmp_path)
    assert "Zalo" not in told
    assert "Telegram" not in told
    assert "NR LP 22" in told


def test_a_poster_tells_the_teams_phone_and_hours_if_the_commune_does(tmp_path: Path) -> None:
    told = "  phone: {text: 000 111, source: so-tay, checked: 2026-11-01}\n"
    told += "  team_hours: {text: sáng thứ hai, source: so-tay, checked: 2026-11-01}\n"
    about = leaflet_for(library(commune=COMMUNE + told), "ban-moi", "lam-nha", TODAY)
    assert about
    for sheet in SHEETS:
        printed = words(prints.print_sheet(sheet, about, LINK, WAYS, "pdf"), tmp_path)
        assert "000 111" in printed
        assert "sáng thứ hai" in printed
    assert isinstance(about.commune.values["phone"][0], FactValue)
    silent = leaflet_for(library(), "ban-moi", "lam-nha", TODAY)
    assert silent
    assert "Điện thoại:" not in words(prints.print_sheet("poster-a4", silent, LINK, WAYS, "pdf"), tmp_path)


def test_a_guide_holds_every_paper_and_step_and_the_honest_words(tmp_path: Path) -> None:
    told = words(prints.print_sheet("guide", shipped("khai-sinh"), LINK, WAYS, "pdf"), tmp_path)
    for known in (
        "Làm giấy khai sinh",
        "Xã Na Rì, tỉnh Thái Nguyên",
        "Giấy chứng sinh",
        "Nếu câu 1 chọn b:",
        "Ai cũng làm:",
        "tờ 1 /",
    ):
        assert known in told
    assert "chưa xác nhận được, bác hỏi nơi nộp" in words(
        prints.print_sheet("guide", shipped("lop-1"), LINK, WAYS, "pdf"), tmp_path
    )


def test_every_sheet_is_set_in_the_font_that_it_holds(tmp_path: Path) -> None:
    for sheet in SHEETS:
        (tmp_path / "sheet.pdf").write_bytes(prints.print_sheet(sheet, shipped(), LINK, WAYS, "pdf"))
        listed = run("pdffonts", "poppler-utils", tmp_path / "sheet.pdf").splitlines()[2:]
        assert listed
        for font in listed:
            assert "NotoSans" in font
            assert font.split()[-5] == "yes", "embedded"


@pytest.mark.parametrize("procedure", ["lop-1", "dat-muc-dich", ""])
def test_a_preview_picture_has_the_size_that_chats_ask_for(tmp_path: Path, procedure: str) -> None:
    made = prints.draw_preview(shipped(procedure))
    (tmp_path / "anh.png").write_bytes(made)
    assert size_of(tmp_path / "anh.png") == (1200, 630)
    assert len(made) < 300_000


def test_the_longest_titles_fit_on_one_page(tmp_path: Path) -> None:
    longest = sorted(LIBRARY.procedures.values(), key=lambda procedure: -len(procedure.title))[:2]
    for procedure in longest:
        for sheet in ("poster-a4", "poster-a5", "cards"):
            (tmp_path / "sheet.pdf").write_bytes(prints.print_sheet(sheet, shipped(procedure.id), LINK, WAYS, "pdf"))
            told = run("pdfinfo", "poppler-utils", tmp_path / "sheet.pdf")
            assert re.search(r"^Pages: +1$", told, re.MULTILINE), (procedure.title, sheet)


@pytest.mark.parametrize("commune", sorted(LIBRARY.communes))
def test_what_a_commune_is_asked_stands_on_one_sheet_with_where_one_knows_it_from(tmp_path: Path, commune: str) -> None:
    told = words(prints.draw_commune_questions(LIBRARY, LIBRARY.communes[commune]), tmp_path)
    assert "Pages: 1 " in " ".join(run("pdfinfo", "poppler-utils", tmp_path / "sheet.pdf").split())
    assert told.count("Biết từ đâu, ngày nào:") >= 9
    assert "khu vực mấy" in told

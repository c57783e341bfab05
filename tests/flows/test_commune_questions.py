"""The page of questions for a commune: twelve blanks, what each unlocks, and what is known already."""

from flows.checks.commune_questions import blanks, page
from tests.library import library

LIBRARY = library()
COMMUNE = LIBRARY.communes["ban-moi"]


def test_twelve_blanks_the_open_ones_first() -> None:
    listed = blanks(LIBRARY, COMMUNE)
    assert len(listed) == 12
    assert [blank.key for blank in listed if blank.known] == ["values.address"] == [listed[-1].key]


def test_each_tells_what_it_unlocks() -> None:
    told = {blank.key: blank.unlocks for blank in blanks(LIBRARY, COMMUNE)}
    assert told["values.address"] == "nói được điều này ở “Làm nhà”"
    assert all(told.values())


def test_the_page_has_room_to_write_where_nothing_is_known() -> None:
    text = page(LIBRARY, COMMUNE)
    assert text.startswith("# Hỏi xã Bản Mới, tỉnh Thử: còn 11 chỗ trống trong 12")
    assert text.count("Biết từ đâu, ngày nào: __") == 11
    assert "Đang có: nhà sàn giữa bản" in text

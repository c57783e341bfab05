"""One page of questions for a commune: the blanks that would turn most holes into answers, and what each unlocks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

from flows.definition.entries import Commune
from flows.definition.facts import CommuneValue
from flows.definition.library import Library

_QUESTIONS: dict[CommuneValue, str] = {
    "address": "Trung tâm Phục vụ hành chính công (một cửa) của xã ở đâu? Thôn nào, gần chỗ nào dễ tìm?",
    "hours": "Một cửa làm việc những giờ nào, thứ nào? Sáng thứ bảy có nhận không?",
    "phone": "Số điện thoại nào của xã bà con gọi được, ai nghe máy?",
    "team_hours": "Tổ công nghệ số trực ở đâu, những giờ nào?",
    "land_office": "Chi nhánh Văn phòng đăng ký đất đai nào lo cho xã, ở đâu, số nào?",
    "insurance": "Bảo hiểm xã hội nào lo cho xã, ở đâu, số nào?",
    "school": "Trường tiểu học của xã tên gì, có mấy điểm trường, ở đâu?",
    "school_plan": "Kế hoạch tuyển sinh lớp 1, lớp 6 năm nay: từ ngày nào đến ngày nào, nộp ở đâu, cần giấy gì?",
    "area": "Giai đoạn 2026-2030 xã thuộc khu vực mấy, thôn nào đặc biệt khó khăn? Theo quyết định nào?",
    "local_fee": "Hội đồng nhân dân tỉnh thu bao nhiêu cho việc hộ tịch quá hạn, và các khoản khác của xã? Theo nghị quyết nào?",
}
# What is no value of its file, with how one sees that it was answered.
_MORE: tuple[tuple[str, str, Callable[[Commune], bool]], ...] = (
    (
        "team",
        "Ai trong tổ trả lời bà con? Vắng thì tổ xã nào giúp thay?",
        lambda commune: commune.team.parent is not None,
    ),
    ("says", "Bà con gọi xã, thôn bằng những tên nào, cả tên cũ?", lambda commune: len(commune.says) > 1),
)


@dataclass(frozen=True)
class Blank:
    """One question for a commune.

    Attributes:
        key: where the answer goes in the file of the commune.
        known: what is there already, "" where nothing is.
        unlocks: what citizens hear once it is answered.
    """

    key: str
    question: str
    known: str
    unlocks: str


def blanks(library: Library, commune: Commune) -> list[Blank]:
    """Return the twelve questions, the open ones first, those that unlock most before others."""
    used = {key: _procedures_that_say(library, key) for key in get_args(CommuneValue)}
    found = [
        (len(used[key]), Blank(f"values.{key}", question, _known(commune, key), _listed(used[key])))
        for key, question in _QUESTIONS.items()
    ]
    found += [
        (0, Blank(key, question, "đã ghi" if answered(commune) else "", _MEANS[key]))
        for key, question, answered in _MORE
    ]
    return [blank for _, blank in sorted(found, key=lambda one: (bool(one[1].known), -one[0]))]


_MEANS = {
    "team": "phiếu của bà con có người nhận, kể cả khi tổ vắng",
    "says": "bà con nói tên quen miệng, máy nhận ra xã",
}


def page(library: Library, commune: Commune) -> str:
    """Render the page, to print and to write on."""
    listed = blanks(library, commune)
    open_ = sum(not blank.known for blank in listed)
    lines = [
        f"# Hỏi {commune.name}, {library.provinces[commune.province].name}: còn {open_} chỗ trống trong {len(listed)}",
        "",
        "Biết chỗ nào ghi chỗ ấy, kèm biết từ đâu (bảng ở cửa, quyết định số mấy, ai nói) và ngày nào. Không chắc thì để trống.",
        f"Ghi xong, chép vào content/communes/{commune.id}.yaml rồi chạy motcua check.",
    ]
    for number, blank in enumerate(listed, 1):
        lines += ["", f"{number}. {blank.question}", f"   Ghi vào `{blank.key}`. Được gì: {blank.unlocks}."]
        lines += (
            [f"   Đang có: {blank.known}"]
            if blank.known
            else ["   ______________________________________________________"]
        )
        lines += [] if blank.known else ["   Biết từ đâu, ngày nào: _________________________________"]
    return "\n".join((*lines, ""))


def _known(commune: Commune, key: CommuneValue) -> str:
    return "; ".join(value.text for value in commune.values.get(key, ()) if value.text)


def _procedures_that_say(library: Library, key: CommuneValue) -> list[str]:
    """Return the titles of the procedures whose words are filled with it."""
    place = f"{{commune.{key}}}"
    return [procedure.title for procedure in library.procedures.values() if place in procedure.model_dump_json()]


def _listed(titles: list[str]) -> str:
    match titles:
        case []:
            return "máy trả lời khi bà con hỏi"
        case [_, _, _, _, *_]:
            return f"{len(titles)} việc nói được điều này, như {_quoted(titles[:3])}"
        case _:
            return f"nói được điều này ở {_quoted(titles)}"


def _quoted(titles: list[str]) -> str:
    return ", ".join(f"“{title}”" for title in titles)

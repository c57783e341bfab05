"""What is wrong with the values of a content file, in Vietnamese, for an official: what it is, and how it is written."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import date
from difflib import get_close_matches
from typing import Any, get_args, get_origin

from pydantic import ValidationError

from flows.definition.statements import Defaults, Part
from flows.text.language import fold

Path = tuple[str | int, ...]

_CODE = r"\d\.\d{6}"
_DAY = re.compile(r"(?:ngày )?(\d{1,2})(?:[/.-]| tháng )(\d{1,2})(?:[/.-]| năm )(\d{4})", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})")
_LINE_OF_TEXT = (
    "“{name}…” không phải tên mục: lời nói tiếp thì thụt vào cho thẳng với dòng trên, câu riêng thì đặt trong ngoặc kép"
)
_KINDS = ("ask", "tell", "papers", "do", "done")
_ONLY_ID = "là mã, chỉ gồm chữ thường không dấu, số và gạch nối: viết"
_MODELS = {  # how a part is written whose text stands there alone
    "FactValue": '`{name}` cần kèm nguồn, viết trong ngoặc nhọn: {{text: "…", source: mã-nguồn, checked: 2026-11-23}}',
    "Use": "mỗi bước cần các mục con: `- id: …`, rồi `kind`, `text` thụt vào ở dưới",
    "When": "`{name}` viết như {{mã-câu-hỏi: mã-lựa-chọn}}",
    "Option": 'mỗi lựa chọn viết trong ngoặc nhọn: `- {{id: {id}, label: "{written}"}}`',
    "Paper": 'mỗi giấy tờ viết trong ngoặc nhọn, kèm nguồn: `- {{id: {id}, name: "{written}", source: mã-nguồn}}`',
    "Trouble": 'mỗi chỗ vướng viết trong ngoặc nhọn: `- {{id: {id}, title: "{written}", cure: "…"}}`',
}
_CONDITIONS = "nhiều điều kiện thì viết `{name}: {{any: […]}}` (một trong các điều) hoặc `{name}: {{all: […]}}` (đủ cả)"
_MEANINGS = {
    "missing": "thiếu `{name}`: thêm dòng này",
    "extra_forbidden": "không biết mục `{name}`: xoá đi hoặc sửa chính tả",
    "string_too_short": "`{name}` đang để trống: viết nội dung",
    "string_too_long": "`{name}` dài quá {max_length} ký tự: viết ngắn lại",
    "too_short": "`{name}` cần ít nhất {min_length} mục",
    "too_long": "`{name}` chỉ được nhiều nhất {max_length} mục",
    "string_type": "`{name}` phải là một câu chữ, không có mục con",
    "union_tag_invalid": "kind phải là ask, tell, papers, do hoặc done (hay dùng use)",
    "union_tag_not_found": "thiếu kind: ghi ask, tell, papers, do hoặc done (hay dùng use)",
    "bool_parsing": "`{name}` chỉ ghi true (có) hoặc false (không)",
    "int_parsing": "`{name}` phải là số viết liền, không chấm, không kèm chữ: 3512",
    "float_parsing": "`{name}` phải là số, dùng dấu chấm, không kèm chữ: 12.7",
    "greater_than": "`{name}` phải lớn hơn {gt}",
    "less_than": "`{name}` phải nhỏ hơn {lt}",
    "tuple_type": "`{name}` phải là danh sách, mỗi dòng bắt đầu bằng dấu gạch, hay viết [một, hai]",
    "dict_type": "`{name}` phải có các mục con, viết thụt vào",
    "value_error": "{error}",
}


def in_vietnamese(error: ValidationError, whole: str = "tệp") -> Iterator[tuple[str, Path]]:
    """Yield (sentence, path) for each mistake, without those that only follow from another.

    Args:
        whole: what is read, where it is no part that is wrong.
    """
    details = error.errors()
    places = [detail["loc"] for detail in details]
    lacking = {detail["loc"] for detail in details if detail["type"] == "missing"}
    misspelt: dict[Path, str] = {}
    for detail in details:
        if detail["type"] != "extra_forbidden":
            continue
        if name := _field(str(detail["loc"][-1])) or _lacks(detail["loc"], details):
            misspelt[detail["loc"]] = name
    written = {(*loc[:-1], name) for loc, name in misspelt.items()}
    # A name whose parts stand beside it, not below, is empty: they are told of.
    emptied = {name for loc in places if len(loc) == 1 and (name := _holder(error.title, str(loc[0])))}
    for detail in details:
        loc: Path = detail["loc"]
        if loc in lacking & written or (
            detail["type"] == "too_short" and any(other[: len(loc)] == loc != other for other in places)
        ):
            continue
        if detail["type"] == "dict_type" and detail["input"] is None and any(loc[-1:] == (name,) for name in emptied):
            continue
        if loc in misspelt:
            yield f"không biết mục `{loc[-1]}`: viết `{misspelt[loc]}`", loc
        elif detail["type"] == "extra_forbidden" and " " in str(loc[-1]).strip():
            yield _LINE_OF_TEXT.format(name=str(loc[-1])[:40]), loc
        elif detail["type"] == "extra_forbidden" and (place := _place(error.title, loc)):
            yield place, loc
        else:
            yield _sentence(detail, whole), loc


def wrong_id(written: str) -> str:
    """Say how the id of an entry is written; "" where it is written so."""
    plain = _as_id(written)
    return "" if plain == written else f"`{written}` {_ONLY_ID} {plain or 'ma-cua-muc'}"


def _as_id(written: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold(written).lower()).strip("-")


def meant(written: str, known: Iterable[str]) -> str:
    """Return ", hay là `…`?" for what was probably meant; "" where nothing is near."""
    names = sorted(known)
    near = get_close_matches(written, names, 1, 0.75) or [
        name for name in names if name.startswith(f"{written}-") or written.startswith(f"{name}-")
    ]
    return f" (hay là `{near[0]}`?)" if near else ""


def _field(written: str) -> str | None:
    """Return the name of a field that was probably meant."""
    known = {info.alias or name for model in _models(Part) for name, info in model.model_fields.items()}
    plain = re.sub(r"[\s-]+", "_", fold(written.strip()).lower())
    near = get_close_matches(plain, known, 1, 0.8)
    return near[0] if near and near[0] != written else None


def _lacks(extra: Path, details: list[Any]) -> str | None:
    """Return the one name that a part lacks where another one, that it does not know, is all that is too much."""
    beside = [one for one in details if one["loc"][:-1] == extra[:-1] and one["type"] in ("missing", "extra_forbidden")]
    lacking = [str(one["loc"][-1]) for one in beside if one["type"] == "missing"]
    return lacking[0] if len(lacking) == 1 and len(beside) == 2 and " " not in str(extra[-1]) else None


def _place(whole: str, extra: Path) -> str | None:
    """Say where a name belongs that stands in the wrong place: below another one, or in a step of another kind."""
    name = str(extra[-1])
    if len(extra) == 1 and (field := _holder(whole, name)):
        return f"`{name}` là mục con của `{field}`: viết xuống dưới `{field}:`, thụt vào hai dấu cách"
    kinds = dict(_kinds_with(name))
    if len(extra) > 1 and kinds and extra[-2] in _KINDS and extra[-2] not in kinds:
        return f"`{name}` chỉ dùng ở kind: {next(iter(kinds))}, bước này là kind: {extra[-2]}: sửa kind, hoặc chuyển mục này đi"
    return None


def _holder(whole: str, name: str) -> str | None:
    """Return the field of a file's model below which a name belongs."""
    for model in _models(Part):
        for field, info in model.model_fields.items() if model.__name__ == whole else ():
            keys = get_args(info.annotation)[:1] if get_origin(info.annotation) is dict else ()
            inner = get_args(keys[0]) if keys else Defaults.model_fields if info.annotation is Defaults else ()
            if name in inner:
                return field
    return None


def _kinds_with(name: str) -> Iterator[tuple[str, type[Part]]]:
    """Yield the kinds of steps that have a field."""
    for model in _models(Part):
        kind = get_args(model.model_fields["kind"].annotation) if "kind" in model.model_fields else ()
        if len(kind) == 1 and kind[0] in _KINDS and name in model.model_fields:
            yield kind[0], model


def _models(model: type[Part]) -> Iterator[type[Part]]:
    yield model
    for inner in model.__subclasses__():
        yield from _models(inner)


def _sentence(detail: Any, whole: str) -> str:
    """Render one pydantic error as a sentence."""
    named = [str(part) for part in detail["loc"] if not isinstance(part, int)]
    name = next((part for part in reversed(named) if part != "[key]"), whole)
    if detail["type"] == "union_tag_not_found" and (kind := _misspelt_kind(detail["input"])):
        return f"không biết mục `{kind}`: viết `kind`"
    if special := _SPECIAL.get(detail["type"]):
        return special(name, detail)
    if detail["type"] == "string_type" and detail["input"] is None:
        return f"`{name}` đang để trống: viết nội dung, hoặc xoá dòng này"
    if detail["type"] == "string_type" and (sentence := _cut_by_colon(detail["input"])):
        return f"câu có dấu hai chấm thì đặt cả câu trong ngoặc kép: viết `{sentence}`"
    if detail["type"] == "dict_type" and name == "hours":
        return "`hours` viết theo từng thứ, trong ngoặc nhọn: {t2: [7:30-11:30, 13:30-17:00]}"
    if detail["type"] == "string_too_long" and name == "source" and "://" in detail["input"]:
        return "`source` là mã một nguồn trong sources.yaml, không phải địa chỉ: thêm nguồn ở đó, rồi ghi mã của nó"
    sentence = _MEANINGS.get(detail["type"], "`{name}` không đúng dạng: xem lại theo mẫu")
    return sentence.format(name=name, **detail.get("ctx", {}))


def _misspelt_kind(step: object) -> str | None:
    return next((name for name in step if _field(name) == "kind"), None) if isinstance(step, dict) else None


def _cut_by_colon(written: object) -> str | None:
    """Return the sentence, in quotes, of which a colon made a name and its value."""
    ((name, rest),) = written.items() if isinstance(written, dict) and len(written) == 1 else ((None, None),)
    return f'"{name}: {rest}"' if isinstance(name, str) and isinstance(rest, str) else None


def _literal(name: str, detail: Any) -> str:
    known, written = re.findall(r"'([^']*)'", detail["ctx"]["expected"]), detail["input"]
    listed, near = ", ".join(known), meant(str(written), known)
    if detail["loc"][-1] == "[key]":
        return f"không có mục `{name}` ở đây: phải là một trong {listed}{near}"
    return f"`{name}` đang là `{written}`, phải là một trong {listed}{near}"


def _pattern(name: str, detail: Any) -> str:
    pattern, written = detail["ctx"]["pattern"], detail["input"]
    if _CODE in pattern:
        return f"`{name}` là mã thủ tục, viết một số, dấu chấm, sáu số, như 1.001193: “{written}” không đúng"
    if name == "go" and "," in str(written):
        return f"`{name}` có nhiều mã thì viết trong ngoặc vuông: [{written}]"
    plain = _as_id(str(written).removesuffix(".yaml"))
    if pattern.startswith("^(0[1-9]|1[0-2])"):
        return f"`{name}` viết tháng rồi ngày, mỗi thứ hai số, như 09-02: “{written}” không đúng"
    if "https" in pattern:
        return f"`{name}` là địa chỉ trang, bắt đầu bằng https://: “{written}” không đúng"
    if "a-z" not in pattern or not plain:
        return f"`{name}` không đúng dạng: xem lại theo mẫu"
    return f"`{name}` {_ONLY_ID} {plain}"


def _date(name: str, detail: Any) -> str:
    text = str(detail["input"] or "").strip()
    day, turned = _DAY.fullmatch(text), _YEAR_FIRST.fullmatch(text)
    if day:
        with suppress(ValueError):
            return f"`{name}` viết năm trước, tháng, rồi ngày: {date(int(day[3]), int(day[2]), int(day[1]))}"
    if turned:
        with suppress(ValueError):
            return f"`{name}` viết với gạch nối: {date(*map(int, turned.groups()))}"
    if re.fullmatch(r"\d{4}|\d{4}-\d{1,2}|\d{1,2}/\d{4}", text):
        return f"`{name}` thiếu ngày: viết đủ năm, tháng, ngày, như 2026-11-23"
    if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", text):
        with suppress(ValueError):
            return f"`{name}` thiếu số 0: viết {date(*map(int, text.split('-')))}"
        return f"`{name}`: trong lịch không có ngày {text}, viết năm trước, tháng, rồi ngày"
    return f"`{name}` phải là một ngày, viết như 2026-11-23"


def _model(name: str, detail: Any) -> str:
    model, written = detail.get("ctx", {}).get("class_name", ""), detail["input"]
    if not detail["loc"] and isinstance(written, str):
        return "tệp này chưa có mục nào: mỗi dòng viết tên mục, dấu hai chấm, rồi nội dung, như `name: …`"
    if model == "When" and isinstance(written, list):
        return _CONDITIONS.format(name=name)
    if model == "Use" and (tight := re.fullmatch(r"(use|id) +(\S+)", str(written))):
        return f"thiếu dấu hai chấm sau `{tight[1]}`: viết `- {tight[1]}: {tight[2]}`"
    known = _MODELS.get(model, "`{name}` phải có các mục con, viết thụt vào")
    return known.format(name=name, written=written, id=_as_id(str(written))[:24].strip("-"))


_SPECIAL: dict[str, Callable[[str, Any], str]] = {
    "literal_error": _literal,
    "string_pattern_mismatch": _pattern,
    "date_from_datetime_inexact": _date,
    "date_from_datetime_parsing": _date,
    "date_parsing": _date,
    "date_type": _date,
    "model_type": _model,
    "model_attributes_type": _model,
}

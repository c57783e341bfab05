"""What is wrong with a text that is no YAML: the one likely cause, and the line as it should be. For people who write no code."""

import re
import unicodedata
from collections.abc import Iterator

_KEY = re.compile(r"^(\s*(?:- +)?)([\w-]+):(?: +(.*))?$")
_NAMES = frozenset((  # of what stands on a line of its own; none is a word of ours
    "id", "title", "summary", "officer", "says", "facts", "text", "short", "source", "checked", "as_of", "review_by",
    "certainty", "kind", "when", "why", "label", "options", "papers", "name", "note", "troubles", "cure", "steps",
))  # fmt: skip
_LISTED = {"says", "asks", "options", "papers", "troubles", "steps", "procedures"}
_OPEN_WITHIN = re.compile(r'([a-z_]+: "[^"{}\[\]]*?)(?=, [a-z_]+: |\s*[}\]])')  # in {…}, up to what follows
_STARTS = "*&!%@`|>?#,"  # what YAML takes for its own at the beginning of a value
_SHOWN = 90  # characters of a repaired line that are shown
# What Word, Zalo and Notepad leave behind. Replaced one by one: `translate` takes fifty times as long.
_UNSEEN = {**dict.fromkeys("\ufeff\u200b\u200c\u2060", ""), "\u00a0": " ", "\u202f": " "}


def tidy(text: str) -> str:
    """Put right what nobody can see: marks and spaces of other programs, letters and their accents written apart."""
    for unseen, instead in _UNSEEN.items():
        text = text.replace(unseen, instead)
    return unicodedata.normalize("NFC", text)


def broken_letters(text: str) -> tuple[int, str] | None:
    """Return (line, sentence) where letters are lost because the file was saved in another encoding."""
    if "\0" in text:
        return 1, "tệp lưu kiểu “Unicode” (UTF-16): mở tệp, chọn Lưu thành (Save as), mục Mã hoá (Encoding) chọn UTF-8"
    for number, line in enumerate(text.splitlines(), 1):
        if "\ufffd" in line:
            return (
                number,
                "có chữ hỏng thành “\ufffd” vì tệp không lưu dạng UTF-8: gõ lại chữ ấy, rồi lưu với mã hoá UTF-8",
            )
    return None


def likely_cause(text: str, *near: int) -> tuple[int, str] | None:
    """Return (line, sentence) of the likeliest mistake on or just above one of the lines; None where nothing stands out.

    Args:
        near: lines, from 1, that the parser names, the likeliest first.
    """
    lines = text.splitlines()
    looked = dict.fromkeys(number for line in near for number in (line, line - 1) if 1 <= number <= len(lines))
    for number in looked:
        if cause := _cause(lines[number - 1]):
            return number, cause
    for number in looked:
        if opened := _swallows(lines, number):
            return opened, _unclosed(lines[opened - 1])
    for number in looked:
        if cause := _out_of_block(lines, number) or _outdented(lines, number):
            return number, cause
    for number in looked:
        if cause := _lost_dash(lines, number) or _stray_dash(lines, number) or _lost_name(lines, number):
            return number, cause
    for number in looked:
        if cause := _runs_on(lines, number) or _indent(lines, number):
            return number, cause
    # A quote that is not closed swallows lines until the next one: the parser stumbles far below.
    open_ = (n for n in range(max(looked, default=0), 0, -1) if _is_open(lines[n - 1]))
    number = next(open_, 0)
    return (number, _unclosed(lines[number - 1])) if number else None


def _cause(line: str) -> str | None:
    stripped = line.lstrip()
    if "\t" in line[: len(line) - len(stripped)]:
        return "đầu dòng có phím Tab: xoá đi, gõ bằng dấu cách"
    if stripped.startswith(("<<<<<<<", "=======", ">>>>>>>")):
        return "dòng do máy ghép hai bản sửa để lại: chọn giữ một bản, rồi xoá các dòng <<<<<<<, =======, >>>>>>>"
    if stripped == "---":
        return "dòng --- tách tệp làm hai: xoá dòng này"
    if stripped[:1] in "–—•·" and stripped:
        return (
            f"đầu dòng là “{stripped[0]}”, không phải dấu gạch thường: {_repaired(line.replace(stripped[0], '-', 1))}"
        )
    if stripped.startswith("//"):
        return f"lời ghi chú bắt đầu bằng dấu #: {_repaired('# ' + stripped.lstrip('/ '))}"
    if numbered := re.match(r"\d+[.)] ", stripped):
        return f"danh sách dùng dấu gạch, không đánh số: {_repaired(line.replace(numbered[0], '- ', 1))}"
    if re.match(r"-[^\s-]", stripped):
        return f"thiếu dấu cách sau gạch đầu dòng: {_repaired(line.replace('-', '- ', 1))}"
    if wrong := re.match(r"(?:- +)?[\w-]+(\s*[;=：；]\s*)", stripped):
        return f"sau tên mục phải là dấu hai chấm: {_repaired(line.replace(wrong[1], ': ', 1))}"
    if (lacking := re.match(r"(?:- +)?([a-z_]+) +(?=[^\s:])", stripped)) and lacking[1] in _NAMES:
        return f"thiếu dấu hai chấm sau `{lacking[1]}`: {_repaired(line.replace(lacking[0], lacking[0].rstrip() + ': ', 1))}"
    if (tight := re.match(r"(?:- +)?[a-z_-]+:(?=[^\s/])", stripped)) and not _KEY.match(line):
        return f"thiếu dấu cách sau dấu hai chấm: {_repaired(line.replace(tight[0], tight[0] + ' ', 1))}"
    return _value_cause(line)


def _value_cause(line: str) -> str | None:
    key = _KEY.match(line)
    head, value = (f"{key[1]}{key[2]}: ", (key[3] or "").strip()) if key else _item(line)
    if not value:
        return None
    if value[0] in "\"'":
        return _quote_cause(head, value)
    if value[0] == "“" and ": " in value:
        return f"ngoặc kép cong của Word không giữ được câu có dấu hai chấm: {_repaired(head + _quoted(value.strip('“”')))}"
    if value[0] in "{[":
        return _bracket_cause(head, value)
    if key and key[2] in _LISTED and value.startswith("- "):
        return f"danh sách thì xuống dòng trước gạch đầu tiên: dòng này chỉ ghi `{key[2]}:`, mỗi gạch một dòng ở dưới"
    if value.startswith("- "):
        return _begins_with("-", head, value)
    if (second := re.search(r"\s([a-z_]+): ", value)) and second[1] in _NAMES:
        return f"hai mục trên một dòng: xuống dòng trước `{second[1]}:`, cho thẳng với mục đứng trước"
    if key and key[2] == "when" and re.fullmatch(r"[a-z0-9-]+: .+", value):
        return f"điều kiện viết trong ngoặc nhọn: {_repaired(f'{head}{{{value}}}')}"
    if ": " in value or value.endswith(":"):
        return f"câu có dấu hai chấm thì đặt cả câu trong ngoặc kép: {_repaired(head + _quoted(value))}"
    if block := re.match(r"([|>][+-]?) +(?=\S)", value):
        return f"sau `{block[1]}` thì xuống dòng: lời viết ở các dòng dưới, thụt vào hai dấu cách"
    if value[0] in _STARTS and not re.fullmatch(r"[|>][+-]?", value):
        return _begins_with(value[0], head, value)
    return None


def _begins_with(begun: str, head: str, value: str) -> str:
    return f"câu bắt đầu bằng “{begun}” thì đặt cả câu trong ngoặc kép: {_repaired(head + _quoted(value))}"


def _quote_cause(head: str, value: str) -> str | None:
    mark = value[0]
    if _is_open(head + value):
        return _unclosed(head + value)
    end = value.find(mark, 1)
    if 0 < end < len(value) - 1 and not value[end + 1 :].lstrip().startswith("#"):
        said = value[1:-1] if value.endswith(mark) else value
        return f"ngoặc kép đóng giữa câu: trong câu thì dùng “…”: {_repaired(head + _quoted(said, mark))}"
    return None


def _bracket_cause(head: str, value: str) -> str | None:
    if value.count('"') % 2 and (open_ := _OPEN_WITHIN.search(value)):
        return f'ngoặc kép mở mà chưa đóng: viết `{open_[1]}"`'
    if value.count("'") % 2 and re.search(r"[\[,:{] *'", value):
        return f"dấu ' mở mà chưa đóng: xoá dấu ấy, {_repaired(head + value.replace(chr(39), ''))}"
    bare = re.sub(r'"[^"]*"', "", value)
    if doubled := re.search(r",\s*,", bare):
        return f"hai dấu phẩy liền nhau: {_repaired(head + value.replace(doubled[0], ',', 1))}"
    whole, lacking = _closed(value)
    if lacking:
        return f"thiếu dấu đóng {lacking}: {_repaired(head + whole)}"
    if inner := re.search(r"([a-z_]+): ([^\"'{}\[\],]+: [^\"'{}\[\],]+)", bare):
        return f"câu có dấu hai chấm thì đặt cả câu trong ngoặc kép: viết `{inner[1]}: {_quoted(inner[2])}`"
    if re.match(r"\{[a-z]+\.[\w-]+\}", value):  # a {commune.name} that begins a sentence
        return f"câu bắt đầu bằng chỗ điền {{…}} thì đặt cả câu trong ngoặc kép: {_repaired(head + _quoted(value))}"
    if re.search(r"[\]}]\s*[^\s\]},#]", bare):  # [new] begins a sentence
        return _begins_with(value[0], head, value)
    return None


def _closed(value: str) -> tuple[str, str]:
    """Return a value with each of its brackets closed, and the first mark that was lacking; "" where none was."""
    whole, lacking, open_, quote = "", "", "", ""
    for mark in value:
        if mark in "\"'" and quote in ("", mark):
            quote = "" if quote else mark
        elif not quote and mark in "{[":
            open_ += "}]"["{[".index(mark)]
        elif not quote and mark in "}]" and mark in open_:
            while open_[-1] != mark:
                whole, lacking, open_ = whole + open_[-1], lacking or open_[-1], open_[:-1]
            open_ = open_[:-1]
        whole += mark
    return whole + open_[::-1], lacking or open_[-1:]


def _item(line: str) -> tuple[str, str]:
    """Split an item of a list that has no name: ("  - ", its text)."""
    item = re.match(r"^(\s*- +)(.*)$", line)
    return (item[1], item[2].strip()) if item else ("", "")


def _is_open(line: str) -> bool:
    """Whether a value begins with a straight quote that the line does not close."""
    key = _KEY.match(line)
    value = ((key[3] or "") if key else _item(line)[1]).strip()
    return value[:1] in ('"', "'") and value.replace('\\"', "").count(value[0]) % 2 == 1


def _swallows(lines: list[str], number: int) -> int:
    """Return the line above whose quote is closed only by the one that opens another sentence; 0 where there is none."""
    for opened in range(number - 1, 0, -1):
        if not _is_open(lines[opened - 1]):
            continue
        mark = lines[opened - 1].split(": ", 1)[-1].strip()[0]
        closing = next((line for line in lines[opened:] if mark in line), "")
        rest = closing.partition(mark)[2].strip()
        return opened if rest and rest[0] not in "#,}]" else 0
    return 0


def _unclosed(line: str) -> str:
    """Say that a quote is open; Word closes it with a curly one."""
    return f"ngoặc kép mở mà chưa đóng: {_repaired(line.rstrip().rstrip('“”’') + line.split(': ', 1)[-1].strip()[0])}"


def _lost_dash(lines: list[str], number: int) -> str | None:
    """Say where an item of a list stands without its dash."""
    line, before = lines[number - 1], lines[number - 2] if number > 1 else ""
    indent = line[: len(line) - len(line.lstrip())]
    if not before.startswith(f"{indent}- ") or not line.strip() or line.strip()[0] in "-#" or _KEY.match(line):
        return None
    return f"thiếu gạch đầu dòng: {_repaired(f'- {line.strip()}')}"


def _stray_dash(lines: list[str], number: int) -> str | None:
    """Say where a name has a dash although those beside it have none."""
    line, *behind = lines[number - 1 :]
    item = re.match(r"( *)- ([\w-]+:.*)$", line)
    if not item:
        return None
    beside = (
        behind[0] if behind and item[1] else next((one for one in lines[: number - 1] if re.match(r"[\w-]+:", one)), "")
    )
    if not re.match(rf"{item[1]}[\w-]+:", beside):
        return None
    return f"thừa dấu gạch: {_repaired(item[2])}"


def _lost_name(lines: list[str], number: int) -> str | None:
    """Say where a list, or a sentence, stands in step with the line above it, without the name that it belongs to."""
    line, before = lines[number - 1], _KEY.match(lines[number - 2]) if number > 1 else None
    indent = len(line) - len(line.lstrip())
    if not before or not line.strip() or line.lstrip()[0] == "#" or len(before[1]) != indent:
        return None
    if before[1].strip():
        return None
    if line.lstrip().startswith("- "):
        return "gạch đầu dòng này chưa thuộc mục nào: thêm dòng tên mục ở trên, như `steps:`" if before[3] else None
    if _KEY.match(line):
        return None
    block = f"`{before[2]}: |-` ở trên, rồi để {indent + 2} dấu cách ở đầu dòng này"
    return f"dòng này không có tên mục: là lời của `{before[2]}` thì ghi {block}"


def _out_of_block(lines: list[str], number: int) -> str | None:
    """Say where the first line below `text: |` is not indented."""
    before = _KEY.match(lines[number - 2]) if number > 1 else None
    line = lines[number - 1]
    if not before or not re.fullmatch(r"[|>][+-]?", before[3] or "") or _KEY.match(line) or not line.strip():
        return None
    inside = len(before[1]) + 2
    if len(line) - len(line.lstrip()) >= inside:
        return None
    return f"dưới `{before[2]}: {before[3]}` thì dòng nào cũng thụt vào: để {inside} dấu cách ở đầu dòng này"


def _runs_on(lines: list[str], number: int) -> str | None:
    """Say where a sentence with a colon goes on below its own line."""
    key = _KEY.match(lines[number - 2]) if number > 1 else None
    if not key or not key[3] or key[3][0] in "|>\"'[{" or _KEY.match(lines[number - 1]):
        return None
    if len(lines[number - 1]) - len(lines[number - 1].lstrip()) <= len(key[1]):
        return None
    return f"câu xuống dòng giữa chừng: ghi `{key[2]}: |-` ở dòng trên, rồi viết cả câu ở các dòng dưới, thụt vào như dòng này"


def _indent(lines: list[str], number: int) -> str | None:
    """Say by how much a line is out of step with those above it."""
    line = lines[number - 1]
    own = len(line) - len(line.lstrip())
    above = [text for text in lines[: number - 1] if text.strip() and not text.lstrip().startswith("#")]
    if not above or not line.strip():
        return None
    levels = list(_levels(above, dashed=line.lstrip().startswith("- ")))
    opens = above[-1].rstrip().endswith(":")
    if not levels or own in levels or (opens and own > levels[0]):
        return None
    fits = min(levels, key=lambda level: abs(level - own))
    return f"thụt dòng lệch: đầu dòng đang có {own} dấu cách, để {fits} cho thẳng với dòng cùng mức ở trên"


def _outdented(lines: list[str], number: int) -> str | None:
    """Say where one line stands further left than both of its neighbours, which are in step with each other."""
    if not 1 < number < len(lines):
        return None
    before, line, behind = lines[number - 2 : number + 1]
    left = len(before) - len(before.lstrip(" -"))  # "- id:" goes on below its name
    own, right = (len(one) - len(one.lstrip()) for one in (line, behind))
    key = _KEY.match(line)
    if not key or not key[3] or not left == right > own:
        return None
    return f"thụt dòng lệch: đầu dòng đang có {own} dấu cách, để {left} cho thẳng với dòng cùng mức ở trên"


def _levels(above: list[str], *, dashed: bool) -> Iterator[int]:
    """Yield the indents at which a line may go on, the deepest first; with a dash it goes on below another dash."""
    least = 1000
    for text in reversed(above):
        if dashed and not text.lstrip().startswith("- "):
            continue
        indent = len(text) - len(text.lstrip())
        inner = len(text) - len(text.lstrip(" -"))  # "- id:" goes on below its name
        for level in (indent,) if dashed else (inner, indent):
            if level < least:
                least = level
                yield level


def _quoted(value: str, mark: str = '"') -> str:
    """Put a sentence in quotes; the straight ones within it become curly ones."""
    first, *rest = value.split(mark)
    return '"' + first + "".join("“”"[number % 2] + part for number, part in enumerate(rest)) + '"'


def _repaired(line: str) -> str:
    line = line.strip()
    return f"viết `{line if len(line) <= _SHOWN else line[:_SHOWN] + '…'}`"

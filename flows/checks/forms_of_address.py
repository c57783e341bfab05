"""Check of "bác" in content: it is the reader, and another form of address must be able to stand in its place."""

import re
from collections.abc import Iterator

from flows.definition.content_files import TALKS
from flows.definition.library import Library
from flows.definition.yaml_source import Path, Problem
from flows.text.address import READER

_NO_REPLIES = ("words.yaml", "plain-words.yaml", "sources.yaml", "team.yaml", TALKS, ".says.yaml")
_THEIR_WORDS = {"says", "asks", "frames"}  # how people speak
_ON_BUTTONS = {"label", "title", "name", "labels"}
_QUOTED = re.compile(r"“[^”]*”")
_SEVERAL = re.compile(r"\b(?:hai|ba|các|mấy|những|ông|bà|anh|chị) bác\b", re.IGNORECASE)
# "chị em" are sisters, "bạn em" is my friend, "bà con" are the neighbours, "chú ý" is to heed, "tiếng anh" is English.
_ANOTHER_WORD = re.compile(
    r"\b(?:ghi|tiếng|kết|đàn) bác\b|\bbác (?:em|con|cháu|tôi|mình|nó|họ|ấy|ta|ý|thích|trọng|gái|trai|dâu|rể|nội|ngoại|xã|chủ"
    r"|giáo|cả|bè|hàng|đời|lập|đơn)\b",
    re.IGNORECASE,
)


def check_forms_of_address(library: Library) -> Iterator[Problem]:
    """Report each "bác" that is said to a citizen and can't be replaced by what they are called."""
    for file, document in library.documents.items():
        if file.endswith(_NO_REPLIES):
            continue
        for path, text in document.leaves():
            if wrong := _wrong(path, text):
                yield document.problem(wrong, *path)


def _wrong(path: Path, text: str) -> str | None:
    keys = {str(key) for key in path}
    if keys & _THEIR_WORDS or not READER.search(text):
        return None
    if keys & _ON_BUTTONS and path[0] != "facts":
        return f"“{text}” hiện trên nút, là lời của bà con: bỏ chữ “bác”, ví dụ “của tôi”, “của mình”"
    for quoted in _QUOTED.findall(text):
        if READER.search(quoted):
            return f"{quoted} là chữ để gõ hay để đọc: bỏ chữ “bác” trong ngoặc kép"
    if several := _SEVERAL.search(text):
        return f"“{several[0]}” không đổi được sang “chị”, “ông”…: viết “hai người”, “bà con”, “nhà mình”"
    if other := _ANOTHER_WORD.search(text):
        return f"“{other[0]}” đổi sang “chị”, “chú”… thì thành chữ khác: đảo câu, hoặc thêm dấu phẩy"
    return None

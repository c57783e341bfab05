"""How a citizen calls themselves, or asks to be called: "cho em hỏi", "gọi tôi là chị".

Only frames in which the word can be nobody but the one who writes: "bà mất rồi" tells of a grandmother, "con tôi" of a child,
"em có biết không" speaks to the bot, and what somebody else said is no sign. What is not sure changes nothing.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from flows.state import FormOfAddress
from flows.text.language import AT_ONCE, fold

# The bot calls itself "em", and "cháu" is in content the child whose papers are made: whoever uses one of these words for
# themselves can't be called by it too. "Bạn" fits any age from pupil to parent, man or woman. "Tôi" and "mình" tell nothing.
_FORMS: Mapping[str, FormOfAddress] = {
    "bác": "bác",
    "cô": "cô",
    "chú": "chú",
    "anh": "anh",
    "chị": "chị",
    "ông": "ông",
    "bà": "bà",
    "bạn": "bạn",
    "em": "bạn",
    "e": "bạn",
    "cháu": "bạn",
    "con": "bạn",
}
_BY_BARE: Mapping[str, FormOfAddress] = {fold(word): form for word, form in _FORMS.items()}
_OFTEN_ELSE = {"co", "chi", "con", "ba"}  # typed without accents: "có cần", "chỉ muốn hỏi", "còn muốn", "ba" for father

_ELDER, _YOUNGER = "bác|cô|chú|anh|chị|ông|bà", "em|cháu|con"
_ELDERS = {*_ELDER.split("|"), *fold(_ELDER).split("|")}
_ANY = f"{_ELDER}|{_YOUNGER}|e"
_START = rf"(?:^|[,.;:!?]\s*|\b(?:dạ|vâng|ạ|à|ơi|alo|hi|nay|giờ|thì|vì|nhưng|chào|chào (?:{_ANY}|anh chị|cán bộ|bot)) )"
_ALSO = r"(?:(?:đang|có|cũng|lại|xin|được) )*"
_ASK = r"(?:hỏi|nhờ|biết|gặp|tư vấn)\b"
_NEED = (
    r"(?:muốn|cần|định|bị|mới|vừa|mất|làm mất|chưa có|chưa làm|chưa đăng ký|không có|xin|sinh năm|không biết|"
    r"ở xã|ở thôn|ở bản)\b"
)
_GONE = r"(?!mất (?:rồi|hôm|tháng|năm|tuần|sáng|đêm))"

# The first that fits tells. In all but the strong ones somebody else may be meant where the writer has said "tôi".
_STRONG = (
    rf"\bcho ({_ANY}) {_ALSO}(?:hỏi|biết|gặp|nhờ|xem)\b",
    rf"\b(?:{_YOUNGER}) (?:ơi|à|ạ),? ({_ELDER}) {_GONE}{_ALSO}{_NEED}",
    rf"\b(?:{_YOUNGER}) (?:(?:giúp|chỉ|bày|nói|hướng dẫn|xem|làm|hộ|lại|cho) )+({_ELDER}) (?:với|nhé|nha|cái)\b",
    rf"{_START}({_ANY}) {_ALSO}(?:muốn|cần|định|xin) (?:được |xin )?{_ASK}",
    rf"{_START}({_ANY}) hỏi (?:tí|chút|xíu|cái|này|với|thăm|là|về)\b",
    rf"{_START}({_ANY}) (?:xin )?(?:cảm ơn|cám ơn|chào)\b",
    rf"\b(?:{_ELDER}) ơi,? (cháu|con|em) {_ALSO}{_NEED}",
)
_WEAK = (
    r"\b(?:giúp|hộ|chỉ|bày|hướng dẫn) (em|e|anh|chị|cô|chú|bác) (?:với|cái)\b",
    rf"{_START}(anh|chị|cô|chú|bác) {_ALSO}(?:muốn|cần|định) (?!gì\b|em\b|cháu\b)",
    rf"{_START}(?:(?:vợ chồng|nhà|bọn|chúng) )?(em|e) {_ALSO}{_NEED}(?! gì\b| (?:lỗi |hỏng |sao )?(?:à|hả)\b)",
)
# What one does oneself: "chị thử rồi", "mai anh đi nộp". Asked to do it, the word is whoever is spoken to.
_DOES = (
    r"(?:thử|làm|đi|nộp|gọi|hỏi|bấm|gõ|điền|xem|tìm|mang|chụp|gửi|khai|ký|đọc|lên|ra|đến|tải|cài|nhập|vào|lấy|đổi)\b"
)
_IS = r"(?:chưa|không|đã|có|còn|cũng|vẫn|sợ|lo|quên|đang|ở|thấy|hiểu|biết|chờ|đợi|nghe|bận|già|phải|muốn)\b"
_SOON = (
    r"(?:mai|mốt|sáng mai|chiều mai|trưa nay|chiều nay|tối nay|tuần sau|tháng sau|hôm nào|lát nữa|cuối tuần)(?: thì)?"
)
_FOR_ME = r"(?!.*\b(?:giúp|hộ|em|cháu) )(?!.*\b(?:à|hả|chưa|không|sao)[.?! ]*$)"
_TO_A_YOUNGER = (
    r"(?=.* (?:em|cháu) (?:ơi|ạ|à|nhé|nha|nhỉ|hả)[.!? ]*$|.* (?:không|chưa|hả|nhé|rồi|vậy|thế|đây) (?:em|cháu)[.!? ]*$)"
)
_OF_ONESELF = (
    rf"{_START}(?:{_SOON} )?(anh|chị|cô|chú|bác) (?:{_DOES}|{_IS}){_TO_A_YOUNGER}",
    rf"{_START}(anh|chị) (?:(?:đã|cũng|vừa|mới|có) )?{_DOES}(?=.* rồi\b){_FOR_ME}",
    rf"{_START}{_SOON} (anh|chị) (?:(?:mới|sẽ|còn) )?(?:{_DOES}|rảnh|bận|về){_FOR_ME}",
    rf"{_START}(anh|chị) (?:đi làm xa|đi làm ăn|làm ăn xa|đang ở|ở xa|ở trọ)\b(?!.*\b(?:em|cháu|vợ|chồng|giúp)\b)",
)
# Whoever calls themselves "em" and tells of a husband or a wife is a woman or a man of the bot's own age or above.
_SPOUSES: Mapping[FormOfAddress, re.Pattern[str]] = {
    "chị": re.compile(r"(?<!vợ )(?<!vo )\b(?:chồng|chong) (?:em|e)\b(?! (?:gái|gai|họ|dâu|ấy|nó|trai|rể)\b)"),
    "anh": re.compile(r"\bvợ (?:em|e)\b(?! (?:gái|họ|dâu|ấy|nó|trai|rể)\b)"),
}
_I = re.compile(r"\b(?:tôi|tui|mình|toi|minh)\b")
_TOLD = re.compile(r"\b(?:bảo|kêu|dặn|nói|nhắn|bao|keu|dan|noi|nhan)\b")
_QUOTED = re.compile(r"[“\"][^“”\"]*[”\"]")

_SOFT = r"(?:(?:dạ|vâng|thôi|thế|thì|cứ|xin|hãy|em|cháu|bot|máy|ơi|từ giờ|từ nay|nhớ),? )*"
_ME = r"(?:tôi|tui|mình|em|cháu|con|bác|cô|chú|anh|chị|ông|bà)"
_ENDS = r"(?: (?:thôi|nhé|nha|ạ|đi|với|cho|thân|trẻ|tiện|em|cháu|cũng được|được rồi|là được|nữa))*[.! ]*"
_WHY = (
    rf"(?:[,.;:]? (?:vì )?(?:{_ME} )?(?:mới|còn|có|là|chỉ|chưa|được)? ?"
    r"(?:\d{1,2} tuổi|\w+ mươi|trẻ|sinh năm|nữ|nam|phụ nữ|đàn ông|con gái|con trai|thanh niên|già)(?: \w+){0,4})?[.! ]*"
)
_CHOICE = (
    rf"{_SOFT}(?:(?:đừng gọi .{{0,15}}bác(?: nữa)?,? (?:mà )?)?gọi(?: {_ME})? (?:là|bằng)|xưng hô(?: là)?"
    rf"|đừng gọi .{{0,15}}bác(?: nữa)?,? (?:mà )?gọi)"
    rf" (bạn|{_ANY}){_ENDS}{_WHY}"
)
_TOO_OLD = (
    rf"{_SOFT}(?:đừng|không|sao|sao lại|tại sao|tại sao lại) gọi(?: {_ME})? (?:là|bằng) bác(?: \w+)?{_WHY}[.!? ]*"
)


def _both(*patterns: str) -> tuple[Sequence[re.Pattern[str]], Sequence[re.Pattern[str]]]:
    """Compile patterns as they are written, and for a text without accents."""
    return tuple(map(re.compile, patterns)), tuple(re.compile(fold(pattern)) for pattern in patterns)


_OWN, _OWN_BARE = _both(*_STRONG, *_WEAK, *_OF_ONESELF)
_ASKED, _ASKED_BARE = _both(_CHOICE, _TOO_OLD)


@lru_cache(maxsize=AT_ONCE)
def hear_form(text: str) -> FormOfAddress | None:
    """Return the form that mirrors how somebody speaks of themselves; None where they give no sure sign."""
    own = _find_own(text)
    form = _BY_BARE[fold(own[1])] if own else None
    return _form_by_spouse(text) or form if form in (None, "bạn") else form


def _form_by_spouse(text: str) -> FormOfAddress | None:
    said = _QUOTED.sub(" ", text.lower())
    if _I.search(said.replace("một mình", "")) or _TOLD.search(said):
        return None
    return next((form for form, spouse in _SPOUSES.items() if spouse.search(said)), None)


def in_first_person(text: str) -> str:
    """Put "tôi" for a form that somebody calls themselves by: "cho chị hỏi" wants no lady to speak to."""
    own = _find_own(text)
    return f"{text[: own.start(1)]}tôi{text[own.end(1) :]}" if own and own[1] in _ELDERS else text


@lru_cache(maxsize=AT_ONCE)
def _find_own(text: str) -> re.Match[str] | None:
    """Find the word by which somebody calls themselves."""
    said = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), text.lower())
    bare = said == fold(said)
    frames = (_OWN_BARE if bare else _OWN)[: len(_STRONG) if _I.search(said) else None]
    for place, frame in enumerate(frames):
        for match in frame.finditer(said):
            told = _TOLD.search(said, 0, match.start())
            if not told and not (bare and place and match[1] in _OFTEN_ELSE):
                return match
    return None


def read_form(text: str) -> FormOfAddress | None:
    """Return what somebody asks to be called, in a message that asks nothing else."""
    said = text.lower().strip()
    choice, too_old = _ASKED_BARE if said == fold(said) else _ASKED
    if match := choice.fullmatch(said):
        return _BY_BARE[fold(match[1])]
    return "bạn" if too_old.fullmatch(said) else None

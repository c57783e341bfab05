"""What sort of utterance a text is, by its shape: a question, a yes or a no, a doubt, a contrast."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from flows.definition.steps import Spoken
from flows.text.denial import is_negation
from flows.text.language import Abbreviations, as_typed, bare, phrase, same, spelled

_STOP = re.compile(r"[,.;:!?\n]+(?!\d)")

Words = Sequence[str]


class Phrases:
    """Phrases by their first and by their last bare word, so that a text is held against few of them."""

    def __init__(self, listed: str) -> None:
        self.opening: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        self.closing: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for text in map(str.strip, listed.split(",")):
            said = phrase(text) if " " in text else spelled(text)
            self.opening[bare(said[0])].append(said)
            self.closing[bare(said[-1])].append(said)


_ASKING = Phrases(
    "gì, nào, đâu, bao nhiêu, bao lâu, bao giờ, bao xa, mấy, sao, ai, khi nào, chừng nào, làm sao, thế nào, vì sao, tại sao, "
    "là sao, hay là, hay phải, hay chỉ, được không, có phải, phải không, đúng không, có cần, có mất, có bị, có nên, có ai, "
    "có thể, hay không, được chứ, có còn, có tính"
)
_ENDS_IN_NO = Phrases(
    "không, không nhỉ, không ạ, không em, không cháu, không anh, không chị, không cô, không bác, không con, không hả"
)
_ENDS_IN_YET = Phrases("được chưa, được chưa ạ, xong chưa, luôn chưa, đủ chưa, hay chưa, có chưa")
_ENDS_SOFTLY = Phrases("hả, nhỉ, hở, chăng, hử, à, ư")
_PLAIN_NO = Phrases("thì không, là không, cũng không, nói không, bảo không")
_WHETHER = Phrases(
    "có, được, phải, cần, cho"
)  # before a "không" that asks, though more follows: "có nợ được không, tôi nghèo"
_ALTERNATIVES = 6  # words beyond which "xã hay tỉnh" asks which of the two
_OR = Phrases("hay")
_EITHER = Phrases("đều, cũng, hay sao, hay quên, hay gì, hay ốm, hay đi, hay bị, hay quá, rất hay")
_WHAT_THEN = Phrases(
    "thì sao, thì làm sao, làm sao đây, thì thế nào, làm thế nào, thì phải làm sao, giờ làm sao, kiểu gì, làm sao ạ, thì sao ạ, "
    "làm thế nào ạ, kiểu gì ạ, phải làm sao, phải làm gì, được hay không, có được không, khai sinh sao, thì tính sao"
)
_HOW = Phrases(
    "làm thế nào, làm sao, kiểu gì, thế nào, làm như nào, như thế nào, làm gì, làm thế nào ạ, thế nào ạ, làm sao ạ"
)
_WAY = Phrases(
    "sao, ra sao, cần gì, cần gì nữa, ở đâu, làm gì, làm gì nữa, mục nào, việc nào, thế nào, thế nào ạ, kiểu gì, giấy gì, "
    "giấy gì nữa, sao ạ, sao nhỉ, ở đâu ạ, cần gì ạ, cách nào, ra sao ạ, sao em, sao cháu, chỗ nào"
)
_MAY_I = Phrases("được không, được không ạ, được không em, được không cháu, có sao không, đúng không, phải không")
_UNSURE = Phrases(
    "ai mà nhớ, ai nhớ, chẳng hay, nào hay, chưa nghe, không nghe, không nắm, "
    "không biết, không rõ, không nhớ, chẳng biết, chả biết, chẳng nhớ, chả nhớ, chưa rõ, chưa biết, không chắc, chưa chắc, chịu, "
    "quên rồi, quên mất, không để ý, biết đâu, nhớ đâu, khó nói, hình như, chả rõ, chẳng rõ, bó tay, chưa hỏi, ai mà biết, "
    "ai biết, có biết đâu, biết gì đâu, mù tịt, không hiểu, chẳng hiểu"
)
_CONTRAST = Phrases("nhưng, mà lại, có điều, thế mà, vậy mà, lúc thì, hoặc, hay là")
# Typed without its accents each of these is a common word: "con", "chú", "tạm trú", "sống", "nữa".
_CONTRAST_ACCENTED = Phrases("còn, tuy, chứ, song, trừ, riêng, nửa")
_BOTH = Phrases("vừa")  # said twice: "vừa muốn gửi thư vừa muốn nộp mạng"
_YES_STARTS = Phrases(
    "rồi, có, đúng, vâng, ừ, ừm, dạ có, dạ rồi, ok, phải, đủ, xong, được, uh, uhm, còn, cũng có, dạ vâng, dạ, ờ, yes"
)
_NO_STARTS = Phrases("không, đâu có, làm gì có, lấy đâu, chẳng có, chả có, chẳng, chả, hết rồi, có đâu, dạ không, no")
_NONE_AT_ALL = Phrases(
    "không có gì, chẳng có gì, chả có gì, không gì cả, không có cái gì, không có giấy tờ gì, làm gì có, lấy đâu ra, có đâu, "
    "đâu có, không có ai, chẳng có, chả có, không có, chẳng còn, không còn"
)
_NOT_YET = Phrases("chưa, vẫn chưa, dạ chưa, còn chưa")
_ALREADY = Phrases("rồi")
_WENT_WELL = Phrases(
    "rồi, xong, được, hết, đủ, vừa, đã, luôn, nhận, hẹn, thành công, giấy hẹn, sáng nay, hôm qua, hôm kia, hôm thứ, thứ hai, "
    "thứ ba, thứ tư, thứ năm, thứ sáu, ngay, bỏ qua, qua luôn, đúng, hiện"
)
_WENT_WRONG = Phrases(
    "lỗi, hỏng, thiếu, trả lại, trả về, treo, quay mãi, vướng, yếu, chửi, cãi nhau, tranh chấp, từ chối, đuổi, "
    "hết giờ, hết mẫu, hết hạn, hết tiền, hết dung lượng, mẫu hết, giấy hết, đóng cửa, nhưng, không, chưa, chẳng, chả, ngại, "
    "mất rồi, bảo phải, kêu phải, bắt phải, chỉ được, mà đúng, cảm ơn, mãi, lấy đâu, làm gì có"
)
_WENT_WRONG_ACCENTED = Phrases("bắt, đòi, khó, cãi, đắt, sợ, sai, hết rồi")  # else "cái", "số", "cho", "đổi" …
# What somebody does first: "để hỏi bố đã", "lấy lên cái đã", "bán lợn xong hẵng hay".
_FIRST = Phrases(
    "đã, đã nhé, đã nha, đã em, đã ạ, đã em ạ, đã cháu, đã nhá, đã rồi tính, hẵng hay, hẵng tính, rồi tính, rồi hay, hay tính, "
    "rồi tính tiếp, tính sau, nói sau, làm sau, hỏi sau, để sau, xem sau, trả lời sau, báo sau, nộp sau"
)
_WAITS = Phrases(
    "để, chờ, đợi, khoan, hoãn, tạm, thôi để, thôi chờ, thôi đợi, chắc để, chắc chờ, phải chờ, phải đợi, còn chờ, còn đợi"
)
_IT_IS_NOT = Phrases("không phải, chẳng phải, chả phải, hông phải, đâu phải, nào phải, đừng, khỏi")
_BUT = Phrases("mà")
_ALL_DONE = Phrases(
    "xong hết rồi, khai hết rồi, nộp hết rồi, gửi hết rồi, làm hết rồi, ký hết rồi, điền hết rồi, đủ hết rồi"
)
_NOTHING_ASKED = Phrases("không hỏi, ko hỏi, chẳng hỏi, chả hỏi, không hiện, không thấy nó hỏi, chẳng thấy nó hỏi")
_DENIES = 6  # words behind a denial in which "gì" and "ai" ask for nothing: "chưa ai cho tờ nào"
_THEN = "thi"
_ANY_MARKS = frozenset(
    {"cung", "do", "ay", "kia", "het", "ca", "day", "dau", "ma", "nua", "suot"}
)  # "ai cũng", "cái gì đó", "gì đâu": they ask for nothing
_FIXED = {"gi": {"con"}, "nao": {"hoi", "lan", "luc"}, "sao": {"ban", "to", "may"}}  # "còn gì", "hồi nào", "bản sao"
# What stands before or behind a word that asks; alone it is often something else: "mấy đứa", "chưa có đâu", "sao cũng được".
_COUNTED = frozenset(
    [
        "ngay",
        "tuoi",
        "gio",
        "tien",
        "hom",
        "ban",
        "lan",
        "loai",
        "nguoi",
        "trieu",
        "nghin",
        "tram",
        "thang",
        "buoi",
        "to",
        "cai",
        "thu",
        "bo",
        "tuan",
        "bua",
        "phan",
        "met",
    ]
)  # "mấy ngày"
_PLACED = frozenset(
    [
        "o",
        "di",
        "ra",
        "den",
        "toi",
        "tu",
        "cho",
        "lay",
        "len",
        "nop",
        "xin",
        "mua",
        "tim",
        "hoi",
        "gui",
        "ve",
        "lam",
        "dau",
        "vao",
    ]
)  # "ở đâu"
_LINKED = frozenset(["lam", "thi", "ra", "vi", "tai", "la"])  # "thì sao"
_WHO = frozenset(["la", "cho", "do", "hoi", "thi", "can", "nho"])  # "hỏi ai"


def has_question_shape(text: str, said: Words) -> bool:
    """Tell whether a text asks for something.

    Args:
        said: its spelled words, abbreviations written out.
    """
    if text.rstrip().endswith("?"):
        return len(said) > 1
    if _ends_with(said, _WHAT_THEN):
        return True
    if not said or says_unsure(said):
        return _ends_with(said, _MAY_I)
    if len(said) > 2 and _ends_with(said, _ENDS_IN_NO) and not _ends_with(said, _PLAIN_NO):
        return True
    if len(said) > 3 and _ends_with(said, _ENDS_IN_YET):
        return True
    if len(said) > 3 and _ends_with(said, _ENDS_SOFTLY) and said[-1] != bare(said[-1]):
        return True
    if len(said) > _ALTERNATIVES and _holds(said, _OR) and not _holds(said, _EITHER):
        return True
    return any(_asks_at(said, at, asking) for at, asking in _found(said, _ASKING))


def asks_in_passing(said: Words) -> bool:
    """Tell whether a clause asks that more words follow: "có được nợ tiền không, tôi nghèo lắm"."""
    if says_unsure(said) or not has_question_shape("", said):
        return False
    return not _ends_with(said, _ENDS_IN_NO) or _holds(said[:-1], _WHETHER)


def clauses_of(text: str) -> list[str]:
    """Return the parts of a text between its commas and stops."""
    return [part for part in _STOP.split(text) if part.strip()]


def asks_how(said: Words) -> bool:
    """Tell whether somebody asks how something is done, which going through it answers best."""
    return _ends_with(said, _HOW)


def asks_for_way(said: Words) -> bool:
    """Tell whether somebody asks how, where or with what something is done."""
    return _ends_with(said, _WAY)


def says_unsure(said: Words) -> bool:
    """Tell whether somebody says that they don't know."""
    return _holds(said, _UNSURE)


def has_contrast(said: Words) -> bool:
    """Tell whether one half of a sentence takes back what the other says."""
    accented = _is_accented(said) and _holds(said, _CONTRAST_ACCENTED)
    return accented or _holds(said, _CONTRAST) or len([*_found(said, _BOTH)]) > 1


def has_denial(said: Words) -> bool:
    """Tell whether anything in a sentence is denied."""
    return any(map(is_negation, said))


def opening_polarity(said: Words) -> Spoken | None:
    """Return the plain answer that a sentence opens with."""
    if _starts_with(said, _UNSURE):
        return "unsure"
    if _starts_with(said, _NOT_YET):
        return "not_yet"
    if _starts_with(said, _NO_STARTS):
        return "no"
    return "yes" if _starts_with(said, _YES_STARTS) else None


def puts_first(said: Words) -> bool:
    """Tell whether a clause says what must be done before: "để hỏi bố đã"."""
    return _ends_with(said, _FIRST)


def waits(said: Words) -> bool:
    """Tell whether a clause opens with waiting: "chờ bố nó về", "để mai"."""
    return _starts_with(said, _WAITS)


def says_what_not(said: Words) -> bool:
    """Tell whether a clause says what is not meant: "không phải tặng cho", "không bán mà cho"."""
    return _holds(said, _IT_IS_NOT) or (has_denial(said) and _holds(said, _BUT))


def tells_success(said: Words) -> bool:
    """Tell whether something went through: "cô nhận rồi, hẹn thứ năm", "quét phát được ngay"."""
    wrong = _holds(said, _WENT_WRONG) or (
        _is_accented(said) and _holds(said, _WENT_WRONG_ACCENTED) and not _holds(said, _ALL_DONE)
    )
    return _holds(said, _NOTHING_ASKED) or (_holds(said, _WENT_WELL) and not wrong)


def polarity_of(said: Words) -> Spoken | None:
    """Return the plain answer that a sentence opens with, holds or closes with, whatever its tail tells."""
    if says_unsure(said):
        return "unsure"
    if _holds(said, _NOT_YET):
        return "not_yet"
    if _starts_with(said, _NO_STARTS) or _holds(said, _NONE_AT_ALL):
        return "no"
    return "yes" if _starts_with(said, _YES_STARTS) or _ends_with(said, _ALREADY) else None


def _is_accented(said: Words) -> bool:
    """Whether a text was typed with its accents, so that a word tells from those that look like it without."""
    return any(bare(word) != word for word in said)


def _asks_at(said: Words, at: int, asking: tuple[str, ...]) -> bool:
    """Whether the words at a place ask there: not "không có gì", "ai cũng", "mấy năm rồi"."""
    after = [bare(word) for word in said[at + len(asking) :]]
    behind = said[max(0, at - _DENIES) : at]
    before = [bare(word) for word in behind]
    if _THEN in before[:-1]:  # what is denied is the condition: "không thành thì đi đâu"
        behind = behind[len(before) - before[::-1].index(_THEN, 1) :]
    if any(map(is_negation, behind)) or (after and after[0] in _ANY_MARKS):
        return False
    word = bare(asking[0]) if len(asking) == 1 else ""
    last = before[-1] if before else ""
    if last in _FIXED.get(word, ()):
        return False
    at_the_edge = not before or not after
    if word == "may":
        return bool(after) and after[0] in _COUNTED and "roi" not in after[:3]
    if word == "dau":
        return last in _PLACED
    if word == "sao":
        return at_the_edge or last in _LINKED
    if word == "ai":
        return at_the_edge or last in _WHO
    return True


def _found(said: Words, phrases: Phrases) -> Iterator[tuple[int, tuple[str, ...]]]:
    for at, word in enumerate(said):
        for one in phrases.opening.get(bare(word), ()):
            if same(said[at : at + len(one)], one):
                yield at, one


def _holds(said: Words, phrases: Phrases) -> bool:
    return next(_found(said, phrases), None) is not None


def _starts_with(said: Words, phrases: Phrases) -> bool:
    opening = phrases.opening.get(bare(said[0]), ()) if said else ()
    return any(same(said[: len(one)], one) for one in opening)


def _ends_with(said: Words, phrases: Phrases) -> bool:
    closing = phrases.closing.get(bare(said[-1]), ()) if said else ()
    return any(len(said) > len(one) and same(said[-len(one) :], one) for one in closing)


def asks_for_something(abbreviations: Abbreviations, text: str, said: Sequence[str]) -> bool:
    """Tell whether a text asks, or one of its clauses does."""
    if has_question_shape(text, said):
        return True
    *earlier, last = [as_typed(spelled(part, abbreviations)) for part in clauses_of(text)] or [()]
    return bool(earlier) and (has_question_shape("", last) or any(map(asks_in_passing, earlier)))

"""What a number in a citizen's words may be: one expression that is read once, from left to right.

Every repetition is bounded or can only match in one way, so that time grows with the length of a text and no faster;
tests/bot/test_linear.py holds that. Words are written here as they are spelled, and match with their accents or without.
"""

import re
import unicodedata

_YEAR = r"(?:19|20)\d\d"
_UPPER = "".join(
    ch for ch in map(chr, range(0x41, 0x1EFA)) if ch.isupper() and unicodedata.name(ch, "").startswith("LATIN")
)
_GAP = r"[\s.,\-–—/·_()]{0,3}"
_BETWEEN = r"(?:[\s.\-–—/·_()]{1,3}|,)"  # "150, 200" is a list, "150,200" one number
_RUN = r"\d(?:[\s.\-–_]{0,2}\d)"  # the beginning of a number that may be written in groups
_LETTER = r"[^\W\d_]"
_BRACKETS = re.compile(r"(\[[^\]]+\])")


def either(pattern: str) -> str:
    """Let every letter of a pattern that has an accent also match without: "ngõ" matches "ngõ" and "ngo", but not "ngô".

    What stands in [brackets] stays as it is.
    """
    return "".join(part if part.startswith("[") else "".join(map(_class, part)) for part in _BRACKETS.split(pattern))


_STROKES = {"đ": "d", "Đ": "D"}


def _class(ch: str) -> str:
    forms = {ch}
    if ch.isalpha() and not ch.isascii():
        marks = unicodedata.normalize("NFD", _STROKES.get(ch, ch))
        shape = "".join(mark for mark in marks[1:] if mark not in "\u0300\u0301\u0303\u0309\u0323")
        forms |= {marks[0], unicodedata.normalize("NFC", marks[0] + shape)}
    return f"[{''.join(sorted(forms))}]" if len(forms) > 1 else ch


# --- what stays: it must still be understood, and names nobody ---

_DAY = rf"(?:\d{{1,2}}\s?[./-]\s?\d{{1,2}}\s?[./-]\s?{_YEAR}|{_YEAR}[./-]\d{{1,2}}[./-]\d{{1,2}})(?![./-]?\d)"
_HARMLESS = (  # begins with a digit
    rf"{_DAY}",
    rf"{_YEAR}(?:[\s.,\-–]{{1,3}}{_YEAR}){{1,20}}(?!\d)",
    r"[1-9]\d{0,2}(?:[.,]\d{3}){0,4}[.,]000(?![.,]?\d)",
    r"[1-9]\d{0,14}(?:[.,\s]\d{3}){0,4}\s?(?:đồng|đ|vnđ|vnd|k|nghìn|ngàn(?! hàng)|triệu|tr|tỷ|tỉ)(?!\w)",
    r"\d{1,7}(?:[.,]\d{1,3})?\s?(?:m2|m²|mét|ha|sào|kwh|kg)(?!\w)",
    r"11[1-5](?:[\s,]{1,3}11[1-5]){1,4}(?!\d)",
    r"1[89]00[\s.\-]?\d{3,4}(?:[\s.\-]?\d{2,3})?(?!\d)",
    r"(?<![\d.])[1-3]\.\d{6}(?!\d)",  # a procedure of the national database
    r"(?<!/)\d{1,6}/(?:\d{4}/)?[a-zđ]{2,6}\d{0,2}(?:-[a-zđ]{2,6}){0,3}(?!\w)",  # a law
    r"(?:\d{2,3}\.){1,4}[a-z]\d{2}(?:\.\d{1,4}){0,4}\s?-\s?\d{6}\s?-\s?\d{3,6}(?!\d)",
)
_HARMLESS_NUMBER = rf"(?<!\d)(?:{either('|'.join(_HARMLESS))})"
_HARMLESS_WORD = either(  # begins with a letter
    r"[a-z]\d{2}(?:\.\d{1,4}){0,4}\s?-\s?\d{6}\s?-\s?\d{3,6}(?!\d)"  # a file at a one-stop counter
    r"|[a-z]{2}\d{9}[a-z]{2}(?!\w)"  # a parcel that the post carries
    r"|(?:thửa|tờ|tờ bản đồ|bản đồ|lô|sê ri|seri|số vào sổ|số phát hành)(?: đất)?(?: số)?[\s:]{1,2}[a-z]{0,2}\s?\d{1,8}(?!\d)"
    r"|(?:biển số|biển|bks|xe)(?: xe)?[\s:]{1,2}\d\d[\s\-]?[a-z]\d?[\s\-.]{0,2}\d{3}[.\s]?\d{1,2}(?!\d)"
    r"|(?:bưu chính|bưu cục|bưu điện|zip code|zipcode|postal code)[^\d\n]{0,20}\d{5,6}(?!\d)"
    r"|(?:quyết định|công văn|thông báo|biên bản|biên nhận|phiếu hẹn|vận đơn|hồ sơ|thủ tục)(?: là| có)?(?: mã)?(?: số)?"
    r"[\s:]{1,2}(?:\d{3,8}|[1-9]\d{9,14}|\d{6}-\d{3,6})(?!\d|[\s.\-]?\d)"
    r"|(?:ghtk|ghn|spx|vnpost|viettel ?post|đơn hàng|mã đơn|vận đơn)(?: số| là)?[\s:]{1,2}"
    r"(?!0[35789]\d{8}(?!\d))[a-z]{0,6}\d{6,16}(?:\.[a-z]{1,4})?(?!\w)"
    r"|(?:vĩ độ|kinh độ|toạ độ|tọa độ|lat|lng|long)[\s:]{1,2}-?\d{1,3}[.,]\d{3,9}(?!\d)"
)

# --- what is masked ---

_PHONE = rf"(?<!\d)\+?(?:(?:00)?84{_GAP}0?|0){_GAP}(?:[35789](?:{_GAP}\d){{8}}|2(?:{_GAP}\d){{8,9}})(?!\d)"
_FOREIGN = r"(?<![\d+])(?:\+|00(?=[1-9]))[1-9](?:[\s.\-()]{0,2}\d){7,13}(?!\d)"
_BANK_CARD = rf"(?<!\d)9{_GAP}7{_GAP}0{_GAP}4(?:{_GAP}\d){{12}}(?:(?:{_GAP}\d){{3}})?(?!\d)"  # of NAPAS
_ID_CARD = r"(?<!\d)0(?:[\s.\-–—/·_()]{0,3}\d){11}(?!\d)"
_BETWEEN_SPOKEN = "rồi(?: đến| tới)?|xong(?: đến| tới)?|tiếp(?: theo| đến)?|chấm|phẩy|gạch(?: ngang)?|cách|dấu cách|đến"
_PARTED = (  # "0912*334*556", "0912 rồi 334 rồi 556"
    rf"(?<![\d.])0\d{{0,5}}(?P<by>\s?[^\w\s]{{1,2}}\s?|,?\s(?:{either(_BETWEEN_SPOKEN)})\s)\d{{1,6}}(?:(?P=by)\d{{1,6}}){{0,10}}(?!\d)"
)
# A number right behind capitals is of a parcel, a meter or a customer: numbers of people are told by then.
_GROUPS = rf"(?<!\d)(?<!(?-i:[A-Z]{{2}}))\d{{3,}}(?:{_BETWEEN}(?!{_HARMLESS_NUMBER}|{_PHONE})\d{{3,}}){{0,12}}(?!\d)"
_MAIL = (
    r"(?<![\w.+\-])[\w.+\-]{1,64}\s?(?:@|[([]at?[)\]]| ?[([]?(?:a ?còng|a ?móc)[)\]]? | at (?=[\w\-]{2,40} dot ))\s?"
    r"(?![\w\-]{1,40}(?:\.[\w\-]{1,40}){0,3}\.gov\.vn)"
    r"[\w\-]{2,40}(?:(?:\s?\.\s?|\s?[([](?:dot|chấm)[)\]]\s?| chấm | dot |,(?=(?:com|vn|net|org)(?!\w)))[a-z]{2,12}){1,3}(?!\w)"
)
_HOLDERS = (  # the kinds of people that a health-insurance code begins with
    "DN|HX|CH|NN|TK|HC|XK|HT|TB|NO|CT|XB|TN|CS|QN|CA|CY|XN|MS|CC|CK|CB|KC|HD|TE|BT|HN|DT|DK|XD|TS|TC|TQ|TA|TY|HG|LS|PV|HS|SV|GB|GD"
)
_INSURED = rf"(?:{_HOLDERS})[\s.\-]?\d(?:[\s.\-]?\d){{12}}(?!\d)"
_PASSPORT = (
    r"(?P<pass>[a-z]\s?\d{7,8})(?!\d)"
    r"|(?:hộ chiếu|passport)[^\d\n]{0,20}?(?<!\w)(?P<passport>[a-z]{0,2}\s?\d(?:\s?\d){5,8})(?!\d)"
)

_OF_WHOM = rf"[^\d\n;?]{{0,40}}?(?<!\d)(?!{_HARMLESS_NUMBER})"  # "của em là", "agribank:"
_ACCOUNT = (
    r"(?:stk|số tài khoản|số tk|tài khoản|tk|tknh|ví momo|momo|zalopay|agribank|vietcombank|vcb|bidv|vietinbank|mbbank"
    rf"|mb bank|techcombank|tpbank|acb|sacombank|lpbank|vpbank|số thẻ|thẻ atm|atm){_OF_WHOM}(?P<account>{_RUN}{{5,18}})(?!\d)"
    r"|(?:stk|số tài khoản|số tk)(?: là)?[\s:]{1,3}(?P<short>\d{4,5})(?![\d.,/]?\d)"
)
_ID_WORDS = (
    r"(?:cccd|cmnd|cmt|cmtnd|cmnd/cccd|căn cước|chứng minh|định danh|mã số thuế|mst|bhxh|bhyt|bảo hiểm xã hội|bảo hiểm y tế"
    r"|bằng lái(?: xe)?|giấy phép lái xe|gplx)(?: hạng)?(?: [a-f][12]?(?!\w))?"
    rf"{_OF_WHOM}(?P<labelled>{_RUN}{{7,14}})(?!\d)"
)
_MEMBER = (
    r"thẻ (?:đảng(?: viên)?|thương binh|người có công|nhà báo|hội viên|đoàn viên|người cao tuổi) số[\s:]{1,2}"
    r"(?P<member>[a-z]{0,2}\s?\d{2,8}(?:[./]\d{1,6}){0,2}(?:/[a-z]{2})?)(?!\w)"
)
_PHONE_WORDS = (
    r"(?:sđt|số đt|đt|số điện thoại|điện thoại|zalo|gọi|gọi số|alo|liên hệ|lh|hotline nhà|số máy|phone|tel)"
    rf"{_OF_WHOM}(?!1[89]00)(?P<called>{_PHONE}|{_FOREIGN}|{_RUN}{{6,10}}(?!\d))"
)
_CARD_CHECK = r"(?:cvv2?|cvc2?|mã bảo mật thẻ)[^\d\n;?]{0,20}?(?P<cvv>\d{3})(?!\d)"
_LABELS_OF_PASSWORDS = r"mật khẩu|mật mã|mk|pass?|pass ?word|pasword|passwd|pw"
_PASSWORD = (
    rf"(?:{_LABELS_OF_PASSWORDS})(?:(?:\s{_LETTER}{{1,10}}){{0,5}}?\s(?:là|đây|nè)(?=[\s:=])|(?:\s{_LETTER}{{1,10}}){{0,4}}\s?[:=]"
    rf"|(?:\s{_LETTER}{{1,10}}){{0,5}}?(?=\s\S{{0,20}}\d))?"
    r"[\s:=]{1,3}(?P<password>(?!\d[\d.\-]{0,39}(?!\S))[^\s]{3,39}[^\s.,;?])"  # a number alone is read as a code, an id, a card
)
_SAID = "không|hông|linh|một|mốt|hai|ba|bốn|tư|năm|lăm|nhăm|sáu|bảy|bẩy|tám|chín|mười|mươi"
_NUMBERED = (
    r"\d{1,4}[a-z]?(?:\s?/\s?\d{1,4}[a-z]?){0,4}"
    r"(?![\d/.]|[\s\-]{1,2}\d{3}|\s?(?:tầng|gian|tháng|ngày|năm|người|m2|sào|lần|phòng|hộ)(?!\w))"
)
_HOUSE = (
    rf"(?:số nhà|nhà số|địa chỉ số|ngõ|ngách|hẻm|kiệt|sn(?!\s?{_YEAR}))[\s:]{{0,2}}(?:số\s)?"
    rf"(?!{_YEAR}(?![\d/]))(?P<house>{_NUMBERED})"
    rf"|số\s(?P<street>{_NUMBERED})(?=[\s,]{{1,2}}(?:đường|phố|ngõ|ngách|hẻm|kiệt|tổ(?= \d|\sdân))\s)"
    rf"|(?:số nhà|nhà số)\s(?P<said>(?:{_SAID})(?:\s(?:{_SAID}|trên)){{0,4}})"
    r"(?=[\s,]{1,2}(?:đường|phố|ngõ|ngách|hẻm|kiệt)\s)"
)
_STREETS = (  # names that streets have in every town
    "trần (?:hưng đạo|phú|quốc toản|cao vân|nhân tông|bình trọng|quang khải|nguyên hãn|khánh dư)|lê (?:lợi|duẩn|"
    "hồng phong|lai|thánh tông|đại hành|văn tám|quý đôn|hữu trác|chân|lai)|nguyễn (?:huệ|trãi|du|tất thành|văn cừ|"
    "thị minh khai|công trứ|đình chiểu|khuyến|chí thanh|viết xuân|bỉnh khiêm|thái học|văn trỗi|lương bằng|"
    "thượng hiền|thị định|tri phương|hữu thọ)|lý (?:thường kiệt|thái tổ|tự trọng|nam đế)|phan (?:bội châu|châu trinh|"
    "chu trinh|đình phùng|đăng lưu|đình giót)|hoàng (?:diệu|văn thụ|hoa thám|quốc việt)|ngô (?:quyền|gia tự)|"
    "võ (?:thị sáu|nguyên giáp|văn kiệt|văn tần)|phạm (?:văn đồng|ngũ lão|hồng thái|hùng)|đinh (?:tiên hoàng|bộ lĩnh|"
    "công tráng)|hùng vương|hai bà trưng|bà triệu|quang trung|điện biên phủ|tôn đức thắng|trường chinh|tôn thất tùng|"
    "chu văn an|mạc đĩnh chi|lạc long quân|âu cơ|an dương vương|xô viết nghệ tĩnh|cách mạng tháng (?:tám|8)|bạch đằng"
    "|mai hắc đế|y (?:jút|ngông|wang|moan)|nơ trang long|ama khê|cao bá quát"
)
_NO_ROAD = "lịch|huyết|máu|ruột|dây|ống|truyền|cái|kính|sắt"  # what else is called đường
_ROAD = (
    rf"(?<![\w/.,])(?<!km )(?<!km)(?P<road>{_NUMBERED})"
    rf"(?=\s(?:(?:đường(?! (?:{_NO_ROAD})(?!\w))|phố)\s{_LETTER}|(?:ngõ|ngách|hẻm|kiệt)\s\d|(?:{_STREETS})(?!\w)))"
)
_AT = (  # "ở 12 Lê Lợi", but not "ở 2 Xã Ea Kly"
    rf"(?:ở|tại|địa chỉ|đ/c|đc|số)[\s:]{{1,2}}(?P<at>{_NUMBERED})"
    r"(?=\s(?-i:(?!Bên|Bộ|Bản|Con|Cơ|Cửa|Huyện|Khu|Lần|Lớp|Người|Nơi|Phường|Thôn|Tỉnh|Tổ|Xã)"
    rf"[{_UPPER}][^\W\d_]{{1,6}} [{_UPPER}][^\W\d_]))"
)
_MANY_ROOMS = "chung cư|ktx|ký túc|nhà trọ|khu trọ|trọ"
_FLAT = (
    rf"(?:căn hộ|căn(?= [a-z]\d{{2,4}}(?!\w))|phòng(?=\s[a-z]?\d{{1,5}},?\s(?:{_MANY_ROOMS}|(?:toà|tòa|block)\s(?!án)))"
    rf"|(?:{_MANY_ROOMS})[^\d\n,.;]{{0,12}}? phòng|phòng trọ) (?:số )?"
    r"(?P<flat>(?:[a-z]{1,2}[.\-]?)?\d{1,5}(?:[.\-]\d{1,4}){0,2})(?![\d.])"
)
_WORD_OR_DIGITS = rf"(?:{_SAID}|\d{{1,4}})(?!\w)"
_PAUSE = rf"[\s,.\-–]{{1,3}}(?:(?:{_BETWEEN_SPOKEN})[\s,]{{1,2}})?"
_IN_WORDS = (
    rf"(?P<words>(?:\d{{1,4}}[\s,.\-–]{{1,3}}){{0,8}}(?:{_SAID})(?!\w)(?:{_PAUSE}{_WORD_OR_DIGITS}){{3,40}})"
    r"(?![\s,.\-–]{1,3}\d)"  # where digits go on it is no number in words
)
_LOOKING = r"[\doqlizsb|!]"
_TOKEN = rf"(?=[a-z|!]{{0,4}}\d){_LOOKING}{{1,16}}"
_LETTERS = rf"(?P<letters>{_TOKEN}(?:[\s.\-]{{1,2}}(?:{_TOKEN}|o{{2,4}})){{0,6}})(?!\w|[\s.\-]{{1,2}}\d)"


def _one_of(first: str, *patterns: str) -> str:
    """Match one of these, looked for only where `first` holds: most places of a text are passed over at once."""
    return f"{first}(?:{'|'.join(patterns)})"


_LABELLED = (
    f"(?P<harmless_word>{_HARMLESS_WORD})",
    *map(
        either,
        (
            _ACCOUNT,
            _ID_WORDS,
            _MEMBER,
            _PHONE_WORDS,
            _CARD_CHECK,
            _PASSWORD,
            _HOUSE,
            _AT,
            _FLAT,
            _PASSPORT,
            f"(?P<insured>{_INSURED})",
        ),
    ),
)
_NUMBERS = (
    f"(?P<harmless>{_HARMLESS_NUMBER})",
    f"(?P<bank_card>{_BANK_CARD})",
    f"(?P<phone>{_PHONE})",
    f"(?P<id>{_ID_CARD})",
    either(_ROAD),
    f"(?P<foreign>{_FOREIGN})",
    f"(?P<parted>{_PARTED})",
)
_GUESSES = _one_of(r"(?<!\w)(?=\w)", either(_IN_WORDS), _LETTERS)
_MAILS = f"(?P<mail>{either(_MAIL)})"
_LAST = f"(?P<groups>{_GROUPS})"
_WORD_START, _NUMBER_START = r"(?<!\w)(?=[^\W\d_])", r"(?=[\d+])"
NUMBER = re.compile(
    "|".join(
        (
            _MAILS,
            _one_of(_WORD_START, *_LABELLED),
            _one_of(_NUMBER_START, *_NUMBERS),
            _GUESSES,
            _one_of(r"(?=\d)", _LAST),
        )
    ),
    re.IGNORECASE,
)
# For what looked like a number in words or letters, and was none.
PLAIN = re.compile(
    "|".join((_one_of(_WORD_START, *_LABELLED), _one_of(_NUMBER_START, *_NUMBERS, _LAST))), re.IGNORECASE
)
# Without any of this there is nothing to look for.
_IN_A_ROW = rf"(?:(?<!\w)(?:{_SAID})\W{{1,3}}){{3}}"
WORTH = re.compile(
    rf"[\d@]|[([]at?[)\]]| at .{{2,40}} dot |{either('khẩu|mật mã|mk|pas|pw|còng|móc|số nhà|nhà số')}|{either(_IN_A_ROW)}",
    re.IGNORECASE,
)

# --- one-time codes: any short number in a text that speaks of one ---

_NO_CODE = (
    " (?:thủ tục|hồ sơ|số|xã|tỉnh|trường|bưu|vận|đơn|qr|cơ quan|huyện|vùng|lớp|hàng|lỗi|ngành|tờ|mẫu|khách|định danh)"
)
CODE_WORDS = re.compile(
    either(
        r"(?<!\w)(?:otp|mã (?:xác (?:nhận|thực|minh)|đăng (?:nhập|ký|kí)|khôi phục|mở khoá|pin|bảo mật"
        r"|kích hoạt|bí mật|là|(?:[4-8]|bốn|sáu|tám) (?:chữ )?số)"
        r"|pin|passcode|cvv|mật khẩu|(?:telegram|zalo|facebook|google|login|security|verification|confirmation) code"
        r"|(?:password|pass?|mk)(?!\w)|(?:your|the|this)(?: \w{1,12}){0,2} code|code is"
        rf"|(?:hỏi|gửi|nhắn|đọc|đòi|nhập|xin|báo)(?: về)? mã(?!{_NO_CODE})(?!\w))"
        r"|mã(?: là)? (?=\d{6}(?![\d.,/\-]))"
        rf"|mã(?!{_NO_CODE})(?: [^\W\d_]{{1,7}}){{1,4}} là(?= \d)"
        r"|(?:đọc|gửi|nhắn|nhập|hỏi|đòi|xin|báo)(?: [^\W\d_]{1,7}){0,3} (?:[4-8]|bốn|sáu|tám)(?: chữ| con)? số"
        r"(?!\w| (?:đầu|cuối|nhà|của)(?!\w))"
        r"|^\W{0,20}\d{6}\W{0,20}$|otp(?=\d)"
    ),
    re.IGNORECASE,
)
CODE = re.compile(
    rf"(?P<harmless>{_HARMLESS_NUMBER}|(?<!\w)(?:{_HARMLESS_WORD}))|(?<!\d)\d(?:[\s.\-]?\d){{3,7}}(?!\d)", re.IGNORECASE
)
# Of letters, digits and a sign: in a text that speaks of passwords it is one.
PASSWORD_WORDS = re.compile(either(rf"(?<!\w)(?:{_LABELS_OF_PASSWORDS})(?!\w)"), re.IGNORECASE)
PASSWORD_LIKE = re.compile(
    r"(?<!\S)(?=[^\s\d]{0,40}\d)(?=[\W\d_]{0,40}[^\W\d_])(?=[^\s@#$%&*]{0,40}[@#$%&*]|[^\s!]{7,40}!)"
    r"[^\s/.\[\]]{5,39}[^\s/.,;:?)\[\]](?=[.,;:?)]{0,3}(?!\S))"
)
CODE_IN_WORDS = re.compile(rf"(?<!\w){either(_IN_WORDS)}", re.IGNORECASE)
CODE_JUST_BEFORE = re.compile(either(r"(?:otp|pin|khẩu|code|nhận|thực|minh|là|mã|nhập|đặt|gõ)\W{0,3}$"), re.IGNORECASE)
# What stands before digits in words, when they are somebody's number of any length.
LABEL_BEFORE = re.compile(
    either(
        r"(?<!\w)(?:stk|số tài khoản|số tk|tài khoản|tk|momo|agribank|vietcombank|vcb|bidv|vietinbank|mbbank|techcombank"
        r"|tpbank|acb|sacombank|lpbank|vpbank|số thẻ|thẻ atm|cccd|cmnd|cmt|căn cước|chứng minh|định danh|mã số thuế|mst|bhxh|bhyt"
        r"|bảo hiểm xã hội|bảo hiểm y tế|sđt|số đt|số điện thoại|điện thoại|zalo)[^\d\n;?]{0,30}$"
    ),
    re.IGNORECASE,
)
A_YEAR = re.compile(_YEAR)
A_DATE = re.compile(rf"\d\s?[./-]\s?\d{{1,2}}\s?[./-]\s?\d\d|{either('tháng')}", re.IGNORECASE)

# --- a birth date beside a name ---

_SURNAME = (
    "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Giàng|Vàng|Sùng|Thào|Vừ|Lầu|Mùa|Hạng|Cứ|Lò|Lường|Quàng"
    "|Cầm|Tòng|Cà|Bạc|Hà|Lù|Tẩn|Chảo|Phàn|Triệu|Bàn|Đinh|Mai|Trịnh|Đoàn|Trương|Lương|Nông|Hứa|Ma|Mã|Tô|Cao|Chu|Tráng|Ly|Má|Lưu|Đào"
    "|Y(?! Tế)|Ksor|Siu|Nay|Rơ Châm|Rah Lan|Kpă|Rmah|Cil|[HK]['’][^\\W\\d_]{1,7}"
)
_RARER = (  # many of these are common words too, so they count only where they begin with a capital
    "Sầm|Sần|Sình|Lộc|La|Vi(?! Phạm)|Quan(?! Hệ)|Bế|Đàm|Hầu|Thèn|Lục|Chẩu|Chang|Cháng|Vương|Phùng|Tạ|Thân|Khổng|Lang|Lữ|Mạc|Doãn"
    "|Đồng|Kiều|Lâm(?! Nghiệp)|Nghiêm|Ngân(?! Hàng)|Ninh|Quách|Tăng(?! (?:Lương|Giảm|Ca))"
    "|Thạch|Thái|Danh(?! (?:Sách|Mục))|Châu|Điêu|Đèo|Khoàng|Lỳ|Pờ|Cáng|Cư(?! Trú)|Tằng|Tàng"
)
_PLACES = (  # that begin like a surname
    "Thái (?:Nguyên|Bình)|Hà (?:Nội|Giang|Nam|Tĩnh|Tây|Đông)|Cao Bằng|Lâm Đồng|Đồng (?:Nai|Tháp|Hới|Hỷ|Văn)|Ninh (?:Bình|Thuận)"
    "|Bạc Liêu|Hồ Chí Minh|Phan (?:Thiết|Rang)|Châu (?:Thành|Đốc)|Mai (?:Châu|Sơn)|Lục (?:Nam|Ngạn|Yên)|Lộc (?:Bình|Ninh)"
)
_PART = rf"[{_UPPER}]['’]?[^\W\d_]{{0,6}}"
_LOW = rf"{_LETTER}['’]?{_LETTER}{{0,7}}"
_BORN_WORD = either(
    r"(?:ngày tháng năm sinh|ngày sinh|sinh nhật|sinh vào|sinh ngày|sinh|ra đời|chào đời|đẻ|sn|ns|s|dob|date of birth)"
    r"(?:[\s:]{1,2}(?:ngày|mùng|mồng|hôm)){0,2}"
)
_KIN = either(
    "(?:chị|anh|ông|bà|cháu|em|bố|mẹ|con|vợ|chồng|cụ|bé)(?: em| tôi| tui| mình| ngoại| nội)?(?: tên)?(?: là)?"
)
_WHO = either(r"(?:(?:bé|cháu|em|con|nó|tôi|tui|mình|ông|bà|anh|chị)[\s,]{1,2})?")
_NAME = (
    rf"(?:(?<!\w)(?!(?:{either(_PLACES)})(?!\w))(?:{either(_SURNAME)}|{either(_RARER)})(?:\s{_PART}){{1,4}}(?!\w)"
    rf"|(?i:(?<!\w)(?:{either(_SURNAME)})\s{either('(?:văn|thị)')}(?:\s{_LOW}){{1,2}}(?!\w))"
    rf"|(?i:(?<!\w)(?:{either(_SURNAME)})(?:\s{_LOW}){{1,3}}?(?=[\s,(]{{1,3}}{_BORN_WORD}\s\d))"
    rf"|(?i:(?<!\w){either('(?:họ tên|tên)(?: cháu| em| tôi)?(?: là)?')}[\s:]{{1,2}}{_LOW}(?:\s{_LOW}){{1,3}}?"
    rf"(?=[\s,]{{1,2}}{_BORN_WORD}(?!\w)))"
    rf"|(?i:(?<!\w){_KIN})"
    rf"(?:\s{_PART}){{1,3}}(?=[\s,(]{{1,3}}(?i:{_WHO}{_BORN_WORD}(?!\w))))"
)
_BORN = (
    rf"(?i:[\s,;:(|\-]{{1,3}}(?:(?:{either('nam|nữ')})[\s,]{{1,2}})?(?:{_WHO}{_BORN_WORD}[\s:.]{{1,2}})?"
    rf"|[\s,;(][^\n?!]{{0,40}}?[\s,;(]{_BORN_WORD}[\s:.]{{1,2}})"  # "…, 022079001188, sinh ngày"
)
_DAY_MONTH = r"\d{1,2}\s?[./-]\s?\d{1,2}"
_OF_YEAR = rf"\s?[./-]\s?(?:{_YEAR}|\d\d)(?![./-]?\d)"
_COUNTED = rf"(?:\d{{1,2}}|(?:{either(_SAID)})(?:\s(?!{either('năm')}\s{_YEAR})(?:{either(_SAID)})){{0,2}})"
_IN_FULL = (
    rf"(?i:{either('(?:ngày |mùng |mồng )?')}(?P<full>{_COUNTED} {either('tháng')} (?:{_COUNTED}|{either('giêng|chạp')}))"
    rf"(?=[\s,]{{1,2}}(?:{either('năm')}\s|{_YEAR})))"
)
_THEN_NAME = rf"(?i:[\s,;]{{1,3}}(?:{either('(?:(?:họ (?:và )?)?tên(?: là)?|là)')}[\s:]{{1,2}})?){_NAME}"
BIRTHDAY = re.compile(
    rf"{_NAME}{_BORN}(?:(?P<born>{_DAY_MONTH})(?={_OF_YEAR})|{_IN_FULL})"
    rf"|(?i:{either('(?:ngày sinh|sinh(?: ngày)?|dob|date of birth)')}[\s:]{{1,2}})"
    rf"(?P<before>{_DAY_MONTH})(?={_OF_YEAR}{_THEN_NAME})"
    rf"|(?i:{either('(?:ngày sinh|sinh nhật)(?: của)?')}(?:\s{_LETTER}{{1,6}}){{0,2}}?\s)"
    rf"{_NAME}(?i:\s{either('là')}[\s:]{{1,2}})(?P<after>{_DAY_MONTH})(?={_OF_YEAR})"
)

_SPELLED = (
    *(
        "không hông khong hong linh",
        "một mốt mot",
        "hai",
        "ba",
        "bốn tư bon tu",
        "năm lăm nhăm nam lam nham",
        "sáu sau",
    ),
    *("bảy bẩy bay", "tám tam", "chín chin"),
)
DIGIT_OF = {word: digit for digit, words in enumerate(_SPELLED) for word in words.split()}
TEN = {"mười", "muoi"}  # begins a number of its own; "mươi" only stands between its digits
LETTER_DIGITS = str.maketrans("oOqQlLiI|!zZsSbB", "0000111111225588")

"""Record of processing of personal data: of whom what is kept, why, who reads it and until when. Printed by `motcua records`."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.settings import Settings


@dataclass(frozen=True)
class Record:
    """What is kept in some tables; `ends` may name settings in {braces}."""

    what: str
    tables: tuple[str, ...]
    why: str
    readers: str
    ends: str


RECORDS = (
    Record(
        "Địa chỉ chat của bà con, câu đã chọn, bước đang đứng",
        ("conversations", "checkins"),
        "trả lời tiếp, khỏi hỏi lại",
        "máy; tổ thấy câu đã chọn khi có phiếu",
        "im {contact_days} ngày, hoặc khi bà con xoá",
    ),
    Record(
        "Lời đã nói, đã che số",
        ("transcript", "misses"),
        "hiện lại cuộc trò chuyện; người giúp hiểu chuyện; sửa chỗ máy không hiểu",
        "bà con; người của tổ khi có phiếu, tới lúc xong phiếu",
        "{transcript_days} ngày, hoặc khi bà con xoá",
    ),
    Record(
        "Phiếu: việc, bước, giấy thiếu, ghi chú của tổ, chấm điểm, tiếng dân tộc khi bà con cần người nói, "
        "số điện thoại khi bà con cho",
        ("tickets", "ticket_events", "ticket_notes"),
        "người của tổ giúp, không ai phải nói lại",
        "tổ của xã ấy; tổ giúp thay khi đã báo lên",
        "{ticket_days} ngày sau khi xong; số điện thoại {phone_days} ngày sau khi xong; hoặc khi bà con xoá",
    ),
    Record(
        "Ảnh, ghi âm, tệp",
        ("files",),
        "chuyển giữa bà con và người giúp",
        "người giúp, qua đường dẫn có hạn",
        "{file_days} ngày, hoặc khi bà con xoá",
    ),
    Record(
        "Tin chờ gửi và tin đã gửi, mã của tin đến",
        ("outbox", "inbound"),
        "gửi đúng một lần, đúng thứ tự; xoá được tin đã gửi cho tổ",
        "máy; người quản trị thấy lý do không gửi được, không thấy lời",
        "đã gửi {sent_days} ngày, không gửi được {dead_days} ngày, mã {inbound_days} ngày; hoặc khi bà con xoá",
    ),
    Record(
        "Chỗ của phiếu trong nhóm Telegram của tổ",
        ("telegram_topics",),
        "tổ giúp ngay trong nhóm",
        "người trong nhóm",
        "xoá cùng phiếu; tin lẻ quá 48 giờ, tin trên Zalo thì tổ xoá tay",
    ),
    Record(
        "Lệnh chặn người phá rối",
        ("barred",),
        "bảo vệ tổ",
        "trưởng nhóm",
        "{ban_days} ngày; người bị chặn xoá dữ liệu thì chỉ còn dấu băm của địa chỉ chat",
    ),
    Record(
        "Bà con theo đường dẫn nào tới",
        ("arrivals",),
        "biết nhóm nào chia sẻ có ích",
        "máy",
        "{transcript_days} ngày, hoặc khi bà con xoá",
    ),
    Record(
        "Số đếm, không có ai trong đó",
        ("events", "event_keys", "event_counts", "link_days"),
        "biết chỗ nào bà con vướng",
        "trưởng nhóm, xã",
        "từng việc {event_months} tháng; khoá nối với người chỉ trong tháng; số cộng thì giữ",
    ),
    Record(
        "Ghi chú cho người viết nội dung",
        ("content_notes",),
        "sửa chỗ máy nói sai",
        "người viết nội dung",
        "{note_days} ngày; lời của bà con thì xoá cùng họ",
    ),
    Record(
        "Người của tổ: tên, vai, xã, tiếng nói được, mật khẩu (đã băm), lớp khoá thứ hai (đã niêm), "
        "chat làm việc, máy đã đăng nhập, câu để dành",
        ("agents", "work_chats", "sessions", "push_subscriptions", "kept_answers"),
        "chỉ người của tổ mới vào được",
        "trưởng nhóm thấy tên, vai, xã",
        "khi ra khỏi tổ (tên thì ở lại, để không ai mang lại tên ấy); máy không dùng {idle_days} ngày",
    ),
    Record(
        "Sổ ai đã xem, đã làm gì",
        ("looks", "audit"),
        "bà con và xã biết ai đã đọc",
        "trưởng nhóm",
        "{look_days} ngày",
    ),
    Record(
        "Đường dẫn chia sẻ, việc của riêng máy",
        ("links", "keep", "alarms", "leases", "paces", "tries"),
        "chạy dịch vụ",
        "người quản trị",
        "không có dữ liệu của bà con",
    ),
)


def as_markdown(settings: Settings) -> str:
    """Write the whole record, as it stands in docs/xu-ly-du-lieu.md under the default settings."""
    return "\n".join(_lines(settings)) + "\n"


def _lines(settings: Settings) -> Iterator[str]:
    yield "# Sổ xử lý dữ liệu cá nhân"
    yield ""
    yield (
        "*In ra bằng `motcua records`, theo cài đặt của máy đang chạy; bản này theo cài đặt mặc định. English: the record of"
        " processing, generated; a test keeps it true to the tables.*"
    )
    yield ""
    yield (
        "Bên chịu trách nhiệm: Uỷ ban nhân dân xã mở máy. Bà con đọc bản dễ hiểu ở trang `/quyen-rieng-tu`."
        f" Bản sao lưu giữ {settings.backup_days} ngày."
    )
    yield ""
    yield "| Giữ gì | Để làm gì | Ai đọc được | Giữ tới khi nào | Bảng |"
    yield "|---|---|---|---|---|"
    days = {name: f"{value:g}" for name, value in settings.model_dump().items() if isinstance(value, int | float)}
    for one in RECORDS:
        tables = ", ".join(f"`{table}`" for table in one.tables)
        yield f"| {one.what} | {one.why} | {one.readers} | {one.ends.format(**days)} | {tables} |"

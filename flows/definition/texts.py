"""Models of the bot's texts and vocabulary: bot.yaml, words.yaml, plain-words.yaml."""

from typing import Annotated, Literal

from pydantic import Field, GetPydanticSchema
from pydantic_core.core_schema import no_info_after_validator_function

from flows.definition.entries import Frame
from flows.definition.facts import Asked, CommuneValue, FactKind, FileAt
from flows.definition.statements import Id, Label, Part, Text
from flows.definition.steps import Said
from flows.messages import AttachmentKind, Command
from flows.text.language import Abbreviations

_AS_ABBREVIATIONS = GetPydanticSchema(
    lambda _, handler: no_info_after_validator_function(Abbreviations, handler(dict[str, Text]))
)

LeafletLine = Literal["who", "papers", "where", "time", "fee", "benefit", "result"]


class OwnDataTexts(Part):
    """Texts that tell a citizen what is kept about them, in content/bot.yaml."""

    heading: Text
    called: Text = Field(description="{form}")
    commune: Text = Field(description="{commune}")
    doing: Text = Field(description="{title}")
    draft: Text = Field(description="{title}")
    planned: Text = Field(description="{title}")
    told: Text = Field(description="{title}")
    answer: Text = Field(description="{question}, {answer}")
    missing: Text = Field(description="{papers}")
    checkin: Text = Field(description="{time}, {title}")
    link: Text = Field(description="{time}, {source}")
    files: Text = Field(description="{number}")
    ticket: Text = Field(description="{id}, {time}, {title}")
    ticket_agent: Text = Field(description="{agent}")
    ticket_languages: Text = Field(description="{languages}")
    ticket_phone: Text = Field(description="{phone}")
    ticket_stars: Text = Field(description="{stars}")
    ticket_word: Text = Field(description="{word}")
    missed: Text = Field(description="{text}")
    said: Text
    erase: Text


class BotTexts(Part):
    """Texts for citizens: content/bot.yaml. Words in {braces} are filled in; each field tells which it may hold."""

    intro_short: Text = Field(description="Lời đầu tiên khi câu trả lời đã dài")
    intro: Text = Field(description="Hai dòng đầu tiên: đây là máy, của ai, không hỏi số giấy tờ, gặp người thế nào")
    menu: Text
    help: Text
    called: Text = Field(description="{form}")
    stopped: Text
    thanks: Text
    nodded: Text
    hello: Text
    progress: Text = Field(description="{number}, {total}")
    leaflet_next: Text
    leaflet_fact: Text = Field(description="{label}, {text}")
    leaflet_papers: Text = Field(description="{papers}")
    leaflet_papers_more: Text = Field(description="{papers}")
    leaflet_papers_vary: Text
    leaflet_pitfall: Text = Field(description="{text}")
    leaflet_unsure: Text = Field(description="{label}")
    leaflet_single: Text
    single_sign: Text
    single_signed: Text
    unsure_sign: Text
    papers_question: Text = Field(description="{number}, {total}")
    household_papers: Text = Field(description="{papers}")
    resuming: Text = Field(description="{title}")
    heard: Text = Field(description="{answer}")
    heard_beside: Text = Field(description="{answer}; ngay sau tờ giới thiệu")
    welcome_back: Text = Field(description="{title}")
    still_missing: Text = Field(description="{papers}")
    content_changed: Text
    procedure_gone: Text
    old_button: Text
    not_understood: Text
    asked_one_by_one: Text
    not_understood_again: Text
    passed_on: Text
    too_long: Text
    sensitive: Text
    phone_masked: Text
    attachment: Text
    attachment_unseen: Text
    voice: Text
    no_such_number: Text = Field(description="{number}")
    not_passed_on: Text
    file_lost: Text
    too_fast: Text
    too_many: Text = Field(description="{link}")
    smile: Text
    puzzled: Text
    danger_told: Text
    danger_alone: Text
    danger_private: Text
    listening: Text
    which_meant: Text
    if_meant: Text = Field(description="{label}")
    question_unknown: Text
    question_elsewhere: Text
    question_decided: Text = Field(description="{whom}")
    question_whom: Text = Field(description="{whom}")
    offer_to_ask: Text
    offer_to_ask_or_open: Text
    offer_to_go: Text
    helping_begin: Text = Field(description="{person}")
    helping_now: Text = Field(description="{person}")
    helping_resumed: Text = Field(description="{person}, {title}")
    helping_for: Text = Field(description="{person}")
    helping_oneself: Text
    helping_full: Text = Field(description="{number}")
    progress_for: Text = Field(description="{line}, {person}")
    reminded_for: Text = Field(description="{person}")
    reminded_oneself: Text
    question_sent: Text = Field(description="{question}")
    question_kept: Text
    answer_near: Text
    answer_about: Text = Field(description="{title}")
    answer_some: Text = Field(description="{text}")
    answer_if: Text = Field(description="{labels}, {text}")
    frustration: Text
    lingering: Text
    out_of_scope: Text
    status: Text
    term: Text = Field(description="{term}, {meaning}")
    entry: Text = Field(description="{name}, {code}, {level}, {time}, {fee}, {date}")
    entry_unknown: Text
    entry_way: Text = Field(description="{way}, {limit}")
    entry_any_way: Text = Field(description="{limit}")
    ways: dict[Literal["online", "postal", "direct"], Label]
    which_of_group: Text = Field(description="{title}")
    edited: Text
    more_choices: Text

    which_commune: Text
    which_commune_of_land: Text
    commune_kept: Text = Field(description="{commune}")
    which_procedure: Text
    which_procedure_fact: Text
    switch: Text = Field(description="{title}, {current}")
    restart: Text
    change: Text
    change_none: Text
    redo: Text = Field(description="{answer}")
    changed: Text
    nothing_to_undo: Text
    erase: Text
    erased: Text = Field(description="{days}")
    exported: Text
    export_at: Text = Field(description="{link}")
    own_data: OwnDataTexts

    summary: Text = Field(description="{title}, {number}, {total}, {answers}, {papers}")
    no_answers: Text
    no_papers: Text
    papers_if_there: Text = Field(description="{papers}")
    papers_everybody: Text
    papers_of_case: Text = Field(description="{labels} {papers}")
    papers_of_some: Text = Field(description="{papers}")
    papers_vary: Text
    papers_all: Text = Field(description="{papers}")
    which_missing: Text
    which_missing_more: Text
    no_papers_needed: Text
    nothing_missing: Text
    have_mark: Text
    lack_mark: Text

    which_trouble: Text
    trouble_more: Text
    cure: Text = Field(description="{cure}")
    why_unknown: Text

    offer_person: Text
    offer_person_stuck: Text
    ticket_opened: Text
    ticket_opened_bare: Text = Field(description="Khi chưa trả lời câu nào")
    bot_again: Text
    group: Text
    group_link: Label
    group_commune: Text = Field(description="{example}")
    share: Text = Field(description="{title}, {commune}, {link}, {code}")
    ticket_waits: Text = Field(description="{time}: từ lúc nào")
    waits_for_what: Text
    queue_place: Text = Field(description="{number}")
    queue_usual: Text = Field(description="{minutes}")
    team_closed: Text = Field(description="{when}")
    team_away: Text
    opens_today: Text = Field(description="{time}")
    opens_tomorrow: Text = Field(description="{time}")
    opens_on: Text = Field(description="{time}, {date}")
    callback_hint: Text
    callback: Text
    which_phone: Text
    phone_kept: Text
    phone_dropped: Text
    hotline: Text = Field(description="{phone}")
    still_waiting: tuple[Text, Text, Text] = Field(
        description="Ba lần báo bà con; chỉ nói điều luôn đúng: tổ nào cũng được nhắc, chưa chắc có trưởng nhóm hay tổ giúp thay"
    )
    person_says: Text = Field(description="{text}")
    attached: Text = Field(description="{what}, {link}")
    file_waits: Text
    barred: Text
    crowded: Text
    edited_line: Text = Field(description="{text}")
    attachment_names: dict[AttachmentKind, Label]
    person_came: Text
    person_away: Text
    person_done: Text
    helped: Text
    ticket_reopened: Text
    rating: Text
    rating_word: Text
    rated: Text
    welcome_any_time: Text

    filed: Text
    checkin: Text = Field(description="{title}")
    filed_kept: Text
    why_returned: Text
    returned: dict[Id, Label] = Field(description="Vì sao hồ sơ bị trả lại, khi thủ tục không có danh sách riêng")
    returned_word: Text
    returned_kept: Text
    no_hurry: Text
    remind_when: Text
    remind_kept: Text = Field(description="{when}")
    reminded: Text = Field(description="{title}")
    checkins_off: Text

    fact: Text = Field(description="{label}, {text}")
    fact_unsure: Text = Field(description="{label}, {commune}, {officer}")
    no_benefit: Text = Field(description="{fee}")
    source_said: Text = Field(description="{source}, {day}")
    source_single: Text
    source_unknown: Text = Field(description="{officer}")
    search_by_code: Text = Field(description="{code}")
    search_by_name: Text = Field(description="{name}")
    agencies: dict[FileAt, Text] = Field(description="Cơ quan phải chọn trên Cổng, theo nơi nhận của thủ tục")
    officer: Label = Field(description="Hỏi ai khi không đang nói về thủ tục nào")
    unsure_short: Text = Field(description="{officer}")
    unsure_part: Text = Field(description="{officer}")
    unsure_parts: Text = Field(description="Nói một lần cho cả màn hình: {officer}")
    ask_word: Text = Field(description="Chữ cho biết câu ấy đã bảo hỏi ai")
    unsure_asked: Text
    single_part: Text
    unsure_mark: Text = Field(description="{officer}")
    single_mark: Text
    optional_mark: Text

    labels: dict[str, Label] = Field(description="Chữ trên nút")
    telegram_commands: dict[str, Label] = Field(
        description="Lệnh trong trình đơn Telegram: tên không dấu -> lời giải thích"
    )
    page: dict[str, Text] = Field(description="Chữ trên trang web")
    privacy: dict[Label, Text] = Field(
        description="Trang /quyen-rieng-tu: tên mục -> lời; {transcripts}, {files}, {tickets}, {phones}, {contacts}, {backups}"
    )
    fact_labels: dict[FactKind, Label]
    leaflet_labels: dict[LeafletLine, Label]
    missing: dict[CommuneValue, Text] = Field(description="Câu thật lòng khi xã chưa cho biết")
    to_ask: dict[CommuneValue, Text] = Field(
        default={}, description="Câu hỏi soạn sẵn để tổ hỏi giúp điều xã chưa cho biết"
    )
    commune_unknown: Label
    province_unknown: Label


class Vocabulary(Part):
    """Vocabulary of citizens: content/words.yaml. Write it with accents; people may type it without."""

    spoken: dict[Said, tuple[Text, ...]]
    next: tuple[Text, ...]
    finished: tuple[Text, ...]
    stuck: tuple[Text, ...]
    sure: tuple[Text, ...] = Field(
        default=(), description="Cả câu là bằng lòng điều không lấy lại được; không chữ nào bỏ dấu mà ra nghĩa ngược"
    )
    commands: dict[Command, tuple[Text, ...]]
    command_frames: dict[Command, tuple[Frame, ...]] = Field(
        default_factory=dict, description="Khung từ của lệnh nói trong một câu dài"
    )
    later: dict[str, tuple[Frame, ...]] = Field(
        default_factory=dict, description="Khung từ: để lúc khác mới làm, theo từng dấu hiệu"
    )
    correction: dict[str, tuple[Frame, ...]] = Field(
        default_factory=dict, description="Khung từ: vừa trả lời nhầm, theo từng dấu hiệu"
    )
    switch: tuple[Frame, ...] = Field(default=(), description="Khung từ: muốn hỏi sang việc khác")
    countries: tuple[Text, ...] = Field(default=(), description="Tên các nước khác, cả cách gọi tắt")
    waiting: tuple[Frame, ...] = Field(default=(), description="Khung từ: chờ lâu, hỏi bao giờ có người")
    helping: tuple[Text, ...] = Field(default=(), description="Làm cho ai: “làm cho”, “làm hộ”; sau đó là tên")
    helping_lead: tuple[Text, ...] = Field(default=(), description="Chữ có thể đứng trước “làm cho”")
    helping_next: tuple[Text, ...] = Field(default=(), description="Chữ đứng trước mà nói rõ là đổi sang người khác")
    helping_thing: tuple[Text, ...] = Field(
        default=(), description="Chữ mở đầu tên việc, sau tên người: cái, giấy, thẻ"
    )
    people: tuple[Text, ...] = Field(default=(), description="Chữ mở đầu cách gọi một người: bà, ông, cô")
    kin: tuple[Text, ...] = Field(default=(), description="Chữ thứ hai khi gọi người nhà: nội, ngoại, dâu")
    oneself: tuple[Text, ...] = Field(default=(), description="Chính người đang nhắn: tôi, mình")
    begins: tuple[Text, ...] = Field(default=(), description="Mới mở lời, chưa hỏi gì: “cho em hỏi”")
    facts: dict[FactKind, tuple[Text, ...]]
    commune: dict[Literal["hours", "phone", "address"], tuple[Text, ...]] = Field(description="Cách hỏi điều của xã")
    papers: tuple[Text, ...]
    keep: tuple[Text, ...] = Field(default=(), description="Cách nói không đổi nữa: “giữ nguyên”")
    read: tuple[Text, ...] = Field(default=(), description="Chỉ báo là đã đọc, chưa nhờ gì: “ok”, “biết rồi”")
    household_papers: tuple[Text, ...] = Field(default=(), description="Cách hỏi giấy của nhà mình, ở tờ tóm tắt")
    walk: tuple[Text, ...] = Field(default=(), description="Cách xin đi từng bước, ở tờ tóm tắt")
    status: tuple[Text, ...] = Field(description="Cách hỏi việc đã nộp đến đâu rồi")
    meaning: tuple[Text, ...] = Field(description="Cách hỏi nghĩa của một từ: “là gì”, “nghĩa là sao”")
    questions: dict[Asked, tuple[Frame, ...]] = Field(default_factory=dict, description="Khung từ: câu hỏi về điều gì")
    asking: tuple[Text, ...] = Field(default=(), description="Chữ của câu hỏi nào cũng có, không cho biết hỏi điều gì")
    not_now: tuple[Frame, ...] = Field(default=(), description="Khung từ của chuyện đã qua, chuyện giấy tờ: không khẩn")
    now: tuple[Frame, ...] = Field(default=(), description="Khung từ của chuyện đang xảy ra: vẫn khẩn")
    harmless: tuple[Frame, ...] = Field(
        default=(), description="Khung từ của con vật, đồ đạc, giấc mơ: không ai gặp nạn"
    )
    frustration: tuple[Text, ...]
    out_of_scope: tuple[Text, ...]
    greeting: tuple[Text, ...]
    thanks: tuple[Text, ...]
    fillers: tuple[Text, ...] = Field(description="Lời đưa đẩy, bỏ đi trước khi hiểu")
    idle: tuple[Text, ...] = Field(description="Chữ không cho biết là việc gì: “thủ tục”, “thế nào”")
    synonyms: dict[str, tuple[Text, ...]] = Field(description="Một cách nói -> những cách nói khác của cùng một thứ")
    neutral: tuple[Text, ...] = Field(description="Chữ đứng sau “có”, “chưa”, “không” mà không đổi nghĩa")
    abbreviations: Annotated[Abbreviations, _AS_ABBREVIATIONS]


class PlainWords(Part):
    """Plain-language rules: content/plain-words.yaml, officialese with its plain words and the longest sentence."""

    words_a_sentence: int = Field(gt=0)
    plain: dict[str, Text] = Field(description="Chữ công văn -> chữ dễ hiểu")
    known_abbreviations: tuple[Text, ...] = Field(default=(), description="Chữ viết tắt ai cũng biết")


PAGE = (
    "title",
    "about",
    "log",
    "choices",
    "below",
    "type_here",
    "send",
    "you",
    "bot",
    "begin",
    "offline",
    "attach",
    "picture",
    "recording",
    "open_file",
    "close",
    "closed",
    "privacy",
    "privacy_lead",
    "file_gone",
    "too_fast",
)

LABELS = (
    "next", "finished", "stuck", "have_all", "some_missing", "only_these", "other_procedure", "none_of_these", "other_commune",
    "switch", "stay", "restart", "keep_going", "other_trouble", "human", "back", "change", "summary", "erase", "solved",
    "still_stuck", "resume", "other_group", "helped", "not_helped", "stars_1", "stars_2", "stars_3", "stars_4", "stars_5",
    "skip", "callback_yes", "callback_no", "filed_online", "filed_in_person", "filed_returned", "filed_not_yet", "no_checkins",
    "not_stuck", "household_papers", "household_papers_asked", "walk", "in_trouble",
    "ask_team", "go", "helping_yes", "help_person", "help_oneself",
    "later", "filed_later", "tonight", "tomorrow", "week", "no_reminder",
)  # fmt: skip

"""Models of what members of the team read, and of the answers that they send: team.yaml, canned.yaml."""

from collections.abc import Collection
from typing import Literal

from pydantic import Field

from flows.definition.entries import Frame
from flows.definition.statements import Id, Label, Part, Text
from flows.messages import AttachmentKind, Reason


class PracticeCitizen(Part):
    """Simulated citizen of a practice ticket; the first line tells them apart."""

    hint: Text = Field(description="Mách người tập: gặp người thế này thì làm sao")
    lines: tuple[Text, ...] = Field(min_length=2, description="Lời của bà con, lần lượt")


class Language(Part):
    """Language that members of the team may speak beside Vietnamese."""

    name: Label
    frames: tuple[Frame, ...] = Field(min_length=1, description="Khung từ: bà con gọi tiếng ấy thế nào")


class TeamTexts(Part):
    """Texts for the members of the team: content/team.yaml. Words in {braces} are filled in."""

    commands: dict[str, tuple[Text, ...]] = Field(description="Chữ để ra lệnh; số phiếu đứng sau")
    group_buttons: dict[str, Label] = Field(description="Nút dưới phiếu trong nhóm Telegram")
    group_claimed: Text = Field(description="{id}, {agent}")
    group_done: Text = Field(description="{id}, {agent}")
    group_help: Text
    send_it: Label
    file_lost: Text = Field(description="{id}")
    flooded: Text = Field(description="{id}")
    group_transfer: Text = Field(description="{id}")
    group_alone: Text
    group_handed: Text = Field(description="{id}, {agent}, {to}")
    transfer_to: Text = Field(description="{id}, {names}")
    unreachable: Text = Field(description="{names}")
    duty_begun: Text
    duty_ended: Text
    duty_list: Text = Field(description="{names}")
    duty_member: Text = Field(description="{name}, {count}")
    duty_nobody: Text
    how_tip: Text
    how_block: Text
    how_outcome: Text
    edit_commands_nothing: Text
    talk_next: Text = Field(description="{ticket}")
    sent_to: Text = Field(description="{ticket}")
    which_ticket: Text = Field(description="{text}, {ways}")
    way_yes: Text = Field(description="{ticket}")
    way_number: Text = Field(description="{id}, {ticket}")
    bare_number: Text = Field(description="{number}, {ticket}")
    not_sent: Text = Field(description="{why}")
    nothing_to_send: Text
    canned_list: Text = Field(description="{id}, {answers}")
    canned_shown: Text = Field(description="{text}, {ticket}")
    group_canned: Text = Field(description="{id}")
    call: Text = Field(description="{id}, {procedure}, {commune}, {reason}")
    call_danger: Text = Field(description="{id}, {procedure}, {commune}")
    call_again: Text = Field(description="{id}, {procedure}, {commune}, {minutes}")
    call_claimed: Text = Field(description="{id}, {agent}")
    call_help: Text
    group_stranger: Text = Field(description="{name}")
    group_elsewhere: Text = Field(description="{name}")
    group_anonymous: Text
    group_gone: Text = Field(description="{id}")
    erased: Text = Field(description="{id}")
    erased_by_hand: Text = Field(description="{id}")
    recall_failed: Text = Field(description="{where}")
    group_lost: Text = Field(description="{id}")
    call_lost: Text
    canned_changed: Text
    alert: Text = Field(description="{id}, {procedure}, {commune}, {reason}")
    alert_many: Text = Field(description="{commune}, {link}")
    alert_many_danger: Text = Field(description="{commune}, {link}")
    alert_danger: Text = Field(description="{id}, {procedure}, {commune}")
    push_waiting: Text = Field(description="{id}, {procedure}, {commune}")
    push_danger: Text = Field(description="{id}, {procedure}, {commune}")
    push_news: Text = Field(description="{id}, {procedure}, {commune}")
    push_open: Label
    welcome: Text = Field(description="{name}")
    help: Text
    code_wrong: Text
    removed: Text
    still_in_group: Text = Field(description="{name}")
    left: Text

    claimed: Text = Field(description="{id}, {summary}")
    summary: Text = Field(description="{procedure}, {commune}, {channel}, {reason}")
    summary_step: Text = Field(description="{step}")
    summary_answers: Text = Field(description="{answers}")
    summary_missing: Text = Field(description="{missing}")
    summary_question: Text = Field(description="{question}")
    summary_tried: Text = Field(description="{tried}")
    summary_phone: Text = Field(description="{phone}")
    phone_given: Text = Field(description="{id}, {phone}")
    phone_dropped: Text = Field(description="{id}")
    summary_notes: Text = Field(description="{lines}")
    summary_said: Text = Field(description="{lines}")
    platform: dict[str, Label] = Field(description="Kênh -> tên ghi cho người trả lời bằng công cụ riêng của kênh đó")
    platform_done: tuple[Text, ...] = Field(description="Chữ kết thúc phiếu trong công cụ riêng của kênh")
    no_procedure: Label
    no_commune: Label
    reasons: dict[Reason, Text]
    languages: dict[Id, Language] = Field(description="Tiếng mà người của tổ có thể nói, ngoài tiếng Việt")
    any_language: Label = Field(description="Khi chưa rõ bà con nói tiếng gì")
    speakers: Text = Field(description="{languages}, {names}")
    no_speakers: Text = Field(description="{languages}")
    channels: dict[str, Label]
    authors: dict[str, Label]
    attachments: dict[AttachmentKind, Text]

    says: Text = Field(description="{id}, {text}")
    says_other: Text = Field(description="{id}, {text}")
    citizen_left: Text = Field(description="{id}")
    taken_back: Text = Field(description="{id}")
    talking: Text = Field(description="{id}")
    done: Text = Field(description="{id}")
    outcomes: dict[str, Label]
    outcome_kept: Text = Field(description="{id}, {outcome}")
    reminder: Text = Field(description="{id}, {procedure}, {commune}, {minutes}")
    nudge: Text = Field(description="{id}")
    reopened: Text = Field(description="{id}, {procedure}, {commune}")
    rated: Text = Field(description="{id}, {stars}, {word}")
    released: Text = Field(description="{id}")
    handed: Text = Field(description="{id}, {agent}, {procedure}, {commune}")
    resolved_by: Text = Field(description="{id}, {agent}")
    moved: Text = Field(description="{id}, {to}")
    barred: Text = Field(description="{id}")
    barred_already: Text = Field(description="{id}")
    lifted: Text = Field(description="{id}")
    not_barred: Text = Field(description="{id}")
    leads_only: Text
    agent_unreached: Text = Field(description="{name}, {channel}")
    agent_gone: Text = Field(description="{name}, {channel}")
    alarms: dict[str, Text] = Field(description="Điều người quản trị phải sửa: {detail}")
    practice_citizens: tuple[PracticeCitizen, ...] = Field(
        min_length=1, description="Bà con của phiếu tập, mỗi lần một người"
    )
    practice_begun: Text = Field(description="{id}")
    tip_kept: Text = Field(description="{id}")
    noted: Text = Field(description="{id}")
    taken: Text = Field(description="{agent}, {id}")
    already_done: Text = Field(description="{id}")
    unknown: Text = Field(description="{id}")
    not_yours: Text = Field(description="{id}")
    channel_off: Text
    undelivered: Text = Field(description="{id}")
    nobody: Text
    which_number: Text
    text_only: Text
    waiting: Text = Field(description="{tickets}")
    mine: Text = Field(description="{tickets}")
    none_waiting: Text
    ticket_line: Text = Field(description="{id}, {procedure}")

    def name_languages(self, ids: Collection[str]) -> str:
        """Name languages in the order of the content, which may no longer know one of them."""
        return ", ".join(language.name for id_, language in self.languages.items() if id_ in ids)


class Canned(Part):
    """Canned answer, an entry of content/canned.yaml: the team sends it with a tap."""

    title: Label
    text: Text = Field(description="{agent}, {citizen.procedure}, {citizen.step}, {commune.…}")
    sheet: Literal["guide"] | None = Field(
        default=None, description="Tờ in gửi kèm (PDF); guide: tờ hướng dẫn của thủ tục bà con đang làm"
    )

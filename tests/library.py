"""A small Library for tests: its sentences are their own names in brackets, so that no test hangs on a wording."""

import re
from typing import get_args

import yaml

from bot.team_keys import AlarmKey, GroupButton, TicketOutcome
from flows.definition.facts import CommuneValue, FactKind, FileAt
from flows.definition.library import Library
from flows.definition.loading import load
from flows.definition.statements import Part
from flows.definition.team_texts import TeamTexts
from flows.definition.texts import LABELS, PAGE, BotTexts, LeafletLine, OwnDataTexts
from flows.messages import AttachmentKind, Reason

ASKED = """\
mat-bao-lau: {asks: [bao lâu dựng xong, may hom thi xong], place: time}
muon-tho: {asks: [mượn thợ ở đâu, tho o dau gioi], decided_by: ông trưởng bản}
"""

HOUSE = """\
id: lam-nha
officer: ông trưởng bản
title: Làm nhà
summary: Dựng một ngôi nhà.
says: [làm nhà, xây nhà, muốn dựng cái nhà]
facts:
  name: {text: Dựng nhà, source: so-tay, checked: 2026-11-01}
  where: {text: "Nộp ở {commune.address}", source: so-tay, checked: 2026-11-01}
  time:
    - {text: mười ngày, source: so-tay, checked: 2026-11-01}
    - {text: năm ngày, source: so-tay, checked: 2026-11-01, from: 2027-03-01}
  fee: {certainty: unconfirmed}
  who: {text: người có đất, source: so-tay, checked: 2026-11-01, certainty: single}
  result: {text: một ngôi nhà, source: so-tay, checked: 2026-11-01, review_by: 2027-02-20}
steps:
  - id: co-dat
    kind: ask
    text: Bác có đất chưa?
    why: Không có đất thì chưa làm được.
    options:
      - {id: co, label: Có rồi, spoken: yes, says: [đất có rồi]}
      - {id: chua, label: Chưa có, spoken: not_yet}
  - id: di-muon
    kind: tell
    text: Bác hỏi bản về đất trước.
    when: {co-dat: chua}
  - id: loai-nha
    kind: ask
    text: Bác làm nhà gì?
    when: {co-dat: co}
    options:
      - {id: go, label: Nhà gỗ, says: [nhà sàn]}
      - {id: gach, label: Nhà gạch, says: [nhà xây]}
      - {id: khac, label: Kiểu khác}
  - id: tang
    kind: ask
    text: Nhà mấy tầng?
    when: {loai-nha: [go, gach]}
    options:
      - {id: mot, label: Một tầng}
      - {id: hai, label: Hai tầng}
  - id: giay-to
    kind: papers
    text: Bác cần
    papers:
      - {id: don, name: Đơn, source: so-tay, checked: 2026-11-01}
      - {id: ban-ve, name: Bản vẽ, source: so-tay, checked: 2026-11-01, when: {tang: hai}}
      - {id: anh, name: Ảnh, certainty: unconfirmed}
  - id: xin-don
    kind: do
    takes: 2 ngày
    text: Bác xin tờ đơn ở xã.
    when: {not: {has_paper: don}}
    troubles:
      - {id: het-don, title: Xã hết đơn, cure: Bác hẹn hôm sau., says: [không còn đơn]}
      - {id: dong-cua, title: Xã đóng cửa, cure: Bác tới sáng mai.}
  - use: nop
  - id: xong
    kind: done
    text: Bác chờ {fact.time}, nhận ở {commune.address}.
"""

CAT = """\
id: nuoi-meo
officer: bà trưởng bản
title: Nuôi mèo
summary: Xin nuôi một con mèo.
says: [nuôi mèo, xin con mèo]
facts:
  name: {text: Nuôi mèo, source: so-tay, checked: 2026-11-01}
  where: {text: ở nhà, source: so-tay, checked: 2026-11-01}
  time: {text: một buổi, source: so-tay, checked: 2026-11-01}
  fee: {text: không mất tiền, source: so-tay, checked: 2026-11-01}
  who: {text: ai cũng được, source: so-tay, checked: 2026-11-01}
  result: {text: một con mèo, source: so-tay, checked: 2026-11-01}
steps:
  - {id: cho-an, kind: do, text: Bác cho mèo ăn.}
  - {id: xong-meo, kind: done, text: Bác chơi với mèo.}
"""

SHARED = """\
id: nop
title: Nộp
steps:
  - {id: nop-don, kind: do, text: Bác nộp đơn., troubles: [{id: mat-mang, title: Mất mạng, cure: Bác đợi có mạng.}]}
"""

CANNED = """\
chao: {title: Chào, text: "Chào bác, {agent} đây: {citizen.procedure}, {commune.name}"}
dia-chi: {title: Địa chỉ, text: "Ở {commune.address}. Bước: {citizen.step}"}
"""

SHEET = 'to: {title: Tờ hướng dẫn, text: "Tờ của {citizen.procedure} đây bác", sheet: guide}'  # not among those of all tests

DANGER = """\
fire: {title: Cháy, text: "[fire] 114", frames: [cháy + nhà/rừng], source: so-tay, checked: 2026-11-01}
violence: {title: Đánh, text: "[violence] 113", frames: [bị + đánh/đấm], private: true, source: so-tay, checked: 2026-11-01}
"""

PERSON = """\
person: {frames: [gặp/tìm/cần + người/cán bộ], unless: [không cần/đã gặp/gặp rồi]}
language: {text: "[language]", frames: [nói + tiếng Tày/tiếng Dao/tiếng mình]}
literacy: {frames: [không biết + chữ]}
"""

PROVINCE = """\
id: thu
name: tỉnh Thử
source: so-tay
checked: 2026-11-01
"""

COMMUNE = """\
id: ban-moi
name: xã Bản Mới
province: thu
merged_from: [Bản Cũ, Bản Xa]
source: so-tay
checked: 2026-11-01
online_before: {percent: 12.7, source: so-tay, checked: 2026-11-01}
values:
  address: {text: nhà sàn giữa bản, source: so-tay, checked: 2026-11-01}
"""

WORDS = """\
spoken:
  yes: [có, có rồi, rồi, đúng, vâng, ừ, ok]
  no: [không, ko, không có]
  not_yet: [chưa, chưa có, chưa có đâu]
  unsure: [không biết, không rõ]
next: [tiếp, tiếp tục]
finished: [xong, xong rồi, được rồi]
stuck: [vướng, bị vướng, không được, lỗi]
sure: [có, chắc rồi, đồng ý]
commands:
  back: [quay lại, lùi lại]
  menu: [menu, danh sách, thủ tục khác]
  restart: [làm lại từ đầu]
  help: [trợ giúp, giúp]
  stop: [dừng, nghỉ]
  human: [gặp người, gặp cán bộ, cho tôi gặp người]
  resume: [làm tiếp]
  change: [sửa, sửa câu trả lời]
  commune: [đổi xã]
  summary: [tóm tắt]
  tick: [đánh dấu giấy tờ]
  why: [để làm gì, sao lại hỏi]
  bot: [quay lại bot, bot]
  erase: [xoá dữ liệu, xoadulieu]
  export: [dữ liệu của tôi, dulieucuatoi]
  callback: [gọi lại]
  nocall: [đừng gọi nữa]
  source: [nguồn ở đâu]
facts:
  name: [tên thủ tục là gì]
  code: [mã thủ tục]
  where: [nộp ở đâu, làm ở đâu]
  time: [mất bao lâu, bao lâu thì xong]
  fee: [tốn bao nhiêu tiền, lệ phí bao nhiêu, mất tiền không, bao nhiêu tiền]
  benefit: [được bao nhiêu tiền, nhận bao nhiêu tiền]
  who: [ai làm được]
  result: [được cái gì, kết quả là gì]
  law: [theo luật nào]
commune:
  hours: [mấy giờ làm việc]
  phone: [số điện thoại của xã]
  address: [địa chỉ của xã]
papers: [cần giấy tờ gì]
status: [hồ sơ đến đâu rồi]
meaning: [là gì]
frustration: [bực quá]
out_of_scope: [giá vàng]
greeting: [xin chào, chào]
thanks: [cảm ơn, cám ơn]
waiting: [sao lâu, chờ + mãi, không + có ai/thấy, có ai không, chưa + thấy, bao giờ + có người]
helping: [làm cho, làm hộ, việc của]
helping_lead: [xong, rồi, tôi]
helping_next: [giờ]
helping_thing: [cái]
people: [bà, ông, chị]
kin: [nội]
oneself: [tôi, mình]
fillers: [ạ, dạ, em ơi, cho hỏi, đâu, nhé, với, vậy, thế]
idle: [thế nào]
synonyms: {nhà: [căn nhà]}
neutral: [có, rồi, làm, được, giấy, tờ, đó, cái, nào, cả, gì]
abbreviations: {ko: không, dc: được}
questions:
  fee: [tốn/mất + tiền/bao nhiêu, bao nhiêu tiền]
  benefit: [được/nhận + bao nhiêu, bao nhiêu tiền]
"""


def _named(model: type[Part]) -> dict[str, object]:
    """Each sentence is `[name]` and the places that its description says it may hold."""
    made: dict[str, object] = {}
    for name, field in model.model_fields.items():
        places = " ".join(re.findall(r"\{[a-z]+\}", field.description or ""))
        made[name] = f"[{name}] {places}".strip()
    return made


def bot_yaml() -> str:
    made = _named(BotTexts)
    made |= {name: f"[{name}]" for name in ("unsure_part", "unsure_parts", "unsure_mark")}
    made["ticket_opened_bare"] = "[ticket_opened]"
    made["own_data"] = _named(OwnDataTexts)
    made["labels"] = {name: f"<{name}>" for name in LABELS} | {
        "resume": "<resume> {title}",
        "go": "<go> {title}",
        "help_person": "<help_person> {person}",
    }
    made["still_waiting"] = [f"[still_waiting {n}]" for n in (1, 2, 3)]
    made["page"] = {name: f"({name})" for name in PAGE}
    made["privacy"] = {"(kept)": "(kept) {transcripts}"}
    made["fact_labels"] = {kind: kind for kind in get_args(FactKind)}
    made["leaflet_labels"] = {line: line for line in get_args(LeafletLine)}
    made["agencies"] = {kind: f"[agency {kind}]" for kind in get_args(FileAt)}
    made["missing"] = {key: f"[missing {key}]" for key in get_args(CommuneValue)}
    made["to_ask"] = {"school_plan": "[to_ask school_plan]"}
    made["ways"] = {"online": "online", "postal": "postal", "direct": "direct"}
    made["attachment_names"] = {kind: f"<{kind}>" for kind in get_args(AttachmentKind)}
    made["returned"] = {"thieu-giay": "<thieu-giay>", "ly-do-khac": "<ly-do-khac>"}
    made["telegram_commands"] = {"menu": "menu"}
    return yaml.safe_dump(made, allow_unicode=True)


def team_yaml() -> str:
    made = _named(TeamTexts)
    words = {"claim": "nhận", "list": "phiếu", "talk": "nói", "done": "xong", "release": "thả", "help": "giúp"}
    words |= {"helped": "qua mạng", "in_person": "tại xã", "wrong": "sai", "spam": "phá"}
    made["commands"] = {
        command: [word, f"/{word}"]
        for command, word in {
            **words,
            "leave": "rời tổ",
            "block": "chặn",
            "unblock": "bỏ chặn",
            "tip": "mẹo",
            "practice": "tập",
            "transfer": "chuyển",
            "canned": "câu",
            "send": "gửi",
            "on_duty": "hôm nay tôi trực",
            "off_duty": "thôi trực",
            "duty": "ai trực",
        }.items()
    }
    made["languages"] = {
        "tay": {"name": "tiếng Tày", "frames": ["tiếng Tày"]},
        "dao": {"name": "tiếng Dao", "frames": ["tiếng Dao"]},
    }
    made["reasons"] = {reason: f"[reason {reason}]" for reason in get_args(Reason)}
    made["attachments"] = {kind: f"[attachment {kind}]" for kind in get_args(AttachmentKind)}
    made["outcomes"] = {name: f"[outcome {name}]" for name in get_args(TicketOutcome)}
    made["alarms"] = {key: f"[alarm {key}] {{detail}}" for key in get_args(AlarmKey)}
    made["practice_citizens"] = [
        {"hint": "[hint easy]", "lines": ["Tôi vướng.", "Vẫn chưa được.", "Được rồi, cảm ơn."]},
        {"hint": "[hint angry]", "lines": ["Làm ăn kiểu gì thế?", "Thôi được."]},
    ]
    made["group_buttons"] = {name: f"<{name}>" for name in get_args(GroupButton)}
    made["channels"] = {"zalo-bot": "Zalo Bot", "web": "trang web"}
    made["platform"], made["platform_done"] = {"zalo-oa": "Zalo OA"}, ["#xong"]
    made["authors"] = {"citizen": "Bà con", "bot": "Máy"}
    return yaml.safe_dump(made, allow_unicode=True)


def files(**changed: str) -> dict[str, str]:
    """The files of the small library; a keyword such as `house` replaces a part."""
    return {
        "procedures/lam-nha.yaml": changed.get("house", HOUSE),
        "procedures/nuoi-meo.yaml": changed.get("cat", CAT),
        "procedures/lam-nha.questions.yaml": changed.get("asked", ASKED),
        "shared/nop.yaml": changed.get("shared", SHARED),
        "provinces/thu.yaml": changed.get("province", PROVINCE),
        "communes/ban-moi.yaml": changed.get("commune", COMMUNE),
        "sources.yaml": "so-tay: {title: Sổ tay, date: 2026-10-01}\n" + changed.get("sources", ""),
        "words.yaml": changed.get("words", WORDS),
        "bot.yaml": changed.get("bot", bot_yaml()),
        "team.yaml": team_yaml(),
        "canned.yaml": CANNED,
        "danger.yaml": DANGER,
        "person.yaml": PERSON,
    }


def library(**changed: str) -> Library:
    return load(files(**changed))

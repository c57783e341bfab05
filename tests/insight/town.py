"""Three months of made-up citizens on the shipped content, written as events: enough for every table of the pages."""

import asyncio
import random
from dataclasses import replace
from datetime import timedelta

from bot import conversations
from bot.insight import events, rollups
from bot.insight.events import Source
from bot.service import Service
from bot.sharing import links
from bot.store.tx import Tx
from flows.definition.steps import Do, Done
from flows.messages import AnalyticsEvent, Missed
from flows.state import State

PEOPLE = 110  # a month
_WORDS = (
    *["xin giấy xác nhận độc thân"] * 4,
    *["xin giay xac nhan doc than"] * 3,
    *["làm cái thẻ thương binh"] * 6,
    "tôi là Nông Thị Mỷ ở thôn Khuổi A, con chưa có giấy",
    "toi ten la hoang van phinh muon lam so do",
)


def fill(service: Service) -> None:
    asyncio.run(service.database.write(lambda tx: _fill(tx, service, random.Random(7))))


def _fill(tx: Tx, service: Service, luck: random.Random) -> None:
    brought = (None, *(links.make_link(tx, "na-ri", procedure, "xóm", "Lan") for procedure in ("lop-1", "khai-sinh")))
    for number in range(3 * PEOPLE):
        at = tx.now - timedelta(days=30 * (2 - number // PEOPLE))
        channel = luck.choice(("web", "zalo-oa", "zalo-bot", "telegram"))
        few = number % PEOPLE == 50  # a person a month, too few to be shown
        commune = "con-minh" if few else luck.choices(("na-ri", "van-lang", None), (6, 3, 1))[0]
        mine = conversations.find_or_begin(replace(tx, now=at), channel, f"p{number}", State())
        if link := luck.choices(brought, (6, 3, 0.1))[0]:
            links.record_arrival(replace(tx, now=at), link, mine.id)
        source = Source(mine.id, channel, commune)
        events.record_events(replace(tx, now=at), source, _walk(service, luck), here=True)
        if number < len(_WORDS):
            conversations.note_miss(tx, mine.id, Missed(_WORDS[number], None, None), commune)
    rollups.roll_up(tx)


def _walk(service: Service, luck: random.Random) -> list[AnalyticsEvent]:
    procedure = luck.choices(("lop-1", "dat-mat-so", "khai-sinh"), (6, 3, 1))[0]
    happened = [AnalyticsEvent("chosen", procedure)]
    for step in service.content.library.procedures[procedure].steps:
        happened.append(AnalyticsEvent("shown", procedure, step.id))
        if isinstance(step, Done):
            happened += [AnalyticsEvent("finished", procedure), *_told(luck, procedure)]
        elif luck.random() < 0.015:
            return [*happened, *_stuck(luck, procedure, step.id)]
        elif luck.random() < 0.06:
            happened.append(AnalyticsEvent("back", procedure, step.id))
        elif isinstance(step, Do) and step.troubles and luck.random() < 0.3:
            happened.append(AnalyticsEvent("trouble", procedure, step.id, luck.choice(step.troubles).id))
        happened.append(AnalyticsEvent("answered", procedure, step.id))
    return happened


def _told(luck: random.Random, procedure: str) -> list[AnalyticsEvent]:
    filed = luck.choices(("online", "in_person", "returned", "not_yet"), (4, 5, 2, 1))[0]
    why = (
        [AnalyticsEvent("returned", procedure, None, luck.choice(("thieu-giay", "anh-mo")))]
        if filed == "returned"
        else []
    )
    return [AnalyticsEvent("outcome", procedure, None, filed), *why]


def _stuck(luck: random.Random, procedure: str, step: str) -> list[AnalyticsEvent]:
    waits, hour = luck.randrange(2, 95), f"{luck.choice((8, 9, 14, 19)):02}"
    helped = [AnalyticsEvent("claimed", procedure, step, hour, waits), AnalyticsEvent("resolved", procedure, step)]
    return [
        AnalyticsEvent("ticket", procedure, step, "stuck"),
        *helped,
        AnalyticsEvent("rated", procedure, step, None, luck.randrange(3, 6)),
    ]

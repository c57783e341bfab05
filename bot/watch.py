"""Checks, again and again, for what an operator must mend; each finding is an alarm while it lasts.

A function returns what it found: what it is about ("" where there can be but one) -> a detail for the operator.
"""

import hashlib
import platform
import shutil
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from sqlalchemy import func, select

from bot import backup
from bot.content import read_national
from bot.outbox import backlog
from bot.outbox.outbox import DEAD
from bot.settings import Settings
from bot.store.tables import conversations, inbound, outbox
from bot.store.tx import Tx
from flows.checks.national_facts import differences
from flows.definition.hours import VIETNAM
from flows.definition.library import Library
from flows.definition.national import National

Found = Mapping[str, str]

PLATFORMS = {"telegram", "zalo-oa", "zalo-bot"}  # that post by themselves
_WAITS = timedelta(minutes=5)  # of the oldest message of a channel that is not held up for a known reason
_DEAD, _LATELY = 3, timedelta(hours=1)  # messages that were refused, within this time
_DAY = (7, 21)  # hours in which people write
_WEEK, _USUAL, _FEW = 7, 6, 3  # of so many days, on so many at least so many messages came at this hour
_TIGHT = 2  # times the floor of free disk

HOST = platform.node()[:30]  # replicas on other machines have disks of their own


def outbox_stuck(tx: Tx) -> Found:
    """Find channels where messages wait too long. One that is paused has an alarm of its own."""
    lines = backlog.list_channels(tx)
    late = (line for line in lines if line.oldest and not line.paused and tx.now - line.oldest >= _WAITS)
    return {line.channel: f"{line.channel}: {line.pending}, {_minutes(tx.now, line.oldest)} phút" for line in late}


def dead_letters(tx: Tx) -> Found:
    """Find whether messages to people who did not block us are refused again and again."""
    lately = (outbox.c.state == DEAD) & (outbox.c.done_at > tx.now - _LATELY)
    query = select(func.count(), func.max(outbox.c.error)).join(
        conversations, conversations.c.id == outbox.c.conversation_id
    )
    count, reason = tx.execute(query.where(lately & ~conversations.c.blocked)).one()
    return {"": f"{count}; {reason}"} if count >= _DEAD else {}


def find_silent(tx: Tx, channels: Collection[str], settings: Settings) -> Found:
    """Find platforms from which nothing came for hours by day, though something always comes at that time."""
    wait = timedelta(hours=settings.silent_hours)
    hour = tx.now.astimezone(VIETNAM).hour
    if not wait or not _DAY[0] + settings.silent_hours <= hour < _DAY[1]:
        return {}
    quiet = PLATFORMS & set(channels) - _came(tx, tx.now - wait, tx.now, 1)
    if not quiet:
        return {}
    for_days = [_came(tx, tx.now - wait - day, tx.now - day, _FEW) for day in map(timedelta, range(1, _WEEK + 1))]
    unusual = [name for name in sorted(quiet) if sum(name in came for came in for_days) >= _USUAL]
    return {name: f"{name}: {settings.silent_hours:g} giờ" for name in unusual}


def _came(tx: Tx, since: datetime, until: datetime, least: int) -> set[str]:
    """Return the channels on which at least so many messages came in this time."""
    within = (inbound.c.received_at > since) & (inbound.c.received_at <= until)
    query = select(inbound.c.channel).where(within).group_by(inbound.c.channel).having(func.count() >= least)
    return set(tx.execute(query).scalars())


def backup_missing(tx: Tx, settings: Settings) -> Found:
    """Find whether the last backup is too old; where there is none yet, whether people have spoken for as long as that."""
    limit = timedelta(hours=settings.backup_hours)
    made = backup.last(tx)
    begun = tx.execute(select(func.min(conversations.c.created_at))).scalar() if made is None else made
    serves = settings.url.startswith("https://")  # else it is somebody's try
    if not limit or not serves or begun is None or tx.now - begun < limit:
        return {}
    return {"": f"{(tx.now - made) // timedelta(hours=1)} giờ" if made else "chưa có bản nào"}


def disk_full(settings: Settings) -> Found:
    """Find whether so little is free that uploads will stop soon."""
    folder = settings.data_dir.absolute()
    free = shutil.disk_usage(next(each for each in (folder, *folder.parents) if each.exists())).free
    return {HOST: f"{HOST}: còn {free / 1e9:.1f} GB"} if free < _TIGHT * settings.disk_floor else {}


def national_differs(library: Library, folder: Path, today: date) -> Found:
    """Find whether the national snapshot says otherwise than we do; what is found is about those very differences."""
    files = list(folder.glob("*.txt"))
    if not files:
        return {"": f"không có tệp .txt nào trong {folder}"}
    snapshot = _snapshot(folder, (len(files), max(file.stat().st_mtime for file in files)))
    found = [str(problem) for problem in differences(library, snapshot, today)]
    if not found:
        return {}
    about = hashlib.sha256("\n".join(found).encode()).hexdigest()[:8]
    return {about: f"{len(found)} chỗ, đầu tiên là {found[0]}"}


@lru_cache(maxsize=1)  # read anew only when a file is
def _snapshot(folder: Path, _stamp: tuple[int, float]) -> Mapping[str, National]:
    return read_national(folder)


def _minutes(now: datetime, since: datetime | None) -> int:
    return (now - (since or now)) // timedelta(minutes=1)

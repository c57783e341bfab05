"""Links to a procedure in a commune, each with the place where it was shared: a group, a poster.

What a link brought is counted for each day. Which conversation came by which link is kept with the conversation and goes with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, true, update

from bot.errors import MotcuaError
from bot.sharing import codes
from bot.store.prepared import insert_new
from bot.store.tables import arrivals, link_days, links
from bot.store.tx import Tx
from flows.definition.hours import VIETNAM

SOURCE = 80  # characters of what a source is called
_PAGES = ""  # the source of those who came to a page by no link of ours


class NoSuchLink(MotcuaError):
    pass


@dataclass(frozen=True)
class Link:
    """`procedure` is "" for a link to all that the commune's people come for; `source` tells where it was shared."""

    id: int
    code: str
    commune: str
    procedure: str
    source: str
    made_by: str
    retired: bool

    @property
    def shown(self) -> str:
        """The code as people read and type it."""
        return codes.format_code(self.code, self.commune)

    @property
    def path(self) -> str:
        """Make the path of its page on our site."""
        return "/".join(filter(None, ("/g", self.commune, self.procedure)))

    @property
    def start(self) -> str:
        """Make what the engine begins with."""
        return "_".join(filter(None, (self.commune, self.procedure)))


@dataclass(frozen=True)
class Counted:
    link: Link
    visits: int
    conversations: int


def make_link(tx: Tx, commune: str, procedure: str, source: str, who: str) -> Link:
    """Make the link for this place; one that was retired is in use again."""
    link = find_or_make(tx, commune, procedure, source, who)
    tx.execute(update(links).where(links.c.id == link.id).values(retired_at=None))
    return replace(link, retired=False)


def find_or_make(tx: Tx, commune: str, procedure: str, source: str, who: str) -> Link:
    """Find the link of this place as it is, made if there is none."""
    source = _tidy_source(source)
    if found := _find_at(tx, commune, procedure, source):
        return found
    letters = codes.code_letters(commune, procedure)
    taken = set(tx.execute(select(links.c.code).where(links.c.code.startswith(letters))).scalars())
    code = next(code for code in codes.number_codes(letters) if code not in taken)
    row = {
        "code": code,
        "commune": commune,
        "procedure": procedure,
        "source": source,
        "made_by": who,
        "made_at": tx.now,
    }
    insert_new(tx, links, **row)  # not when somebody else takes the code or the place at this very moment
    return find_or_make(tx, commune, procedure, source, who)


def link_of_page(tx: Tx, commune: str, procedure: str, code: str) -> Link:
    """Find the link by which somebody came to a page: the one of this code, or of the same source where they went on from
    there."""
    came = find_in_text(tx, code) if code else None
    if came and (came.commune, came.procedure) == (commune, procedure):
        return came
    if came and came.commune == commune and not came.retired:
        return find_or_make(tx, commune, procedure, came.source, came.made_by)
    return find_or_make(tx, commune, procedure, _PAGES, "")


def find_in_text(tx: Tx, text: str) -> Link | None:
    """Find the link whose code somebody sent, in any form and inside any sentence. Retired ones too: paper can't be called
    back."""
    wanted = codes.find_codes(text)
    if not wanted:
        return None
    found = {row.code: _from_row(row) for row in tx.execute(select(links).where(links.c.code.in_(wanted)))}
    return next((found[code] for code in wanted if code in found), None)


def list_links(tx: Tx, communes: Sequence[str] = ()) -> list[Counted]:
    """List the links in use with what they brought, the newest first; of these communes only, of all when none is named."""
    theirs: ColumnElement[bool] = links.c.commune.in_(communes) if communes else true()
    totals = [func.coalesce(func.sum(column), 0) for column in (link_days.c.visits, link_days.c.conversations)]
    query = select(links, *totals).outerjoin(link_days)
    query = query.where(theirs & links.c.retired_at.is_(None) & (links.c.source != _PAGES))
    rows = tx.execute(query.group_by(*links.c).order_by(links.c.id.desc()))
    return [Counted(_from_row(row), int(row[-2]), int(row[-1])) for row in rows]


def rename_link(tx: Tx, link: Link, source: str) -> bool:
    """Rename the place of a link; False when another link of the procedure is called so."""
    source = _tidy_source(source)
    if not source or _find_at(tx, link.commune, link.procedure, source) not in (None, link):
        return False
    tx.execute(update(links).where(links.c.id == link.id).values(source=source))
    return True


def retire_link(tx: Tx, link: Link) -> None:
    """Retire a link: nobody is offered it any more; who still finds it on paper gets where they want."""
    tx.execute(update(links).where(links.c.id == link.id).values(retired_at=tx.now))


def record_visit(tx: Tx, link: Link) -> None:
    """Count a visit of its page."""
    _count(tx, link, visits=1)


def record_arrival(tx: Tx, link: Link, conversation_id: int) -> None:
    """Count a conversation that came by this link; the same one again is counted once."""
    if insert_new(tx, arrivals, conversation_id=conversation_id, link_id=link.id, at=tx.now):
        _count(tx, link, conversations=1)


def _count(tx: Tx, link: Link, visits: int = 0, conversations: int = 0) -> None:
    day = tx.now.astimezone(VIETNAM).date()
    more = {"visits": link_days.c.visits + visits, "conversations": link_days.c.conversations + conversations}
    first = {"link_id": link.id, "day": day, "visits": visits, "conversations": conversations}
    if not insert_new(tx, link_days, **first):
        this = (link_days.c.link_id == link.id) & (link_days.c.day == day)
        tx.execute(update(link_days).where(this).values(**more))


def _find_at(tx: Tx, commune: str, procedure: str, source: str) -> Link | None:
    this = (links.c.commune == commune) & (links.c.procedure == procedure) & (links.c.source == source)
    row = tx.execute(select(links).where(this)).one_or_none()
    return _from_row(row) if row else None


def _tidy_source(source: str) -> str:
    return " ".join(source.split())[:SOURCE]


def _from_row(row: Row[Any]) -> Link:
    return Link(row.id, row.code, row.commune, row.procedure, row.source, row.made_by, row.retired_at is not None)

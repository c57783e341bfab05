"""The members of the team: who they are, which communes they serve, in which chats they work."""

import hashlib
import json
import re
import secrets
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, bindparam, delete, insert, select, update

from bot.errors import MotcuaError
from bot.handoff import duty as duties
from bot.handoff.duty import Duty
from bot.store.prepared import Prepared
from bot.store.tables import agents, sessions, work_chats
from bot.store.tx import Tx
from flows.definition.hours import VIETNAM

Role = Literal["member", "lead", "admin"]

INVITED = timedelta(days=7)  # that an invitation is good for
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without 0/O and 1/I, which people mix up
_CODE = re.compile(rf"TO[\s-]?([{_LETTERS}]{{5}})[\s-]?([{_LETTERS}]{{5}})", re.IGNORECASE)
_NAME = 40  # characters
_SIGNS = frozenset("0123456789 .'’-()")
_BARRED_LETTERS = {"đ": "d", "Đ": "D", "ƀ": "b", "Ƀ": "B"}  # that have no accent which could be taken away
_ALIKE = str.maketrans("0i1|ƀ", "olllb")
_NOBODY = frozenset({"bot", "cltlzen", "motcua"})  # how transcript and audit call the bot, the citizen, the operator


class NoSuchAgent(MotcuaError):
    pass


class NameTaken(MotcuaError):
    pass


@dataclass(frozen=True)
class Agent:
    """`communes` are ids; none means all. `speaks`: ids of languages beside Vietnamese."""

    id: int
    name: str
    role: Role
    communes: tuple[str, ...]
    duty: Duty = field(default=Duty(), compare=False)
    speaks: tuple[str, ...] = field(default=(), compare=False)

    @property
    def leads(self) -> bool:
        return self.role != "member"

    def serves(self, commune: str | None) -> bool:
        return not self.communes or commune is None or commune in self.communes

    def shares_commune(self, communes: Collection[str]) -> bool:
        """Tell whether they serve one of these communes, of which none means all."""
        return not communes or not self.communes or not set(communes).isdisjoint(self.communes)

    def can_speak(self, languages: Collection[str] | None) -> bool:
        """Tell whether they speak one of these languages, of which none means any; nobody asks for one where it is None."""
        if languages is None:
            return False
        return not set(languages).isdisjoint(self.speaks) if languages else bool(self.speaks)

    def manages(self, other: "Agent") -> bool:
        """Tell whether they may give this member a new code, which is as good as their password.

        A lead may to members, an admin to everybody, within their own communes.
        """
        within = not self.communes or (other.communes and set(other.communes) <= set(self.communes))
        return bool(within) and (self.role == "admin" or (self.role == "lead" and other.role == "member"))


@dataclass(frozen=True)
class WorkChat:
    """A private chat in which a member works.

    Attributes:
        ticket_id: the ticket that they speak about there.
        named_at: when they named it; None since something about another ticket came, or before they confirmed it.
        offered: marks of the ready answers that were listed to them for it, in that order.
    """

    agent: Agent
    channel: str
    contact: str
    ticket_id: int | None
    named_at: datetime | None = None
    offered: tuple[str, ...] = ()


def add_agent(tx: Tx, name: str, role: Role, communes: tuple[str, ...]) -> Agent:
    """Add a member to the team.

    Raises:
        NameTaken: somebody has or had this name, or one that looks like it; citizens and colleagues tell people apart by it.
    """
    name = " ".join(unicodedata.normalize("NFC", name).split())
    taken = {fold_name(row.name) for row in tx.execute(select(agents.c.name))}
    if not any(map(str.isalpha, name)) or not all(ch in _SIGNS or _plain(ch).isascii() for ch in name):
        raise NameTaken(f"Tên “{name}” có chữ lạ: chỉ dùng chữ cái tiếng Việt, chữ số, dấu cách, dấu chấm, gạch nối.")
    of_nobody = not _NOBODY.isdisjoint(map(fold_name, (*re.findall(r"[\w'’]+", _plain(name)), _plain(name))))
    if len(name) > _NAME or of_nobody or fold_name(name) in taken:
        raise NameTaken(f"Tên “{name}” trống, dài quá {_NAME} chữ hoặc đã có người dùng: chọn tên khác.")
    row = {"name": name, "role": role, "communes": json.dumps(communes), "created_at": tx.now}
    tx.execute(insert(agents).values(row))
    return find_by_name(tx, name)


def fold_name(name: str) -> str:
    """Fold a name so that names which a hurried reader could not tell apart ("Lan Anh", "Ian-Anh", "LANANH") become equal."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", name).casefold().translate(_ALIKE)))


def _plain(text: str) -> str:
    """Write letters of Vietnam's languages without their accents."""
    bare = "".join(_BARRED_LETTERS.get(ch, ch) for ch in text)
    return "".join(ch for ch in unicodedata.normalize("NFD", bare) if not unicodedata.combining(ch))


def find_by_name(tx: Tx, name: str) -> Agent:
    """Find a member by name, in upper or lower case.

    Raises:
        NoSuchAgent: nobody in the team is called so.
    """
    for agent in list_all(tx):
        if agent.name.casefold() == name.casefold():
            return agent
    raise NoSuchAgent(f"Trong tổ không có ai tên “{name}”. Xem `motcua team list`.")


def list_all(tx: Tx) -> list[Agent]:
    rows = tx.execute(select(agents).where(agents.c.removed_at.is_(None)).order_by(agents.c.name))
    return [_agent_from(row) for row in rows]


def keep_duty(tx: Tx, agent: Agent, duty: Duty) -> None:
    tx.execute(update(agents).where(agents.c.id == agent.id).values(duty=duties.to_json(duty)))


def keep_speaks(tx: Tx, agent: Agent, speaks: Collection[str]) -> None:
    tx.execute(update(agents).where(agents.c.id == agent.id).values(speaks=json.dumps(list(speaks))))


def say_duty(tx: Tx, agent: Agent, *, there: bool) -> None:
    """Record what a member says of today, whatever their weekdays are."""
    keep_duty(tx, agent, replace(agent.duty, said_on=tx.now.astimezone(VIETNAM).date(), there=there))


def list_signed_in(tx: Tx) -> set[int]:
    """List the ids of the members who are signed in to the console somewhere."""
    return set(tx.execute(select(sessions.c.agent_id).where(sessions.c.until > tx.now)).scalars())


def remove_agent(tx: Tx, agent: Agent) -> list[WorkChat]:
    """Take a member out of the team and return the chats in which they worked."""
    left = list_chats(tx, agent)
    tx.execute(delete(work_chats).where(work_chats.c.agent_id == agent.id))
    tx.execute(update(agents).where(agents.c.id == agent.id).values(removed_at=tx.now, code_hash=None))
    return left


def make_invitation(tx: Tx, agent: Agent) -> str:
    """Make an invitation code that joins one chat. Single use, a week; invalidates earlier codes."""
    code = "".join(secrets.choice(_LETTERS) for _ in range(10))
    changes = {"code_hash": _hash_code(code), "code_until": tx.now + INVITED}
    tx.execute(update(agents).where(agents.c.id == agent.id).values(changes))
    return f"TO-{code[:5]}-{code[5:]}"


def is_code(text: str) -> bool:
    return _CODE.fullmatch(text.strip()) is not None


def join_with_code(tx: Tx, channel: str, contact: str, code: str) -> Agent | None:
    """Make this chat a work chat of the member with this code; None for a code that is wrong, used or too old."""
    agent = _use_code(tx, code)
    if agent:
        leave_chat(tx, channel, contact)
        tx.execute(insert(work_chats).values(channel=channel, contact=contact, agent_id=agent.id))
    return agent


def choose_password(tx: Tx, code: str, password_hash: str) -> Agent | None:
    """Set the password of the member with this code; None for a code that is wrong, used or too old."""
    agent = _use_code(tx, code)
    if agent:
        tx.execute(update(agents).where(agents.c.id == agent.id).values(password_hash=password_hash))
    return agent


def password_of(tx: Tx, name: str) -> tuple[Agent, str | None] | None:
    """Find a member by name with their password hash; None when nobody is called so."""
    for row in tx.execute(select(agents).where(agents.c.removed_at.is_(None))):
        if row.name.casefold() == name.casefold():
            return _agent_from(row), row.password_hash
    return None


def is_valid_code(tx: Tx, code: str) -> bool:
    """Tell whether somebody could use this code now."""
    good = _is_valid(code, tx.now)
    return good is not None and tx.execute(select(agents.c.id).where(good)).first() is not None


def _use_code(tx: Tx, code: str) -> Agent | None:
    """Find whose code it is, and use it up: it is good for nothing from then on."""
    good = _is_valid(code, tx.now)
    if good is None:
        return None
    used = update(agents).where(good).values(code_hash=None, code_until=None)
    row = tx.execute(used.returning(*agents.c)).one_or_none()
    return _agent_from(row) if row else None


def _is_valid(code: str, now: datetime) -> ColumnElement[bool] | None:
    match = _CODE.fullmatch(code.strip())
    if match is None:
        return None
    hashed = agents.c.code_hash == _hash_code(match[1] + match[2])
    return hashed & (agents.c.code_until > now) & agents.c.removed_at.is_(None)


def with_id(tx: Tx, agent_id: int) -> Agent | None:
    row = tx.execute(select(agents).where((agents.c.id == agent_id) & agents.c.removed_at.is_(None))).first()
    return _agent_from(row) if row else None


def leave_chat(tx: Tx, channel: str, contact: str) -> None:
    tx.execute(delete(work_chats).where(_this_chat(channel, contact)))


def find_chat(tx: Tx, channel: str, contact: str) -> WorkChat | None:
    """Find the work chat with this contact; None when the contact is a citizen."""
    row = _CHAT.fetch_first(tx, channel=channel, contact=contact)
    return _chat_from(row) if row else None


def list_chats(tx: Tx, agent: Agent | None = None) -> list[WorkChat]:
    """List the work chats of one member, or of all."""
    query = _CHATS if agent is None else _CHATS.where(agents.c.id == agent.id)
    return [_chat_from(row) for row in tx.execute(query.order_by(agents.c.id))]


def speak_about(tx: Tx, chat: WorkChat, ticket_id: int, named_at: datetime | None) -> None:
    """Make this ticket the one that the chat speaks about. What is typed goes to its citizen only once the member named it."""
    changes = {"ticket_id": ticket_id, "named_at": named_at, "offered": None, "draft": None}
    tx.execute(update(work_chats).where(_this_chat(chat.channel, chat.contact)).values(changes))


def ask_before_next(tx: Tx, chat: WorkChat, ticket_id: int) -> None:
    """Ask before the next words go out: something about this ticket is read in the chat, and what is typed may be meant for
    it."""
    others = _this_chat(chat.channel, chat.contact) & (work_chats.c.ticket_id != ticket_id)
    tx.execute(update(work_chats).where(others).values(named_at=None))


def record_offered(tx: Tx, chat: WorkChat, marks: list[str]) -> None:
    """Store which ready answers were listed in this chat, in their order."""
    tx.execute(update(work_chats).where(_this_chat(chat.channel, chat.contact)).values(offered=json.dumps(marks)))


_OF_CHAT = (work_chats.c[name] for name in ("channel", "contact", "ticket_id", "named_at", "offered"))
_CHATS = select(agents, *_OF_CHAT).join(work_chats, work_chats.c.agent_id == agents.c.id)


def _this_chat(channel: object, contact: object) -> Any:
    return (work_chats.c.channel == channel) & (work_chats.c.contact == contact)


_CHAT = Prepared(_CHATS.where(_this_chat(bindparam("channel"), bindparam("contact"))))


def _hash_code(code: str) -> str:
    return hashlib.sha256(code.upper().encode()).hexdigest()


def _agent_from(row: Any) -> Agent:
    communes, speaks = (tuple(json.loads(ids or "[]")) for ids in (row.communes, row.speaks))
    return Agent(row.id, row.name, row.role, communes, duties.from_json(row.duty), speaks)


def _chat_from(row: Any) -> WorkChat:
    offered = tuple(json.loads(row.offered or "[]"))
    return WorkChat(_agent_from(row), row.channel, row.contact, row.ticket_id, row.named_at, offered)

"""A code of six digits from an app on a member's own phone (TOTP, RFC 6238), beside the password: leads need one."""

import hmac
from datetime import datetime, timedelta

import pyotp
from sqlalchemy import or_, select, update

from bot.encryption import Encryption
from bot.handoff.agents import Agent
from bot.store.tables import agents
from bot.store.tx import Tx

_ISSUER = "Motcua"
_STEP = timedelta(seconds=30)
_NEAR = (-1, 0, 1)  # steps by which a phone's clock may be wrong
_LENGTH = 32  # characters of a key


def new_key() -> str:
    return pyotp.random_base32(_LENGTH)


def is_key(text: str) -> bool:
    """Tell whether it looks like one of ours: the form brings it back."""
    return len(text) == _LENGTH and text.isascii() and all(ch in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" for ch in text)


def provisioning_uri(agent: Agent, key: str) -> str:
    """Make the address that an app on the phone opens, or scans."""
    return pyotp.TOTP(key).provisioning_uri(name=agent.name, issuer_name=_ISSUER)


def matching_step(key: str, code: str, now: datetime) -> int | None:
    """Find the moment, in steps of 30 seconds, of which this is the code; None when it is wrong."""
    typed, totp = "".join(code.split()), pyotp.TOTP(key)
    this = int(now.timestamp()) // int(_STEP.total_seconds())
    near = (this + by for by in _NEAR)
    return next((step for step in near if hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode())), None)


def store_key(tx: Tx, seal: Encryption, agent: Agent, key: str, step: int) -> None:
    """Take this member's codes from this key; that of `step` was used."""
    kept = {"factor": seal.encrypt({"key": key}), "factor_step": step}
    tx.execute(update(agents).where(agents.c.id == agent.id).values(kept))


def drop_key(tx: Tx, agent: Agent) -> None:
    """Drop the key of who lost their phone: they choose another one when they come in again."""
    tx.execute(update(agents).where(agents.c.id == agent.id).values(factor=None, factor_step=None))


def is_chosen(tx: Tx, agent: Agent) -> bool:
    kept = select(agents.c.factor).where(agents.c.id == agent.id)
    return tx.execute(kept).scalar_one_or_none() is not None


def verify_code(tx: Tx, seal: Encryption, agent: Agent, code: str) -> bool:
    """Tell whether this is the member's code now. No code is good twice, on whichever replica."""
    kept = tx.execute(select(agents.c.factor).where(agents.c.id == agent.id)).scalar_one_or_none()
    opened = seal.decrypt(kept) if kept else None
    step = matching_step(opened["key"], code, tx.now) if opened else None
    if step is None:
        return False
    unused = (agents.c.id == agent.id) & or_(agents.c.factor_step.is_(None), agents.c.factor_step < step)
    return tx.execute(update(agents).where(unused).values(factor_step=step)).rowcount == 1

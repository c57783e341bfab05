"""Authentication for the console: members of the team sign in with name and password, those who lead with a second factor too."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from fastapi import HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer

from bot.console import second_factor, sessions, tries
from bot.console.hashing import Hashing, make_hasher
from bot.encryption import SIGNED_WITH, Encryption
from bot.errors import MotcuaError
from bot.handoff import agents
from bot.handoff.agents import Agent
from bot.http import row_id, same_site
from bot.request_limits import address_of
from bot.settings import Settings
from bot.store.database import Database
from bot.store.tx import Tx

log = logging.getLogger("motcua.console")

SHORTEST, LONGEST = 8, 200  # characters of a password

T = TypeVar("T")
_COOKIE = "motcua-team"
_KNOWN = "motcua-known"
_YEAR = 366 * 86400  # seconds
_HALFWAY = 600  # seconds between the password and the code
_GUESSED = 2  # of zxcvbn's scores 0 to 4: from here on a password takes more than a million tries
_CHECKED = 72  # characters of a password that it looks at
_IN_LINE = 20  # that may wait for their turn


class NotNow(MotcuaError):
    """Nobody is let in for a moment; the text tells them what to do."""


@dataclass
class Auth:
    """Strangers who guess a member's password are turned away after a few tries. A browser in which that member was signed in
    before has its own tries, so that nobody can lock a member out. Names are no secret: citizens see them."""

    settings: Settings
    database: Database
    _hashing: Hashing = field(default_factory=Hashing)
    _nobodys: str = field(default_factory=lambda: make_hasher().hash(secrets.token_urlsafe()))
    _worker: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "hash"))
    _in_line: int = 0

    async def signed_in_agent(self, request: Request) -> Agent | None:
        token, database = self._token(request), self.database
        if not token or (agent := await database.read(lambda tx: sessions.agent_of(tx, token))) is None:
            return None
        if await database.read(lambda tx: sessions.is_use_unnoted(tx, token)):
            await database.write(lambda tx: sessions.record_use(tx, token))
        return agent

    async def require_member(self, request: Request) -> Agent:
        """Name the member who asks for a page, or posts a form of one.

        Raises:
            HTTPException: nobody is signed in, or another site posts: it leads to the sign-in, and from there back to the ticket.
        """
        posted_elsewhere = request.method == "POST" and not same_site(request)
        if not posted_elsewhere and (agent := await self.signed_in_agent(request)):
            return agent
        to = row_id(request.path_params.get("ticket_id", 0))
        raise HTTPException(303, headers={"Location": f"/console/login?to={to}" if to else "/console/login"})

    async def require_lead(self, request: Request) -> Agent:
        """Name the lead who asks.

        Raises:
            HTTPException: who asks leads nobody, which brings them back to the queue; or has yet to choose a second factor.
        """
        agent = await self.require_member(request)
        if not agent.leads:
            log.warning("console: %s asks for what only leads may", agent.name)
            raise HTTPException(303, headers={"Location": "/console"})
        if not await self.has_second_factor(agent):
            raise HTTPException(303, headers={"Location": "/console/me/second"})
        return agent

    async def has_second_factor(self, agent: Agent) -> bool:
        return await self.database.read(lambda tx: second_factor.is_chosen(tx, agent))

    async def check_password(self, request: Request, name: str, password: str) -> Agent | None:
        """Check a name and a password; None when they don't belong together.

        Raises:
            NotNow: too many wrong passwords for this name, or too many people at the door.
        """
        agent, kept = await self.database.read(lambda tx: agents.password_of(tx, name)) or (None, None)
        if agent is None or kept is None:
            await self._hash_in_turn(lambda: self._hashing.matches(self._nobodys, password))  # as long as for somebody
            log.warning("console: a password for a name that nobody has")  # what they typed may be a password
            return None
        if not await self._is_their_password(agent, kept, password, request):
            log.warning("console: a wrong password for %s", agent.name)
            return None
        return agent

    async def confirm_password(self, request: Request, agent: Agent, password: str) -> bool:
        """Tell whether a member who is signed in types their password.

        Raises:
            NotNow: too many wrong ones, or too many people at the door.
        """
        _, kept = await self.database.read(lambda tx: agents.password_of(tx, agent.name)) or (None, None)
        return kept is not None and await self._is_their_password(agent, kept, password, request)

    async def confirm_password_and_code(self, request: Request, agent: Agent, password: str, code: str) -> bool:
        """Tell whether a member types their password and, if they have a second factor, its code.

        Raises:
            NotNow: too many wrong ones, or too many people at the door.
        """
        if not await self.confirm_password(request, agent, password):
            return False
        return not await self.has_second_factor(agent) or await self.confirm_code(agent, code)

    async def confirm_code(self, agent: Agent, code: str) -> bool:
        """Tell whether this is the code of a member who knows their password. Tries count from everywhere: who doesn't know the
        password does not come so far.

        Raises:
            NotNow: too many wrong ones.
        """
        counted, database = self._counted(agent, "code"), self.database
        if not await database.write(lambda tx: tries.take(tx, counted)):
            raise NotNow("Nhiều mã sai quá. Anh chị đợi mười phút rồi thử lại.")
        if not await database.write(lambda tx: second_factor.verify_code(tx, self.key_encryption, agent, code)):
            log.warning("console: a wrong code for %s", agent.name)
            return False
        await database.write(lambda tx: tries.forget(tx, counted))
        return True

    @property
    def key_encryption(self) -> Encryption:
        """Make the seal of the keys of second factors."""
        return Encryption(self.settings.signing_key, "second factor")

    async def sign_halfway(self, agent: Agent, to: str) -> str:
        """Sign what lets a member who knows their password come in with a code, within some minutes; "" where they need
        none."""
        return self._half.dumps([agent.id, to]) if await self.has_second_factor(agent) else ""

    async def read_halfway(self, half: str) -> tuple[Agent, str] | None:
        """Verify who knew their password, and where they go; None when that was too long ago."""
        try:
            agent_id, to = self._half.loads(half, max_age=_HALFWAY)
        except (BadSignature, TypeError, ValueError):
            return None
        agent = await self.database.read(lambda tx: agents.with_id(tx, agent_id))
        return (agent, str(to)) if agent else None

    @property
    def _half(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.settings.signing_key, "halfway in", signer_kwargs=SIGNED_WITH)

    async def _is_their_password(self, agent: Agent, kept: str, password: str, request: Request) -> bool:
        browser, database = self._browser_of(agent, request), self.database
        counted = self._counted(agent, browser or self._address(request))
        if not await database.write(lambda tx: tries.take(tx, counted)):
            raise NotNow("Nhiều lần sai quá. Anh chị đợi mười phút, hoặc xin trưởng nhóm mã mời mới.")
        if not await self._hash_in_turn(lambda: self._hashing.matches(kept, password), known=browser != ""):
            return False
        await database.write(lambda tx: tries.forget(tx, counted))
        return True

    async def is_valid_code(self, code: str) -> bool:
        valid = await self.database.read(lambda tx: agents.is_valid_code(tx, code))
        if not valid:
            log.warning("console: a code that lets nobody in")
        return valid

    async def set_password(self, code: str, password: str) -> Agent | None:
        """Set the password of the member with this code and sign them out everywhere else; None for a code that is good for
        nothing.

        Raises:
            NotNow: too many people at the door.
        """
        kept = await self._hash_in_turn(lambda: self._hashing.hash(password))

        def work(tx: Tx) -> Agent | None:
            agent = agents.choose_password(tx, code, kept)
            if agent:
                sessions.end_all(tx, agent)
            return agent

        return await self.database.write(work)

    async def sign_in(self, request: Request, agent: Agent, to: str) -> Response:
        """Open a session in place of the one that this browser had, and lead there."""
        settings, before = self.settings, self._token(request)
        lasts = timedelta(days=settings.session_days)

        def work(tx: Tx) -> str:
            sessions.end_session(tx, before)
            return sessions.begin_session(tx, agent, lasts)

        token = await self.database.write(work)
        log.info("console: %s came in", agent.name)
        known = self._signer.dumps([agent.id, secrets.token_urlsafe(9)])
        answer = RedirectResponse(to, 303)
        for kept, value, seconds in ((_COOKIE, token, int(lasts.total_seconds())), (_KNOWN, known, _YEAR)):
            # Lax: a ticket's link in a group chat opens signed in; posts are checked by same_site.
            name, secure = settings.cookie_name(kept), settings.cookies_secure
            answer.set_cookie(name, value, max_age=seconds, httponly=True, samesite="lax", secure=secure)
        return answer

    def session_hash(self, request: Request) -> str:
        """Hash the token of this browser's session."""
        return sessions.hash_token(self._token(request))

    async def sign_out(self, request: Request, agent: Agent, *, everywhere: bool) -> None:
        token = self._token(request)
        await self.database.write(
            lambda tx: sessions.end_all(tx, agent) if everywhere else sessions.end_session(tx, token)
        )

    def _token(self, request: Request) -> str:
        return request.cookies.get(self.settings.cookie_name(_COOKIE), "")

    @property
    def _signer(self) -> URLSafeSerializer:
        return URLSafeSerializer(self.settings.signing_key, "known browser", signer_kwargs=SIGNED_WITH)

    def _counted(self, agent: Agent, where: str) -> str:
        return tries.key(self.settings.signing_key, agent.id, where)

    def _browser_of(self, agent: Agent, request: Request) -> str:
        """Which of the browsers that this member used before; "" for any other."""
        try:
            agent_id, browser = self._signer.loads(request.cookies.get(self.settings.cookie_name(_KNOWN), ""))
        except (BadSignature, TypeError, ValueError):
            return ""
        return str(browser) if agent_id == agent.id else ""

    def _address(self, request: Request) -> str:
        client = request.client.host if request.client else ""
        return address_of(client) or client

    async def _hash_in_turn(self, work: Callable[[], T], *, known: bool = False) -> T:
        """Compute a hash, one at a time.

        Strangers may fill the line; who is known by their browser always gets a place at its end.
        """
        if not known and self._in_line >= _IN_LINE:
            raise NotNow("Đông người quá. Anh chị thử lại sau một phút.")
        self._in_line += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._worker, work)
        finally:
            self._in_line -= 1


def is_weak(password: str) -> bool:
    """Tell whether a password is among the first that anybody tries: a kept library with lists of those that leaked."""
    from zxcvbn import zxcvbn  # 10 MB of lists, needed once in a member's life

    return int(zxcvbn(password[:_CHECKED], user_inputs=["motcua", "mat khau", "to cong nghe so"])["score"]) < _GUESSED


def join_link(settings: Settings, code: str) -> str:
    return f"{settings.url}/console/join#{code}"

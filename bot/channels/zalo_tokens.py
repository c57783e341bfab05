"""The token pair of Zalo OA, sealed in the database. A refresh token works once: the new pair is saved before it is used (A2.2).

One replica at a time exchanges, under a lease that outlives the call; the others find the new pair in the database.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot import alarms, leases
from bot.channels.client import Client
from bot.channels.zalo_oauth import ZaloOAuth
from bot.clock import Clock
from bot.encryption import Encryption
from bot.errors import Halted, Refused, SendError, StoreUnavailable, TryAgain
from bot.outbox import rate_limits
from bot.settings import Settings
from bot.store import key_values
from bot.store.database import Database
from bot.store.tx import Tx
from bot.team_keys import AlarmKey

log = logging.getLogger("motcua.zalo_oa")

_KEY = "zalo-oa"  # the channel, and what is kept under its name
_EARLY = timedelta(hours=20)  # of the 25 that an access token lives
_LATE = timedelta(hours=22)  # from then on a failure is no passing trouble any more
_MARGIN = timedelta(seconds=30)  # that a lease outlives the call, and that replicas' clocks may differ
_OTHERS = 2.0  # seconds in which another replica is usually done
_GRANT_LOST = 900.0  # seconds that messages wait before the next look for a new grant
_NONE_YET = "chưa có token nào dùng được"  # stands in a sentence for the team
_SAVE_AGAIN = 1.0  # seconds; a pair that is not saved is lost for good


@dataclass(frozen=True)
class Pair:
    """
    Attributes:
        given: the refresh token that stood in the settings; another one there is a newer grant.
        issued: when Zalo made it, as far as we know.
    """

    access: str
    refresh: str
    given: str
    issued: datetime


class ZaloTokens:
    def __init__(self, settings: Settings, database: Database, client: Client, clock: Clock) -> None:
        self._given = settings.zalo_oa_refresh_token.get_secret_value()
        self._given_access = settings.zalo_oa_access_token.get_secret_value()
        self._lease = timedelta(seconds=settings.send_timeout) + _MARGIN
        self._seal = Encryption(settings.signing_key, _KEY)
        self._oauth = ZaloOAuth(settings, client)
        self._database = database
        self._clock = clock
        self._pair: Pair | None = None
        self._at_work: asyncio.Task[None] | None = None
        self._lost: tuple[Pair | None, datetime] | None = (
            None  # what Zalo refused, and until when it is not asked again
        )

    @property
    def access(self) -> str:
        """The token to call with now; "" while there is no grant."""
        return self._pair.access if self._pair else ""

    @property
    def issued(self) -> datetime | None:
        """When Zalo made the pair; None while there is no grant."""
        return self._pair.issued if self._pair else None

    async def start(self) -> None:
        """Load the pair that is kept, unless the operator has given a new one since."""
        self._pair = await self._database.write(self._adopt_pair)
        if self._pair is None:
            await self._set_alarm("zalo_grant", _NONE_YET)

    async def reload(self) -> None:
        """Load what another replica has saved."""
        self._pair = await self._database.read(lambda tx: self._decrypt(_raw(tx))) or self._pair

    async def keep_fresh(self) -> None:
        """Exchange the pair well before it runs out, so that no message meets a dead token. Trouble becomes an alarm."""
        await self.reload()
        if self._pair and self._clock() - self._pair.issued >= _EARLY:
            with suppress(SendError):
                await self._run_shielded(self._refresh_once(self._pair.access, early=True))

    async def refresh(self, instead_of: str) -> None:
        """Get a new pair for a dead token, unless somebody has meanwhile.

        Raises:
            TryAgain: Zalo's OAuth can't be reached.
            Halted: the grant is lost, and messages wait for an admin's new consent.
        """
        await self.reload()
        if self.access == instead_of:
            await self._run_shielded(self._refresh_once(instead_of))

    async def accept_grant(self, code: str, verifier: str, and_then: Callable[[Tx], None]) -> None:
        """Take a new grant from an admin's consent. `and_then` happens in the transaction that saves it.

        Raises:
            TryAgain, Refused: as `ZaloOAuth.exchange`; the former also while another replica is at it.
        """

        async def exchange() -> None:
            form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
            await self._save_pair(None, *await self._oauth.exchange(**form), and_then)

        if self._is_exchanging:
            raise TryAgain("zalo-oa: the token is being exchanged", after=_OTHERS)
        await self._run_shielded(self._run_under_lease(exchange))

    async def close(self) -> None:
        """Save first what was asked of Zalo, if that can be."""
        if self._at_work:
            await asyncio.wait([self._at_work], timeout=self._lease.total_seconds())

    @property
    def _is_exchanging(self) -> bool:
        return self._at_work is not None and not self._at_work.done()

    async def _run_shielded(self, work: Coroutine[Any, Any, None]) -> None:
        """Shield the exchange: whoever waits may be cancelled in between (calls have a time limit, services stop), it may
        not."""
        if self._is_exchanging:
            work.close()
        else:
            self._at_work = asyncio.create_task(work)
        assert self._at_work
        await asyncio.shield(self._at_work)

    async def _refresh_once(self, instead_of: str, *, early: bool = False) -> None:
        async def exchange() -> None:
            await self.reload()
            if self.access == instead_of:
                await self._exchange_pair(self._pair, early=early)

        await self._run_under_lease(exchange)

    async def _run_under_lease(self, work: Callable[[], Awaitable[None]]) -> None:
        until = await self._database.write(lambda tx: leases.take_lease(tx, _KEY, self._lease))
        if until is None:
            raise TryAgain("zalo-oa: another replica exchanges the token", after=_OTHERS)
        try:
            await work()
        finally:
            with suppress(StoreUnavailable):  # it runs out by itself
                await self._database.write(lambda tx: leases.give_lease_back(tx, _KEY, until))

    async def _exchange_pair(self, old: Pair | None, *, early: bool) -> None:
        if self._lost and self._lost[0] == old and self._clock() < self._lost[1]:
            raise Halted("zalo-oa: the grant is lost", _GRANT_LOST)
        try:
            if old is None:
                raise Refused(_NONE_YET)
            access, refresh = await self._oauth.exchange(grant_type="refresh_token", refresh_token=old.refresh)
        except Refused as error:
            log.error("zalo-oa: the grant is lost (%s). An admin of the OA must consent: motcua zalo authorize", error)
            self._lost = (old, self._clock() + timedelta(seconds=_GRANT_LOST))
            await self._set_alarm("zalo_grant", str(error))
            raise Halted(f"zalo-oa: the grant is lost ({error})", _GRANT_LOST) from None
        except TryAgain as error:
            log.warning("zalo-oa: the token is not refreshed yet: %s", error)
            if not early or old is None or self._clock() - old.issued >= _LATE:
                await self._set_alarm("zalo_refresh", str(error))
            raise
        await self._save_pair(old, access, refresh)

    async def _save_pair(
        self, old: Pair | None, access: str, refresh: str, and_then: Callable[[Tx], None] = lambda _: None
    ) -> None:
        """Save the pair, tried until the database takes it.

        In place of `old` only: a newer grant that came meanwhile is not overwritten.
        """
        pair = Pair(access, refresh, self._given, self._clock())

        def work(tx: Tx) -> None:
            raw = _raw(tx)
            if old is None or self._decrypt(raw) == old:
                key_values.set_value(tx, _KEY, self._encrypt(pair))
            alarms.end_alarm(tx, "zalo_grant")
            alarms.end_alarm(tx, "zalo_refresh")
            rate_limits.resume_channel(tx, _KEY)
            and_then(tx)

        while True:
            try:
                await self._database.write(work)
                break
            except StoreUnavailable as error:
                log.error("zalo-oa: a new token pair waits to be saved: %s", error)
                await asyncio.sleep(_SAVE_AGAIN)
        await self.reload()

    async def _set_alarm(self, key: AlarmKey, detail: str) -> None:
        await self._database.write(lambda tx: alarms.set_off(tx, key, detail))

    def _adopt_pair(self, tx: Tx) -> Pair | None:
        """Adopt the kept pair or that of the settings.

        Of replicas that start at once only one gets its own in; what nobody here can open is never overwritten.
        """
        raw = _raw(tx)
        kept = self._decrypt(raw)
        stale = self._given and self._given_access and (kept.given != self._given if kept else not raw)
        pair = Pair(self._given_access, self._given, self._given, tx.now) if stale else kept
        if pair and not raw:
            key_values.set_if_new(tx, _KEY, self._encrypt(pair))
        elif pair and (stale or _is_plain(raw)):
            key_values.swap(tx, _KEY, raw, self._encrypt(pair))
        if stale:
            alarms.end_alarm(tx, "zalo_grant")  # if it is none either, Zalo soon says so
            rate_limits.resume_channel(tx, _KEY)
        return self._decrypt(_raw(tx))

    def _encrypt(self, pair: Pair) -> str:
        value = {"access": pair.access, "refresh": pair.refresh, "given": pair.given}
        return self._seal.encrypt({**value, "issued": pair.issued.isoformat()})

    def _decrypt(self, raw: str) -> Pair | None:
        """Decrypt a pair. Those of before they were encrypted are read too; when they were issued nobody wrote down."""
        value = json.loads(raw) if _is_plain(raw) else self._seal.decrypt(raw) if raw else None
        if value is None:
            return None
        issued = datetime.fromisoformat(value["issued"]) if "issued" in value else self._clock()
        return Pair(value["access"], value["refresh"], value["given"], issued)


def _raw(tx: Tx) -> str:
    return key_values.get(tx, _KEY) or ""


def _is_plain(raw: str) -> bool:
    return raw.startswith("{")

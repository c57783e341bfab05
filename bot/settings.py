"""Every setting, from MOTCUA_* variables or a .env file. A field's description is its documentation."""

import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal

import httpx
from dotenv.parser import Binding, parse_stream
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import SettingsError
from bot.kept_secret import read_or_make
from flows.messages import Limits

_SHORTEST, _DIFFERENT = 16, 5  # characters of a secret, and of these different ones
_LONGEST = 36_500  # days, and hours or minutes: a hundred years
_TELEGRAM_TOKEN = re.compile(r"\d{1,20}:[\w-]{1,200}", re.ASCII)
_TELEGRAM_SECRET = re.compile(r"[\w-]{0,256}", re.ASCII)  # https://core.telegram.org/bots/api#setwebhook
_HOST = re.compile(r"(?:https?://)?[\w.-]{1,253}(?::\d{1,5})?", re.ASCII)
_ENCODING = "utf-8-sig"  # Notepad puts a mark before the first letter
_HERE = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="MOTCUA_",
        env_file=".env",
        env_file_encoding=_ENCODING,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    database_url: str = Field(default="", description="SQLAlchemy URL; empty: a SQLite file in data_dir")
    data_dir: Path = Field(default=Path("var"), description="folder for the SQLite file and the generated secret")
    content_dir: Path = Field(default=_HERE / "content", description="folder with the content files")
    national_dir: Path | None = Field(
        default=None, description="folder with a snapshot of the national procedures; a difference is an alarm"
    )
    content_poll: float = Field(default=2.0, gt=0, description="seconds between looks for edited content files")
    host: str = Field(default="127.0.0.1", description="address that `motcua serve` listens on")
    port: int = Field(default=8000, ge=0, le=65_535, description="port that `motcua serve` listens on")
    public_url: str = Field(default="", description="https address under which platforms reach this service")
    secret: SecretStr = Field(
        default=SecretStr(""),
        description="signs cookies, seals the tokens of Zalo OA; empty: made once, kept in data_dir",
    )
    secure_cookies: bool | None = Field(
        default=None, description="cookies over https only; empty: when public_url is https"
    )

    telegram_token: SecretStr = Field(
        default=SecretStr(""), description="token from @BotFather; empty: Telegram is off"
    )
    telegram_secret: SecretStr = Field(default=SecretStr(""), description="secret that Telegram sends with each post")
    telegram_api: str = Field(default="https://api.telegram.org", description="base URL of the Bot API")
    telegram_paced: bool = Field(
        default=True, description="write no faster than Telegram takes; false only where a stand-in plays Telegram"
    )

    zalo_oa_app_id: str = Field(
        default="", description="id of the app that the Official Account authorises; empty: Zalo OA is off"
    )
    zalo_oa_id: str = Field(default="", description="id of the Official Account; empty: any OA of the app")
    zalo_oa_app_secret: SecretStr = Field(default=SecretStr(""), description="secret of the app, for refreshing tokens")
    zalo_oa_secret_key: SecretStr = Field(
        default=SecretStr(""), description="OA Secret Key of the webhook page, for signatures"
    )
    zalo_oa_access_token: SecretStr = Field(
        default=SecretStr(""), description="first access token, instead of `motcua zalo authorize`"
    )
    zalo_oa_refresh_token: SecretStr = Field(
        default=SecretStr(""), description="first refresh token; later ones are kept in the database"
    )
    zalo_oa_api: str = Field(default="https://openapi.zalo.me", description="base URL of the OA OpenAPI")
    zalo_oa_oauth: str = Field(default="https://oauth.zaloapp.com", description="base URL of Zalo's OAuth")
    zalo_verification: str = Field(
        default="", description="what Zalo gives to prove that the domain is yours: zalo_verifier<this>.html"
    )

    zalo_media: str = Field(
        default="zdn.vn zadn.vn dlfl.vn flchat.vn dlmd.me mdchat.me",
        description="hosts on which Zalo keeps what people send; nothing is fetched elsewhere",
    )

    zalo_bot_token: SecretStr = Field(
        default=SecretStr(""), description="token from Zalo Bot Creator; empty: Zalo Bot is off"
    )
    zalo_bot_secret: SecretStr = Field(
        default=SecretStr(""), description="secret (8-256 characters) that Zalo sends with each post"
    )
    zalo_bot_link: str = Field(
        default="", description="address that opens a chat with the Zalo Bot, from its share tab; for links and posters"
    )
    zalo_bot_api: str = Field(default="https://bot-api.zaloplatforms.com", description="base URL of the Bot Platform")

    session_days: float = Field(
        default=30.0, gt=0, description="days that a member of the team stays signed in on /console"
    )
    idle_days: float = Field(
        default=14.0, gt=0, description="days without a page opened after which a member is signed out of /console"
    )
    push_email: str = Field(
        default="",
        description="address at which push services reach the operator; empty: no alerts while /console is closed",
    )
    push_services: str = Field(
        default="fcm.googleapis.com updates.push.services.mozilla.com push.apple.com notify.windows.com",
        description="hosts of browsers' push services; alerts are sent nowhere else",
    )
    team_telegram_chat: str = Field(
        default="", pattern=r"^(?:-\d{1,20})?$", description="chat id of the Telegram group in which the team answers"
    )
    team_zalo_group: str = Field(
        default="", description="chat id of the Zalo Bot group in which tickets are called out"
    )
    remind_minutes: float = Field(
        default=10.0, gt=0, description="minutes of the team's hours after which a ticket is told to the team again"
    )
    lead_minutes: float = Field(
        default=30.0, gt=0, description="minutes of the team's hours after which its leads hear of a ticket"
    )
    parent_minutes: float = Field(
        default=120.0, gt=0, description="minutes of the team's hours after which the parent team hears of a ticket"
    )
    nudge_minutes: float = Field(
        default=30.0,
        gt=0,
        description="minutes that a citizen waits for the person's answer before that person is nudged",
    )
    answer_minutes: float = Field(
        default=60.0, gt=0, description="minutes that a citizen waits for the person's answer before the bot is back"
    )

    tool_minutes: float = Field(
        default=60.0, gt=0, description="minutes of silence after which a ticket answered in Zalo OA's own tool is over"
    )
    reopen_hours: float = Field(
        default=72.0, ge=0, description="hours in which asking for a person again reopens the ticket that was resolved"
    )

    checkin_days: float = Field(
        default=7.0, ge=0, description="days after their last word that a citizen is asked how it went; 0: never"
    )
    event_months: int = Field(
        default=24, gt=0, description="months that single events are kept; what was counted by day stays"
    )

    alarm_chat: str = Field(
        default="",
        pattern=r"^(?:(?:telegram|zalo-bot):\S+)?$",
        description="chat of the operators that hears every alarm, as channel:chat id; empty: only the team's admins hear it",
    )
    silent_hours: float = Field(
        default=2.0,
        ge=0,
        description="hours by day without a message after which a platform is unusually silent; 0: never",
    )
    backup_hours: float = Field(
        default=48.0, ge=0, description="hours after which the last `motcua backup` is too old; 0: others back up"
    )
    metrics_token: SecretStr = Field(
        default=SecretStr(""),
        description="token with which Prometheus reads /metrics, 16 characters or more; empty: nobody may",
    )
    log_format: Literal["plain", "json"] = Field(
        default="plain", description="how lines of the log look: plain, or json for programs that collect them"
    )

    body_limit: int = Field(default=1_000_000, gt=0, description="bytes of a post that are read; more is answered 413")
    phone_days: float = Field(
        default=7.0, gt=0, description="days after the end of a ticket that the number for a call back is kept"
    )
    transcript_days: float = Field(
        default=90.0, ge=8, description="days that what was said is kept, and by which link somebody came"
    )
    ticket_days: float = Field(
        default=180.0, ge=8, description="days that a ticket is kept after its end, with the team's notes on it"
    )
    contact_days: float = Field(
        default=365.0, ge=30, description="days of silence after which a citizen and their answers are forgotten"
    )
    ban_days: float = Field(default=180.0, gt=0, description="days after which a ban ends by itself")
    note_days: float = Field(default=365.0, gt=0, description="days that notes for the content's editors are kept")
    look_days: float = Field(default=365.0, gt=0, description="days that it is kept who did and saw what")
    file_limit: int = Field(default=10_000_000, gt=0, description="bytes of a picture or file that are passed on")
    upload_budget: int = Field(
        default=1_000_000_000,
        gt=0,
        description="bytes that all citizens together may upload in a day; a fifth of it in an hour",
    )
    disk_floor: int = Field(
        default=1_000_000_000, ge=0, description="bytes of free disk under which no upload is taken any more"
    )
    file_days: float = Field(default=30.0, gt=0, description="days that pictures and files are kept")
    link_hours: float = Field(default=72.0, gt=0, description="hours that the link to a picture or file is good for")
    text_limit: int = Field(default=2000, gt=0, description="characters of a message that are read")
    state_limit: int = Field(default=16_384, gt=0, description="bytes of JSON that a conversation may remember")
    step_limit: int = Field(default=60, gt=0, description="steps that a procedure may have")
    away_hours: float = Field(default=12.0, gt=0, description="hours of silence after which a citizen is welcomed back")
    linger_minutes: float = Field(
        default=5.0, gt=0, description="minutes of going back and forth on one step after which a person is offered"
    )

    send_timeout: float = Field(default=15.0, gt=0, le=45, description="seconds to wait for a platform's answer")
    send_attempts: int = Field(default=12, gt=0, description="tries before a message becomes a dead letter")
    send_in_flight: int = Field(
        default=16, gt=0, description="messages on their way at the same time, to different people"
    )
    late_answer_hours: float = Field(
        default=24.0, gt=0, description="hours after which an answer to a citizen makes no sense and is not sent"
    )
    late_note_hours: float = Field(
        default=12.0, gt=0, description="hours after which a message to the team makes no sense and is not sent"
    )
    late_call_minutes: float = Field(
        default=10.0, gt=0, description="minutes after which a call that only tidies up (buttons go) is not made"
    )
    person_burst: int = Field(
        default=30, gt=0, description="messages that one person may send in a row; then one every two seconds"
    )
    sent_days: float = Field(default=7.0, ge=2, description="days that rows of sent messages are kept")
    backup_days: int = Field(
        default=14, ge=0, description="days that backups are kept, as told to citizens who erase their data"
    )
    dead_days: float = Field(default=30.0, gt=0, description="days that dead letters, and what came too late, are kept")
    inbound_days: float = Field(
        default=30.0, gt=0, description="days that ids of messages are kept, to know one that comes again"
    )

    @field_validator("database_url")
    @classmethod
    def _names_a_database(cls, url: str) -> str:
        if url and not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("write postgresql+psycopg://user:password@host/name, or leave it empty for SQLite")
        try:
            parts = make_url(url or "sqlite:///x")
        except (ArgumentError, ValueError):
            raise ValueError(
                "it can't be read: a port is a number, and an address like ::1 stands in [brackets]"
            ) from None
        if "@" in (parts.host or ""):
            raise ValueError("in a password write @ as %40")
        if not parts.database:
            raise ValueError("it names no database: postgresql+psycopg://user:password@host/name")
        return url

    @field_validator("telegram_api", "zalo_oa_api", "zalo_oa_oauth", "zalo_bot_api")
    @classmethod
    def _can_be_called(cls, url: str) -> str:
        try:
            parts = httpx.URL(url)
            callable_ = parts.scheme in ("https", "http") and parts.host and not parts.query and " " not in url
        except (httpx.InvalidURL, ValueError):
            callable_ = False
        if not callable_:
            raise ValueError("it is no address: leave it out, unless another server stands in for the platform")
        return url.rstrip("/")

    @field_validator("zalo_bot_link")
    @classmethod
    def _opens_a_chat(cls, link: str) -> str:
        if link and not link.startswith("https://"):
            raise ValueError("copy the whole address of the bot's share tab, with https://")
        return link

    @field_validator("zalo_media", "push_services")
    @classmethod
    def _names_hosts(cls, hosts: str) -> str:
        if not all(_HOST.fullmatch(host) for host in hosts.split()):
            raise ValueError("write hosts with spaces between them, like zdn.vn: no comma, nothing behind the name")
        return hosts

    @field_validator("*")
    @classmethod
    def _is_no_eternity(cls, value: object) -> object:
        """Refuse what no calendar holds: it would fail later, at the first look at a date."""
        if isinstance(value, float) and not value <= _LONGEST:
            raise ValueError(f"write {_LONGEST} or less")
        return value

    @field_validator("telegram_token")
    @classmethod
    def _looks_like_a_token(cls, token: SecretStr) -> SecretStr:
        given = token.get_secret_value().strip()
        if given and not _TELEGRAM_TOKEN.fullmatch(given):
            raise ValueError("write it whole, as @BotFather gave it: a number, a colon, letters")
        return SecretStr(given)

    @field_validator("telegram_secret")
    @classmethod
    def _can_be_sent(cls, secret: SecretStr) -> SecretStr:
        if not _TELEGRAM_SECRET.fullmatch(secret.get_secret_value()):
            raise ValueError(
                "Telegram takes 256 letters a-z, digits, - and _ at most: `openssl rand -hex 32` makes one"
            )
        return secret

    @field_validator("metrics_token")
    @classmethod
    def _hard_to_guess(cls, token: SecretStr) -> SecretStr:
        if 0 < len(token.get_secret_value()) < _SHORTEST:
            raise ValueError(f"write {_SHORTEST} characters or more, for example of `openssl rand -hex 32`")
        return token

    @property
    def url(self) -> str:
        """The address that people and platforms use, without a slash at the end."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def store_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'motcua.db'}"

    @property
    def cookies_secure(self) -> bool:
        return self.url.startswith("https://") if self.secure_cookies is None else self.secure_cookies

    def cookie_name(self, name: str) -> str:
        """Name a cookie. On https browsers take one of this prefix from this host alone, for all of it."""
        return f"__Host-{name}" if self.cookies_secure else name

    @property
    def limits(self) -> Limits:
        return Limits(
            text=self.text_limit,
            state=self.state_limit,
            away=self.away_hours,
            linger=self.linger_minutes,
            backups=self.backup_days,
        )

    @cached_property
    def signing_key(self) -> str:
        """The secret, made and kept on first use, so that people stay signed in over a restart.

        Raises:
            SettingsError: it is so short that it could be guessed, or can't be read or kept.
        """
        if given := self.secret.get_secret_value():
            return _long_enough(given, "MOTCUA_SECRET", "set a long random text, for example of `openssl rand -hex 32`")
        file = self.data_dir / "secret"
        mend = "put back the one from your backup; without one delete the file, then everybody has to sign in again"
        return _long_enough(read_or_make(file), str(file), mend)


def load_settings() -> Settings:
    """Load the settings from the environment.

    Raises:
        SettingsError: a variable can't be read; the text names it.
    """
    try:
        for binding in read_env_file():
            if binding.error:
                text = binding.original.string
                line = binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")
                raise SettingsError(
                    f".env, line {line} can't be read: write NAME=value, a quoted value with both quotes."
                )
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(f"MOTCUA_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
        raise SettingsError(f"Settings can't be used: {wrong}. Mend them in the environment or in .env.") from None
    except UnicodeDecodeError:
        raise SettingsError(".env is no text in UTF-8: write it anew, or save it again as UTF-8.") from None


def read_env_file() -> Sequence[Binding]:
    """Read the lines of .env as they are written; none where there is no such file."""
    file = Path(str(Settings.model_config.get("env_file") or ""))
    if not file.is_file():
        return ()
    with file.open(encoding=_ENCODING) as lines:
        return [*parse_stream(lines)]


def _long_enough(secret: str, where: str, mend: str) -> str:
    if len(secret) < _SHORTEST or len(set(secret)) < _DIFFERENT:
        raise SettingsError(f"{where} holds no secret of {_SHORTEST} characters or more: {mend}.")
    return secret

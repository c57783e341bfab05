"""Small things that every route needs."""

import logging
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, ClassVar
from urllib.parse import parse_qs

from fastapi import HTTPException, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.sse import EventSourceResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.utils import urlize
from markupsafe import Markup, escape
from pydantic import BeforeValidator
from starlette.datastructures import UploadFile

from flows.definition.hours import VIETNAM

log = logging.getLogger("motcua.http")

_HERE = Path(__file__).parent
_ROW_ID = 18  # digits: databases hold no longer ids

_PICTURE = re.compile(r"/tep/[\w.-]+/anh")  # links of bot/files.py, on this very site
_PICTURE_LINK = re.compile(r"(?:https?://[\w.:-]{1,260})?/tep/[\w.-]{1,400}/anh")  # in a time bounded by length
_VOICE = re.compile(r"/tep/[\w.-]+/nghe")
_LINK = re.compile(r"(<a .*?</a>)", re.DOTALL)
_FILE_LINK = re.compile(r'(<a [^>]*href="[^"]*/tep/[^"]*"[^>]*>)[^<]*</a>')
_ADDRESS = re.compile(r"://|www\.|@|\.(?:com|net|int|edu|gov|org|info|mil)(?!\w)", re.IGNORECASE)  # what urlize links
_LINES = 2_000  # that were rendered last are kept: who reloads a long conversation again and again keeps nobody waiting
# Numbers of emergency and phones: 115 of "115 nghìn", "1.013.115" or "8:115" is none.
_PHONE = re.compile(
    r"(?<![\w.,:/-])(?:11[1-5]|1[89]00(?:[ .]?\d{2,3}){2}|0\d(?:[ .]?\d){7,9})"
    r"(?![\w:/-]|[.,]\d| ?(?:đồng|nghìn|ngàn|triệu|mét|m2|m²|ngày|tuổi|người))"
)
_FIELDS = 20_000  # bytes of a form, beside its file
PRIVACY_PAGE = "/quyen-rieng-tu"
STATIC = _HERE / "static"
TEMPLATES = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)
TEMPLATES.filters["vn"] = lambda at: at.astimezone(VIETNAM).strftime("%H:%M %d/%m")
TEMPLATES.filters["time"] = lambda at: at.astimezone(VIETNAM).strftime("%H:%M")


@lru_cache(_LINES)
def linked(text: str, file: str = "") -> Markup:
    """Render a text with its addresses and phone numbers as links, so that a tap opens or calls.

    Args:
        file: what the link to something that was sent is called; nobody reads its address.
    """
    found = urlize(text, trim_url_limit=36, target="_blank", rel="noopener") if _ADDRESS.search(text) else escape(text)
    found = _FILE_LINK.sub(rf"\1{escape(file)}</a>", found) if file else found
    parts = _LINK.split(found)
    return Markup("".join(part if part.startswith("<a ") else _PHONE.sub(_call, part) for part in parts))  # noqa: S704  urlize escapes


def _call(number: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", number[0])
    return f'<a class="call" href="tel:{digits}">{number[0]}</a>'


TEMPLATES.filters["linked"] = linked
TEMPLATES.filters["pictures"] = _PICTURE.findall  # each is shown as the link that it is, in place of its address:
TEMPLATES.filters["unpictured"] = lambda text: _PICTURE_LINK.sub("", text)
TEMPLATES.filters["voices"] = _VOICE.findall

_STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # nginx would hold a stream back


@dataclass(frozen=True, kw_only=True)
class Page:
    """What one page shows, or a part of one that is sent alone. Its template reads these fields by their names, and no others.

    Attributes:
        template: the file under bot/templates.
        cache: who may keep it, and how long.
        status: with which it is answered.
    """

    template: ClassVar[str]
    cache: ClassVar[str] = "no-store"
    status: ClassVar[int] = 200

    def html(self) -> str:
        return TEMPLATES.get_template(self.template).render(vars(self))


@dataclass(frozen=True, kw_only=True)
class PlainPage(Page):
    """A page of words, to be read on a phone. `links`: whether its addresses are, which takes long where there are many."""

    template = "plain.html"
    title: str
    text: str
    links: bool = True


def render(page: Page, status: int | None = None) -> HTMLResponse:
    return HTMLResponse(page.html(), status or page.status, {"Cache-Control": page.cache})


def row_id(sent: str | int) -> int:
    """Parse the number of a row as a browser sends it; 0, which no row has, for anything that is none."""
    text = str(sent)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _ROW_ID else 0


RowId = Annotated[int, BeforeValidator(row_id)]


class TooLarge(Exception):
    """The body is larger than the service reads."""


async def read_body(request: Request, limit: int) -> bytes:
    """Read the body, no further than the limit.

    Raises:
        TooLarge: there is more.
    """
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > limit:
        raise TooLarge
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise TooLarge
    return bytes(body)


def stream_events(events: AsyncIterator[bytes]) -> Response:
    """Stream events as `format_sse_event` writes them, to a page that listens, until they end or the page is gone.

    FastAPI's own generator routes are not used: their sign of life is a comment, which no script hears, so that a phone
    could not tell a dead line; and each open page would hold two more tasks.
    """
    return EventSourceResponse(events, headers=_STREAM_HEADERS)


async def read_form(request: Request) -> dict[str, str]:
    """Read the fields of a posted form.

    Raises:
        TooLarge: there is more than a form of ours can hold.
    """
    fields, _ = await read_upload(request, 0)
    return fields


async def read_upload(request: Request, limit: int) -> tuple[dict[str, str], tuple[bytes, str] | None]:
    """Read the fields of a posted form, each once, and (what is in the file, what it is called) if one came with it.

    Raises:
        TooLarge: the file may be larger than the limit, one of no stated size may be any; or the fields are.
        HTTPException: it can't be read.
    """
    if not request.headers.get("content-type", "").startswith("multipart/"):
        found = parse_qs((await read_body(request, _FIELDS)).decode("utf-8", "replace"))
        return {key: _kept(values[0]) for key, values in found.items()}, None
    declared = request.headers.get("content-length", "")
    if not declared.isdigit() or int(declared) > limit + _FIELDS:
        raise TooLarge
    try:
        async with request.form(max_files=1, max_fields=10, max_part_size=_FIELDS) as form:
            fields = {key: _kept(value) for key, value in form.items() if isinstance(value, str) and value}
            sent = form.get("file")
            file = (await sent.read(), sent.filename or "") if isinstance(sent, UploadFile) and sent.size else None
            return fields, file
    except UnicodeError:  # of the charset that the sender names, which may be any that Python knows
        raise HTTPException(400) from None


def _kept(text: str) -> str:
    """Strip what no database keeps."""
    return text.replace("\0", "")


def same_site(request: Request) -> bool:
    """Check that our own site posts a form. Old browsers send neither header; their cookies are SameSite anyway."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    from_here = origin is None or origin.split("://")[-1] == request.headers.get("host")
    ours = site in ("same-origin", "none") if site else from_here
    if not ours:
        log.warning("a post of another site is refused")
    return ours

"""What every page of the console needs."""

from datetime import datetime, timedelta
from typing import Any

from fastapi import Request, Response

from bot import http
from bot.http import SAFE_HEADERS, templates

_FORM = 200_000  # bytes
_UNITS = ((timedelta(days=1), "ngày"), (timedelta(hours=1), "giờ"), (timedelta(minutes=1), "phút"))


def _ago(since: datetime, now: datetime) -> str:
    """How long ago, in the largest unit that fits: "12 phút"."""
    passed = now - since
    unit, name = next(((unit, name) for unit, name in _UNITS if passed >= unit), (timedelta(minutes=1), "phút"))
    return f"{passed // unit} {name}"


templates.env.filters["ago"] = _ago


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a posted form, each once."""
    return (await http.read_form(request, _FORM))[0]


def render(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    page = templates.TemplateResponse(request, f"console/{template}", values, status_code=status)
    page.headers.update(SAFE_HEADERS)
    page.headers["Cache-Control"] = "no-store"
    return page

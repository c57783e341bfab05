"""Posters, cards, guides on paper and preview pictures: each is laid out by a Typst file of print/, filled with plain values."""

import io
from dataclasses import asdict
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, Literal

import segno

from bot.sharing import checklist
from bot.sharing.leaflet import Leaflet
from bot.sharing.links import Link
from bot.sharing.ways import Ways
from bot.typesetting import Kind, typeset
from flows.checks.commune_questions import blanks
from flows.definition.entries import Commune
from flows.definition.facts import CommuneValue
from flows.definition.library import Library

Sheet = Literal["poster-a4", "poster-a5", "cards", "guide"]
SHEETS: tuple[Sheet, ...] = ("poster-a4", "poster-a5", "cards", "guide")

_LAYOUTS = Path(__file__).parent / "print"
_KEPT = 64  # preview pictures in memory, about 60 kB each
_PREVIEW = 144  # pixels an inch: they make 1200 x 630 pixels of its 600 x 315 points


def print_sheet(name: Sheet, leaflet: Leaflet, link: Link, ways: Ways, kind: Kind) -> bytes:
    """Print a sheet, one that is `offered`."""
    layout, _, paper = name.partition("-")
    values = {
        "title": leaflet.title,
        "commune": commune_heading(leaflet),
        "code": link.shown,
        "contacts": list_contacts(leaflet),
        "page": _draw_qr(ways.page),
        "paper": paper,
        "human": leaflet.library.sentences.labels["human"],
        "zalo": _draw_qr(ways.zalo),
        "telegram": _draw_qr(ways.telegram),
    }
    more = _guide_values(leaflet) if name == "guide" else {}
    return typeset(_LAYOUTS / f"{layout}.typ", values | more, kind)


def is_offered(name: Sheet, kind: Kind, link: Link) -> bool:
    """Tell whether there is such a sheet: a guide needs a procedure, and more pages than a picture has."""
    return name != "guide" or (kind == "pdf" and link.procedure != "")


def draw_commune_questions(library: Library, commune: Commune) -> bytes:
    """Draw a PDF of what a commune is asked, to write on."""
    values = {
        "title": f"Hỏi {commune.name}, {library.provinces[commune.province].name}",
        "file": f"content/communes/{commune.id}.yaml",
        "blanks": [asdict(blank) for blank in blanks(library, commune)],
    }
    return typeset(_LAYOUTS / "commune-questions.typ", values, "pdf")


def draw_preview(leaflet: Leaflet) -> bytes:
    """Draw the picture beside a page's address in chats: a PNG of 1200 x 630."""
    line = "Cần giấy gì · Nộp ở đâu · Mất bao lâu" if leaflet.procedure else "Hỏi một câu, máy chỉ từng bước"
    return _draw_preview(leaflet.title, commune_heading(leaflet), line)


@lru_cache(maxsize=_KEPT)
def _draw_preview(title: str, commune_: str, line: str) -> bytes:
    return typeset(_LAYOUTS / "preview.typ", {"title": title, "commune": commune_, "line": line}, "png", _PREVIEW)


def commune_heading(leaflet: Leaflet) -> str:
    """Write the commune as a heading: "Xã Na Rì, tỉnh Thái Nguyên"."""
    province = leaflet.library.provinces[leaflet.commune.province]
    named = f"{leaflet.commune.name}, {province.name}"
    return named[0].upper() + named[1:]


def list_contacts(leaflet: Leaflet) -> list[tuple[str, str]]:
    """List how the team is reached without a telephone's help, as far as the commune told."""
    named: tuple[tuple[str, CommuneValue], ...] = (("Điện thoại", "phone"), ("Giờ của tổ", "team_hours"))
    return [(label, text) for label, key in named if (text := leaflet.context.commune_value(key))]


def _guide_values(leaflet: Leaflet) -> dict[str, Any]:
    labels, unknown = leaflet.library.sentences.fact_labels, "chưa xác nhận được, bác hỏi nơi nộp"
    grouped = groupby(checklist.list_items(leaflet), key=attrgetter("when"))
    return {
        "summary": leaflet.summary,
        "date": f"{leaflet.today:%d/%m/%Y}",
        "facts": [(labels[kind], text or unknown) for kind, text in leaflet.facts.items()],
        "parts": [{"when": when, "items": [asdict(item) for item in found]} for when, found in grouped],
    }


def _draw_qr(address: str) -> str:
    """Draw an SVG, with the quiet margin that readers need; "" for no address."""
    if not address:
        return ""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", border=4)
    return out.getvalue().decode()

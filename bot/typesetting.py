"""Values laid out by a Typst file, in a font that we ship, so that every machine prints the same."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

Kind = Literal["pdf", "png"]

_FONTS = Path(__file__).parent / "sharing" / "fonts"
_PRINT = 200  # pixels an inch


def typeset(layout: Path, values: Mapping[str, Any], kind: Kind, ppi: int = _PRINT) -> bytes:
    """Typeset values as a PDF or a picture.

    Args:
        layout: the Typst file; what it includes lies beside it.
        ppi: pixels an inch of a PNG, which is the first page.
    """
    import typst  # 7 MB that most days nobody needs

    made = typst.compile(
        layout,
        root=layout.parent,
        font_paths=[_FONTS],
        ignore_system_fonts=True,
        format=kind,
        ppi=ppi,
        sys_inputs={"data": json.dumps(values, ensure_ascii=False)},
    )
    return made[0] if isinstance(made, list) else made


def font_families() -> list[str]:
    """List the fonts that sheets are printed in; without one they come out empty."""
    import typst

    return list(typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_FONTS]).families())

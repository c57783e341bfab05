"""Forms of address: content is written with "bác" for its reader; here this citizen's own form is put in its place."""

import re

from flows.state import FormOfAddress

# No reader: a doctor, and uncles and aunts in a list of relatives.
_SOMEBODY_ELSE = r"(?<!\bcô )(?<!\bdì )(?<!\bchú )(?<!\bcậu )\bbác\b(?! (?:sĩ|sỹ|ruột)\b)"
READER = re.compile(_SOMEBODY_ELSE, re.IGNORECASE)


def address(text: str, form: FormOfAddress) -> str:
    """Put a form of address in the place of "bác" wherever that is the reader, with a capital where it had one.

    No form is longer than "bác": a text that fits a channel still fits it.
    """
    if form == "bác":
        return text
    return READER.sub(lambda match: form.capitalize() if match[0][0] == "B" else form, text)

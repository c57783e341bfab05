"""The content that we ship, loaded once for the tests of it."""

from pathlib import Path

from bot.content import load_folder

CONTENT = Path(__file__).parents[2] / "content"
LIBRARY = load_folder(CONTENT)

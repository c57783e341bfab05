"""The team's pages: who waits, what they need, and an answer to them."""

from bot.console.pages import routes

__all__ = ["routes"]

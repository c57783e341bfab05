"""Checks of the content, and reports on it, for officials before citizens see it."""

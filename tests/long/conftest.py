"""Tests that take minutes: they run only when this folder is named, `pytest tests/long`."""

from pathlib import Path

import pytest

from tests.insight.conftest import month

__all__ = ["month"]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    named = any("long" in Path(argument.partition("::")[0]).parts for argument in config.args)
    return None if named else True

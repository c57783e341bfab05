import pytest

from flows.definition.library import Library
from tests.library import library as small_library


@pytest.fixture(scope="session")
def library() -> Library:
    return small_library()

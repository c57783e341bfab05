"""No expression that reads strangers' words takes more time than the length of the words allows."""

import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

import bot
import flows
from bot.privacy import phone_in, redact, redact_answer

LENGTH = 20_000  # characters: more than is read of any message
SECONDS = 1.0  # what is read faster than this needs no second look
OURS = {"bot.cli", "bot.store", "bot.insight", "flows.checks", "flows.definition"}  # what editors and operators wrote
WHOLE = {  # only matched with the whole of a text
    "bot.channels.telegram_topics._PLACE",
    "bot.handoff.zalo_group._TYPED",
    "bot.handoff.commands._COMMAND",
    "bot.handoff.telegram_group._TYPED",
}
SHORT = {"flows.text.language._TELEX_TONE": 40}  # characters: a word is cut before it is looked at

ATOMS = """0|1 |12 |123 |0912345678 |84 0|+84 |1.000.|1/|12/|19|2019 2020 |H50.12-|0 0 |o 1 |o0|A1B2|a|a |x.|a@|abc@def.| a còng |ạ|(|-
...|- - 1|  |\t|'|"|<|=|_|không |một 1 |otp 1990 |stk |mật khẩu |pass: |số nhà |Nguyễn Văn A sinh |tên là a |thửa |gọi |https://a/|/tep/|?
ddaats |so63 |d9o3 |a1 |aa|lớp1|5 tuổi |từ 1 đến |không phải |rắn cắn |chưa |rồi, """.replace("\n", "|").split("|")


def modules() -> Iterator[ModuleType]:
    for package in (bot, flows):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not any(found.name.startswith(each) for each in OURS):
                yield importlib.import_module(found.name)


def expressions() -> dict[str, re.Pattern[str]]:
    return {
        f"{module.__name__}.{name}": value
        for module in modules()
        for name, value in vars(module).items()
        if isinstance(value, re.Pattern) and isinstance(value.pattern, str)
    }


def grows(read: Callable[[str], object], text: str) -> bool:
    """Whether it takes long and, of the same run, more than three times as long as half of the text: a square takes four."""
    return seconds(read, text) > SECONDS and seconds(read, text) > 3 * seconds(read, text[len(text) // 2 :])


def seconds(read: Callable[[str], object], text: str) -> float:
    """Of this thread alone, whatever else the machine does."""
    begun = time.thread_time()
    read(text)
    return time.thread_time() - begun


@pytest.mark.parametrize("name", sorted(expressions()))
def test_an_expression_reads_any_text_in_a_time_that_its_length_allows(name: str) -> None:
    expression, length = expressions()[name], SHORT.get(name, LENGTH)

    def read(words: str) -> None:
        if name not in WHOLE:
            sum(1 for _ in expression.finditer(words))
        expression.fullmatch(words)

    for atom in filter(None, ATOMS):
        text = (atom * length)[:length]
        for words in (text, text + "!"):
            assert not grows(read, words), f"{atom!r} again and again"


@pytest.mark.parametrize("read", [redact, redact_answer, phone_in])
def test_masking_reads_any_text_in_a_time_that_its_length_allows(read: Callable[[str], object]) -> None:
    for atom in filter(None, ATOMS):
        assert not grows(read, (atom * LENGTH)[:LENGTH]), f"{atom!r} again and again"

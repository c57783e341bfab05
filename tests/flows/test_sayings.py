"""Lines that people say, read from their files: the fast way reads what YAML reads, or leaves it to YAML."""

import pytest

from flows.definition import sayings
from flows.definition.sayings import Saying, parse
from flows.definition.yaml_source import ContentError, read

_PLAIN = (
    '- {say: "cháy nhà rồi, cứu với!", kind: fire}',
    '- {step: giay-to/ly-hon, say: "họ bảo \\"thiếu tờ\\" : # 1", kind: ambiguous, means: [mot, hai-3]}',
    '- {say: "  đầu cuối  ", kind: nullable}',
    '- {say: "ngày 2/9 😀👨‍👩‍👧", topic: 2021, means: yes}',
)
_LEFT_TO_YAML = (
    "- {say: không ngoặc kép, kind: none}",
    '- {say: "xuống\\ndòng", kind: none}',
    '- {say: "a", kind: null}',
    '- {say: "a", kind: "b" }',
    '- {say: "a", means: ["1-2", b]}',
    '- say: "a"\n  kind: b',
    '# ghi chú\n- {say: "a"}',
    '- {say: "a"}\r\n- {say: "b"}\r\n',
)
_WRONG = (
    "",
    "say: a",
    '- {say: "a", say: "b"}',
    "- {kind: none}",
    "- {say: [a, b]}",
    '- {say: "a}',
    '- {say: "chữ hỏng \ufffd"}',
)


@pytest.mark.parametrize("text", _PLAIN)
def test_plain_line_reads_as_yaml_reads_it(text: str) -> None:
    assert sayings._read_simple(text) == read("x", text).data


@pytest.mark.parametrize("text", _LEFT_TO_YAML)
def test_line_of_another_make_is_left_to_yaml(text: str) -> None:
    assert sayings._read_simple(text) == []
    assert [line.say for line in parse("x.says.yaml", text)] == [entry["say"] for entry in read("x", text).data]


@pytest.mark.parametrize("text", _WRONG)
def test_wrong_line_is_told_by_its_number(text: str) -> None:
    with pytest.raises(ContentError) as error:
        list(parse("x.says.yaml", text and f'- {{say: "trước"}}\n{text}' if text.startswith("-") else text))
    assert {problem.line for problem in error.value.problems} == {2 if text.startswith("-") else 1}


def test_mark_that_yaml_forbids_is_no_end_of_a_line() -> None:
    with pytest.raises(ContentError):
        list(parse("x.says.yaml", '- {say: "a"}\x0c- {say: "b"}'))


def test_line_holds_what_it_means() -> None:
    (line,) = parse("a/x.says.yaml", _PLAIN[1])
    assert line == Saying("x", 'họ bảo "thiếu tờ" : # 1', "ambiguous", ("mot", "hai-3"), "giay-to/ly-hon")

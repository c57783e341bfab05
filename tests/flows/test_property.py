"""For any sequence of messages, in any order, in any procedure."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content import load_folder
from flows.definition.library import Library
from flows.dialogue.position import walk
from flows.messages import Message
from tests.flows.chat import NOW, Chat, started
from tests.library import library

LIBRARY = library()
SHIPPED = load_folder(Path(__file__).parents[2] / "content")

WORDS = [
    "làm nhà", "nuôi mèo", "bản cũ", "có rồi", "chưa", "không biết", "1", "2", "số ba", "9", "xong", "vướng", "quay lại",
    "sửa", "tóm tắt", "menu", "làm lại từ đầu", "dừng", "gặp người", "mất bao lâu", "tốn bao nhiêu tiền", "cần giấy tờ gì",
    "xin chào", "cảm ơn", "để làm gì", "đánh dấu giấy tờ", "quay lại bot", "/xoadulieu", "làm tiếp", "blah", "😀", "", "\u202e",
]  # fmt: skip

messages = st.one_of(
    st.sampled_from(WORDS).map(lambda text: ("text", text)),
    st.text(max_size=40).map(lambda text: ("text", text)),
    st.integers(0, 7).map(lambda index: ("choice", index)),
    st.integers(0, 40).map(lambda index: ("old", index)),
    st.sampled_from(["photo", "sticker", "edited", "sensitive"]).map(lambda kind: ("other", kind)),
    st.sampled_from(["", "ban-moi", "lam-nha", "ban-moi_nuoi-meo", "x"]).map(lambda payload: ("start", payload)),
    st.sampled_from([1, 20, 24 * 200]).map(lambda hours: ("later", hours)),
)


def send(chat: Chat, step: tuple[str, object], tokens: list[str]) -> None:
    """Sends one message; `tokens` gathers every button that was ever shown."""
    match step:
        case "text", str(text):
            chat.send(Message(text=text))
        case "choice", int(index):
            shown = [*chat.reply.choices, *chat.reply.nav]
            chat.send(Message(choice=shown[index % len(shown)].token) if shown else Message(text="1"))
        case "old", int(index):
            chat.send(Message(choice=tokens[index % len(tokens)] if tokens else "?"))
        case "other", kind:
            odd = {"edited": Message(edited=True), "sensitive": Message(text="x", sensitive="id")}
            chat.send(odd.get(str(kind)) or Message(attachment=kind))  # type: ignore[arg-type]
        case "start", str(payload):
            chat.send(Message(start=payload))
        case "later", int(hours):
            chat.now += timedelta(hours=hours)
    tokens += [choice.token for choice in (*chat.reply.choices, *chat.reply.nav)]


def reaches_the_end(chat: Chat) -> bool:
    """By always picking the first option."""
    again = Chat(chat.library, chat.state, chat.now)
    again.say("xin chào")
    for _ in range(80):
        procedure = chat.library.procedures.get(again.state.procedure or "")
        if (
            procedure
            and not again.state.asking
            and walk(procedure, again.state.answers, NOW.date()).last_slot.step.kind == "done"
        ):
            return True
        again.first() if again.reply.choices else again.say("xin chào")
    return False


def goes_on(library: Library, steps: list[tuple[str, object]]) -> None:
    chat = Chat(library)
    tokens: list[str] = []
    for step in steps:
        send(chat, step, tokens)
        slots = {choice.token.rsplit(":", 1)[0] for choice in (*chat.reply.choices, *chat.reply.nav)}
        assert chat.reply.text or step[0] == "later"
        assert len(slots) <= 1, "never two steps at once"
        assert all(len(choice.token.encode()) <= 64 for choice in chat.reply.choices)
    assert reaches_the_end(chat)


@settings(max_examples=250, deadline=None)
@given(steps=st.lists(messages, max_size=25))
def test_any_conversation_goes_on(steps: list[tuple[str, object]]) -> None:
    goes_on(LIBRARY, steps)


@settings(max_examples=60, deadline=None)
@given(start=st.sampled_from(sorted(SHIPPED.procedures)), steps=st.lists(messages, max_size=25))
@pytest.mark.slow
def test_any_conversation_goes_on_with_the_content_that_we_ship(start: str, steps: list[tuple[str, object]]) -> None:
    goes_on(SHIPPED, [("start", f"na-ri_{start}"), *steps])


@settings(max_examples=150, deadline=None)
@given(steps=st.lists(st.integers(0, 4), max_size=14))
def test_back_undoes_exactly_one_answer(steps: list[int]) -> None:
    chat = started(LIBRARY)
    for index in steps:
        if chat.state.procedure != "lam-nha" or len(chat.labels) == 1:
            break
        before = chat.state
        chat.send(Message(choice=chat.reply.choices[index % len(chat.labels)].token))
        if chat.state.asking or len(chat.state.answers) == len(before.answers):
            chat.say("quay lại")
            continue
        after = chat.state
        chat.say("quay lại")
        assert chat.state.answers == before.answers
        assert chat.state.at == before.at
        chat.state = after
        chat.say("xin chào")


@settings(max_examples=150, deadline=None)
@given(picks=st.lists(st.integers(0, 2), max_size=10), which=st.integers(0, 5), other=st.integers(0, 5))
def test_changing_an_answer_back_restores_everything(picks: list[int], which: int, other: int) -> None:
    chat = started(LIBRARY)
    for index in picks:
        if not chat.state.asking and chat.labels and len(chat.labels) > 1:
            chat.send(Message(choice=chat.reply.choices[index % len(chat.labels)].token))
    chat.say("quay lại") if chat.state.asking else None
    before, answers = chat.remembered, chat.state.answers
    chat.say("sửa")
    if not chat.state.asking:
        return
    chat.send(Message(choice=chat.reply.choices[which % (len(chat.labels) - 1)].token))
    step = chat.state.offered[0]
    original = answers[step]
    chat.send(Message(choice=chat.reply.choices[other % len(chat.labels)].token))
    chat.say("sửa")
    place = next(i for i, choice in enumerate(chat.reply.choices) if choice.token.endswith(f":{step}"))
    chat.send(Message(choice=chat.reply.choices[place].token))
    chat.send(Message(choice=next(c.token for c in chat.reply.choices if c.token.endswith(f":{original}"))))
    assert chat.remembered == before

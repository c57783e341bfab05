"""Reads our Telegram traffic with other people's types: aiogram's for updates and calls, teremok's rules for calls.

Run by the interpreter that has them (scripts/strangers), which knows nothing of this project: JSON lines in, JSON lines out.
{"update": {…}} or {"call": "sendMessage", "params": {…}} -> {"problem": null or a sentence}.
"""

import json
import sys
from typing import Any

import teremok.validation
from aiogram import Bot, methods
from aiogram.types import Update
from pydantic import BaseModel, ValidationError

WORDS = {"text", "caption", "name", "description", "short_description"}  # may begin like JSON, and are not
OLD = {"new_chat_participant", "new_chat_member"}  # Telegram still sends them, years after they left the documentation
BOT = Bot("42:NEVER-CONNECTED")


def problem(item: dict[str, Any]) -> str | None:
    try:
        if "update" in item:
            return _unknown(Update.model_validate(item["update"]))
        return _call(item["call"], item["params"])
    except ValidationError as error:
        return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
    except teremok.validation.ApiRuleViolation as error:
        return str(error)


def _call(name: str, params: dict[str, Any]) -> str | None:
    kind = getattr(methods, name[0].upper() + name[1:], None)
    if kind is None:
        return f"there is no method {name}"
    method = kind.model_validate({key: value if key in WORDS else _decoded(value) for key, value in params.items()})
    teremok.validation.validate_method(BOT, method)
    return _unknown(method)


def _decoded(value: Any) -> Any:
    """Forms carry objects and lists as JSON text."""
    nested = isinstance(value, str) and value[:1] in ("{", "[")
    return json.loads(value) if nested else value


def _unknown(model: BaseModel) -> str | None:
    """A field that the Bot API does not have, anywhere in a model."""
    for name, value in (model.model_extra or {}).items():
        if name not in OLD:
            return f"{type(model).__name__} has no field {name} ({value!r})"
    values = [getattr(model, name) for name in model.model_fields_set]
    inner = [each for value in values for each in _models(value)]
    return next((found for each in inner if (found := _unknown(each))), None)


def _models(value: Any) -> list[BaseModel]:
    if isinstance(value, BaseModel):
        return [value]
    return [model for each in value for model in _models(each)] if isinstance(value, list) else []


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps({"problem": problem(json.loads(line))}), flush=True)

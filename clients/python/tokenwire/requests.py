"""Requests, made of what callers say: the one place for both clients.

What cannot be sent is refused with the argument's name, ``ValueError`` or ``TypeError``.
"""

from __future__ import annotations

import difflib
import json
from typing import Any, Dict, Iterable, List, Mapping, Optional, Union

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from .arguments import described, flag, items, plain, real, text, whole
from .call_options import LogOptions, QueryOptions
from .tool_options import TextOptions, ToolOptions
from .v1.tokenwire_pb2 import (
    AbortRequest,
    ChatMessage,
    ChatMessages,
    CountTokensRequest,
    DetokenizeRequest,
    EraseLogsRequest,
    GenerateRequest,
    LogRequestRequest,
    QueryLogsRequest,
    Reasoning,
    ReasoningEffort,
    SamplingOptions,
    TokenIds,
    ToolChoice,
    ToolChoiceMode,
)
from .wire.messages_pb2 import HealthCheckRequest

_EFFORTS = ("minimal", "low", "medium", "high", "xhigh", "max")

#: What a text is generated from: a prompt, taken as it is; a conversation, which the model answers;
#: or tokens. Lists, iterators and arrays are all the same.
Input = Union[str, Iterable[Union[ChatMessage, Mapping[str, Any]]], Iterable[int]]

_INTEGERS = {
    FieldDescriptor.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, 2**64 - 1),
}

#: Texts of JSON, which may be given as a dict.
_JSON_FIELDS = ("json_schema", "parameters", "arguments")


def generate_request(input: Any, options: Mapping[str, Any]) -> GenerateRequest:
    """The request that asks for a text; options of sampling are sorted out from the others."""
    given = _given(options, TextOptions)
    tools = {name: given.pop(name) for name in ToolOptions.__annotations__ if name in given}
    request = GenerateRequest()
    for name, value in given.items():
        if name in SamplingOptions.DESCRIPTOR.fields_by_name:
            _set(request.sampling, name, value, name)
        else:
            _refuse_second_choice(request, name)
            _set(request, name, value, name)
    _set_input(request, input)
    _set_tools(request, tools)
    return request


def count_tokens_request(
    input: Any, model: Any, return_tokens: Any, options: Mapping[str, Any]
) -> CountTokensRequest:
    """The request that asks for the length of an input."""
    request = CountTokensRequest(
        model=text("model", model), return_tokens=flag("return_tokens", return_tokens)
    )
    _set_input(request, input)
    _set_tools(request, _given(options, ToolOptions))
    return request


def detokenize_request(token_ids: Any, model: Any) -> DetokenizeRequest:
    """The request that asks for the text of tokens."""
    entries = items("token_ids", token_ids, "token ids")
    ids = [_token(f"token_ids[{i}]", entry, "a token id") for i, entry in enumerate(entries)]
    return DetokenizeRequest(model=text("model", model), token_ids=ids)


def abort_request(generation_id: Any) -> AbortRequest:
    """The request that ends a generation."""
    return AbortRequest(generation_id=text("generation_id", generation_id))


def log_request(prompt: Any, response: Any, options: Mapping[str, Any]) -> LogRequestRequest:
    """The request that stores a prompt and its response."""
    request = LogRequestRequest(prompt=text("prompt", prompt), response=text("response", response))
    for name, value in _given(options, LogOptions).items():
        _set(request, name, value, name)
    return request


def query_request(options: Mapping[str, Any]) -> QueryLogsRequest:
    """The request that reads the log."""
    request = QueryLogsRequest()
    for name, value in _given(options, QueryOptions).items():
        _set(request, name, value, name)
    return request


def erase_request(user_id: Any) -> EraseLogsRequest:
    """The request that erases what a user has logged."""
    return EraseLogsRequest(user_id=text("user_id", user_id))


def health_request(service: Any) -> HealthCheckRequest:
    """The request that asks whether the server serves."""
    return HealthCheckRequest(service=text("service", service))


def _given(options: Mapping[str, Any], kind: Any) -> Dict[str, Any]:
    """The options that are not None."""
    for name in options:
        if name not in kind.__annotations__:
            close = difflib.get_close_matches(name, kind.__annotations__, 1)
            hint = f': did you mean "{close[0]}"?' if close else ""
            raise ValueError(f'there is no option "{name}"{hint}')
    return {name: value for name, value in options.items() if value is not None}


def _refuse_second_choice(request: Message, name: str) -> None:
    oneof = request.DESCRIPTOR.fields_by_name[name].containing_oneof
    other = None if oneof is None else request.WhichOneof(oneof.name)
    if other is not None:
        raise ValueError(f"{other} and {name} exclude each other: give one of them")


def _json(name: str, value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain_json)
    except TypeError as error:
        raise TypeError(f"{name} cannot be written as JSON: {error}") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{name} cannot be written as JSON: {error}") from None


def _plain_json(value: Any) -> Any:
    """A value that is none of JSON's, as one."""
    if isinstance(value, Mapping):
        return dict(value)
    if plain(value) is value:
        raise TypeError(f"there is {described(value)}")
    return plain(value)


def _set_input(request: Union[GenerateRequest, CountTokensRequest], input: Any) -> None:
    given = plain(input)
    if isinstance(given, str):
        request.prompt = text("input", given)
        return
    entries = items("input", input, "messages or token ids, or text (str)")
    if entries and not isinstance(entries[0], (Mapping, ChatMessage)):
        expected = "a token id, or a message such as {'role': 'user', 'content': '...'}"
        ids = [_token(f"input[{i}]", entry, expected) for i, entry in enumerate(entries)]
        request.prompt_token_ids.CopyFrom(TokenIds(ids=ids))
    else:
        request.messages.CopyFrom(_conversation(entries))


def _token(name: str, entry: Any, expected: str) -> int:
    try:
        return whole(name, entry, 0, 2**31 - 1)
    except TypeError:
        raise TypeError(f"{name} is {described(entry)}, but must be {expected}") from None


def _conversation(entries: List[Any]) -> ChatMessages:
    conversation = ChatMessages()
    for i, entry in enumerate(entries):
        _fill(conversation.messages.add(), entry, f"input[{i}]")
    return conversation


def _set_tools(
    request: Union[GenerateRequest, CountTokensRequest], options: Mapping[str, Any]
) -> None:
    for name, value in options.items():
        if request.WhichOneof("input") != "messages":
            raise ValueError(f"{name} belongs to a conversation: give messages")
        if name == "tools":
            for i, entry in enumerate(items(name, value, "Tools")):
                _fill_tool(request.messages.tools.add(), entry, f"{name}[{i}]")
        elif name == "tool_choice":
            request.messages.tool_choice.CopyFrom(_tool_choice(value))
        elif name == "reasoning" and isinstance(value, str):
            request.messages.reasoning = _word(name, value, Reasoning, "auto", "off", "on")
        elif name == "reasoning_effort" and isinstance(value, str):
            request.messages.reasoning_effort = _word(name, value, ReasoningEffort, *_EFFORTS)
        else:
            _set(request.messages, name, value, name)


def _fill_tool(tool: Message, value: Any, name: str) -> None:
    """Makes a new tool what is given, which may have the form of OpenAI's."""
    if not isinstance(value, Mapping):
        _fill(tool, value, name)
        return
    fields = dict(value)
    if fields.pop("type", "function") != "function":
        raise ValueError(f"{name}['type'] is {described(value['type'])}, but must be 'function'")
    if "function" in fields:
        function = fields.pop("function")
        for other in fields:
            raise ValueError(f"{name} has {other!r} beside 'function': give it there")
        name += "['function']"
        if not isinstance(function, Mapping):
            raise TypeError(f"{name} is {described(function)}, but must be a dict")
        fields = dict(function)
    fields.pop("strict", None)  # Arguments are always held to their schema.
    _fill(tool, fields, name)


def _tool_choice(value: Any) -> ToolChoice:
    if isinstance(value, ToolChoice):
        return value
    choice = text("tool_choice", value)
    if choice in ("auto", "none", "required"):
        return ToolChoice(mode=_word("tool_choice", choice, ToolChoiceMode, choice))
    return ToolChoice(name=choice)


def _word(name: str, value: str, enum: Any, *words: str) -> Any:
    """The value of an enum whose name ends with this word."""
    for full, number in enum.items():
        if value in words and full.endswith("_" + value.upper()):
            return number
        if value == full:
            return number
    raise ValueError(f"{name} is {value!r}, but must be one of {', '.join(words)}")


def _fill(message: Message, value: Any, name: str) -> None:
    """Makes a new message what is given: another one, or what a dictionary says of it."""
    kind, fields = message.DESCRIPTOR.name, message.DESCRIPTOR.fields_by_name
    if isinstance(value, type(message)):
        message.CopyFrom(value)
        return
    if not isinstance(value, Mapping):
        raise TypeError(
            f"{name} is {described(value)}, but must be a {kind}, or a dict with "
            + " and ".join(fields)
        )
    for key, item in value.items():
        if key not in fields:
            raise ValueError(f"{name} has {key!r}, but a {kind} has {' and '.join(fields)}")
        _set(message, key, item, f"{name}[{key!r}]")


def _set(message: Message, field_name: str, value: Any, name: str) -> None:
    """Sets a field of a new message to what is given for it."""
    field = message.DESCRIPTOR.fields_by_name[field_name]
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        getattr(message, field_name).update(_texts_by_text(name, value))
    elif _is_repeated(field) and field.message_type is not None:
        for i, entry in enumerate(items(name, value, f"{field.message_type.name}s")):
            _fill(getattr(message, field_name).add(), entry, f"{name}[{i}]")
    elif _is_repeated(field):
        # One text is one text, and not its letters.
        entries = [value] if isinstance(value, str) else items(name, value, "texts", False)
        getattr(message, field_name).extend(
            _scalar(field, entry, f"{name}[{i}]") for i, entry in enumerate(entries)
        )
    else:
        setattr(message, field_name, _scalar(field, value, name))


def _scalar(field: FieldDescriptor, value: Any, name: str) -> Any:
    if field.enum_type is not None:
        return _choice(field, value, name)
    if field.cpp_type in _INTEGERS:
        return whole(name, value, *_INTEGERS[field.cpp_type])
    if field.cpp_type == FieldDescriptor.CPPTYPE_FLOAT:
        return real(name, value)
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return flag(name, value)
    if field.name in _JSON_FIELDS and isinstance(value, Mapping):
        return _json(name, value)
    return text(name, value)


def _choice(field: FieldDescriptor, value: Any, name: str) -> int:
    choices = field.enum_type.values_by_name
    if isinstance(value, str) and value in choices:
        return int(choices[value].number)
    numbers = field.enum_type.values_by_number
    if not isinstance(value, str) and whole(name, value, min(numbers), max(numbers)) in numbers:
        return int(value)
    raise ValueError(f"{name} is {described(value)}, but must be one of {', '.join(choices)}")


def _texts_by_text(name: str, value: Any) -> Dict[str, str]:
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} is {described(value)}, but must be a dict of texts")
    return {
        text(f"a key of {name}", key): text(f"{name}[{key!r}]", item) for key, item in value.items()
    }


def _is_repeated(field: FieldDescriptor) -> bool:
    if hasattr(field, "is_repeated"):  # Since protobuf 6.31, which warns of the other.
        return bool(field.is_repeated)
    return bool(field.label == FieldDescriptor.LABEL_REPEATED)

"""Requests, made of what callers say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Mapping, Sequence, Union

from .v1.tokenwire_pb2 import (
    ChatMessage,
    ChatMessages,
    CountTokensRequest,
    GenerateRequest,
    SamplingOptions,
    TokenIds,
)

#: What a text is generated from: a prompt, taken as it is; a conversation, which the model answers;
#: or tokens.
Input = Union[str, Sequence[Union[ChatMessage, Mapping[str, str]]], Sequence[int]]

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .call_options import GenerateOptions


def generate_request(input: Input, **options: Unpack[GenerateOptions]) -> GenerateRequest:
    """The request that asks for a text; options of sampling are sorted out from the others.

    Raises:
        ValueError: for an option that there is not, or whose value is out of its type's range.
        TypeError: for one whose value is of the wrong type.
    """
    request = GenerateRequest()
    for name, value in options.items():
        if value is None:
            continue
        option: Dict[str, Any] = {name: value}
        try:
            if name in SamplingOptions.DESCRIPTOR.fields_by_name:
                request.sampling.MergeFrom(SamplingOptions(**option))
            else:
                request.MergeFrom(GenerateRequest(**option))
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
        except TypeError as error:
            raise TypeError(f"{name}: {error}") from None
    if isinstance(input, str):
        request.prompt = input
    elif input and all(isinstance(token, int) for token in input):
        request.prompt_token_ids.CopyFrom(TokenIds(ids=[int(token) for token in input]))  # type: ignore[arg-type]
    else:
        request.messages.CopyFrom(_conversation(input))
    return request


def count_tokens_request(input: Input, model: str) -> CountTokensRequest:
    """The request that asks for the length of an input."""
    if isinstance(input, str):
        return CountTokensRequest(prompt=input, model=model)
    return CountTokensRequest(messages=_conversation(input), model=model)


def _conversation(messages: Any) -> ChatMessages:
    return ChatMessages(
        messages=[
            message if isinstance(message, ChatMessage) else ChatMessage(**message)
            for message in messages
        ]
    )

"""What callers may say about an answer to a conversation: tools, and thinking."""

from __future__ import annotations

from typing import Any, Iterable, Mapping, TypedDict, Union

from .call_options import GenerateOptions
from .v1 import tokenwire_pb2 as api


class ToolOptions(TypedDict, total=False):
    """How to answer a conversation; nothing for prompts and tokens."""

    #: What the model may call; at most 128. A dict is ``{"name": ..., "description": ...,
    #: "parameters": ...}``, as such or as OpenAI has it, with a JSON schema as text or as a dict.
    tools: Iterable[Union[api.Tool, Mapping[str, Any]]]

    #: Whether the model calls: "auto", "none", "required", or the name of the tool.
    tool_choice: Union[str, api.ToolChoice]

    #: Whether the model may make several calls in one answer. Default true.
    parallel_tool_calls: bool

    #: Whether the model thinks before it answers, if it can: "auto" is as it does, "off" and "on".
    reasoning: Union[str, api.Reasoning]

    #: How thoroughly it thinks, if it knows efforts: "minimal", "low", "medium", "high", "xhigh" or "max".
    reasoning_effort: Union[str, api.ReasoningEffort]

    #: How many tokens the model may think, after which it is made to answer; 0 is as "off".
    reasoning_max_tokens: int

    #: Whether servers elsewhere that keep prompts only when they are asked (Anthropic) keep this one.
    cache_prompt: bool


class TextOptions(GenerateOptions, ToolOptions, total=False):
    """How to generate a text. The server has defaults for what is not given."""

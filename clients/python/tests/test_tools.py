"""Tools, their calls, and thinking."""

import asyncio
import json
from typing import Any, Iterator

import pytest
from conftest import serve

from tokenwire import Answer, AsyncClient, ChatMessage, Client, FinishReason, Tool, ToolChoice
from tokenwire.requests import count_tokens_request, generate_request
from tokenwire.v1 import tokenwire_pb2 as api

SCRIPT = (
    "<think>Let me see.</think>I look."
    '<tool_call>{"name": "look", "arguments": {"at": [1, 2]}}</tool_call>'
    '<tool_call>{"name": "go", "arguments": {}}</tool_call>'
)
LOOK = {"name": "look", "description": "Looks.", "parameters": {"type": "object"}}
USER = {"role": "user", "content": "hi"}


@pytest.fixture(scope="module")
def caller() -> Iterator[str]:
    """A server whose model calls tools."""
    with serve("--scripted-text", SCRIPT) as address:
        yield address


def check(message: ChatMessage) -> None:
    assert message.role == "assistant"
    assert message.content == "I look."
    assert message.reasoning_text == "Let me see."
    assert [(call.id, call.name) for call in message.tool_calls] == [
        ("call_1", "look"),
        ("call_2", "go"),
    ]
    assert [json.loads(call.arguments) for call in message.tool_calls] == [{"at": [1, 2]}, {}]


def test_an_answer_is_the_next_message_of_its_conversation(caller: str) -> None:
    with Client(caller) as client:
        messages: Any = [USER]
        with client.generate(messages, tools=[LOOK]) as generation:
            messages.append(generation.message())
        check(messages[-1])
        assert generation.finished is not None
        assert generation.finished.finish_reason == FinishReason.FINISH_REASON_TOOL_CALLS
        for call in messages[-1].tool_calls:
            messages.append({"role": "tool", "tool_call_id": call.id, "content": "a fox"})
        again = client.generate(messages, tools=[LOOK]).message()
        assert [call.id for call in again.tool_calls] == ["call_3", "call_4"]


def test_an_answer_is_joined_while_it_is_read(caller: str) -> None:
    with Client(caller) as client:
        answers = [Answer(), Answer(1)]
        for delta in client.generate([USER], tools=[LOOK], n=2):
            for answer in answers:
                answer.add(delta)
        for answer in answers:
            check(answer.message())
        assert client.text([USER], tools=[LOOK]) == "I look."
        assert "<tool_call>" in client.text([USER], tools=[LOOK], tool_choice="none")


def test_an_answer_is_a_message_with_asyncio(caller: str) -> None:
    async def answered() -> ChatMessage:
        async with AsyncClient(caller) as client:
            return await client.generate([USER], tools=[LOOK]).message()

    check(asyncio.run(answered()))


def test_a_call_that_is_cut_off_is_incomplete(caller: str) -> None:
    with Client(caller) as client:
        generation = client.generate([USER], tools=[LOOK], max_tokens=8)
        calls = generation.message().tool_calls
        assert [call.name for call in calls] == ["look"]
        assert calls[0].arguments.startswith("{") and not calls[0].arguments.endswith("}")
        assert generation.finished is not None and generation.finished.incomplete


@pytest.mark.parametrize(
    "tool",
    [
        LOOK,
        {"type": "function", "function": {**LOOK, "strict": True}},
        {"type": "function", **LOOK},
        {**LOOK, "parameters": '{"type": "object"}'},
        Tool(name="look", description="Looks.", parameters='{"type": "object"}'),
    ],
)
def test_a_tool_has_several_forms(tool: Any) -> None:
    request = generate_request([USER], {"tools": [tool]})
    assert list(request.messages.tools) == [
        Tool(name="look", description="Looks.", parameters='{"type": "object"}')
    ]


def test_options_of_conversations() -> None:
    def messages(**options: Any) -> api.ChatMessages:
        return generate_request([USER], options).messages

    required = api.ToolChoiceMode.TOOL_CHOICE_MODE_REQUIRED
    assert messages(tool_choice="required").tool_choice == ToolChoice(mode=required)
    assert messages(tool_choice="look").tool_choice == ToolChoice(name="look")
    assert messages(tool_choice=ToolChoice(name="look")).tool_choice == ToolChoice(name="look")
    assert messages(reasoning="off").reasoning == api.Reasoning.REASONING_OFF
    assert messages(reasoning="REASONING_AUTO").reasoning == api.Reasoning.REASONING_AUTO
    assert messages(reasoning="on").reasoning == api.Reasoning.REASONING_ON
    assert messages(reasoning_effort="xhigh").reasoning_effort == api.ReasoningEffort.REASONING_EFFORT_XHIGH
    assert messages(cache_prompt=True).cache_prompt
    assert messages(reasoning_max_tokens=0).HasField("reasoning_max_tokens")
    assert not messages(parallel_tool_calls=False).parallel_tool_calls
    assert messages(parallel_tool_calls=None) == messages()
    assert count_tokens_request([USER], "", False, {"tools": [LOOK]}).messages.tools[0].name


def test_arguments_may_be_a_dict() -> None:
    call = {"id": "a", "name": "look", "arguments": {"at": 1}}
    request = generate_request([USER, {"role": "assistant", "tool_calls": [call]}], {})
    assert request.messages.messages[1].tool_calls[0].arguments == '{"at": 1}'


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"tools": {"name": "a"}}, "tools is {'name': 'a'} (dict), but must be a list of Tools"),
        ({"tools": [1]}, "tools[0] is 1 (int), but must be a Tool, or a dict with name and"),
        ({"tools": [{"type": "code"}]}, "tools[0]['type'] is 'code' (str), but must be 'function'"),
        ({"tools": [{"function": 1}]}, "tools[0]['function'] is 1 (int), but must be a dict"),
        ({"tools": [{"function": {}, "name": "a"}]}, "tools[0] has 'name' beside 'function'"),
        ({"tools": [{"nam": "a"}]}, "tools[0] has 'nam', but a Tool has name and"),
        ({"tools": [{"function": {"x": 1}}]}, "tools[0]['function'] has 'x', but a Tool has"),
        ({"tool_choice": 1}, "tool_choice is 1 (int), but must be text (str)"),
        ({"reasoning": "much"}, "reasoning is 'much', but must be one of auto, off, on"),
        ({"reasoning_effort": "some"}, "reasoning_effort is 'some', but must be one of minimal, low"),
        ({"reasoning_max_tokens": "x"}, "reasoning_max_tokens is 'x' (str), but must be a whole"),
        ({"tool": []}, 'there is no option "tool": did you mean "tools"?'),
    ],
)
def test_what_cannot_be_sent_is_refused(options: Any, problem: str) -> None:
    with pytest.raises((TypeError, ValueError)) as refused:
        generate_request([USER], options)
    assert problem in str(refused.value)


def test_tools_belong_to_a_conversation() -> None:
    for input in ("a prompt", [1, 2]):
        with pytest.raises(ValueError, match="^tools belongs to a conversation: give messages$"):
            generate_request(input, {"tools": [LOOK]})

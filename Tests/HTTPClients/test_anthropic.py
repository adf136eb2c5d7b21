"""Anthropic's own package."""

import functools

import anthropic
import pytest

QUESTION = [{"role": "user", "content": "What is the capital of France?"}]
TOOLS = [
    {
        "name": "get_weather",
        "description": "The weather in a city",
        "input_schema": {
            "type": "object",
            "properties": {"city": {"type": "string", "maxLength": 20}},
            "required": ["city"],
            "additionalProperties": False,
        },
    }
]


@pytest.fixture
def client(server):
    client = anthropic.Anthropic(base_url=server, api_key="x", max_retries=0)
    # The likeliest texts, which are the same in each run.
    for name in ("create", "stream"):
        setattr(client.messages, name, functools.partial(getattr(client.messages, name), extra_body={"temperature": 0}))
    return client


@pytest.fixture
def model(client):
    [model] = client.models.list()
    assert client.models.retrieve(model.id) == model and model.type == "model"
    return model.id


def test_message(client, model):
    answer = client.messages.create(model=model, max_tokens=10, messages=QUESTION, system="You are brief.")
    assert answer.content[0].text and answer.stop_reason in ("end_turn", "max_tokens")
    assert 0 < answer.usage.output_tokens <= 10


def test_stream(client, model):
    with client.messages.stream(model=model, max_tokens=10, messages=QUESTION) as stream:
        text = "".join(stream.text_stream)
        final = stream.get_final_message()
    assert final.content[0].text == text and final.usage.input_tokens > 0


def test_stop_sequence(client, model):
    answer = client.messages.create(
        model=model, max_tokens=100, messages=QUESTION, stop_sequences=list("aeiou")
    )
    assert answer.stop_reason == "stop_sequence" and answer.stop_sequence in list("aeiou")


def test_tools(client, model):
    same = {"model": model, "max_tokens": 100, "tools": TOOLS, "tool_choice": {"type": "any", "disable_parallel_tool_use": True}}
    answer = client.messages.create(**same, messages=QUESTION)
    [call] = [block for block in answer.content if block.type == "tool_use"][:1]
    assert answer.stop_reason == "tool_use" and list(call.input) == ["city"]
    with client.messages.stream(**same, messages=QUESTION) as stream:
        final = stream.get_final_message()
    assert any(block.type == "tool_use" and "city" in block.input for block in final.content)
    history = [
        *QUESTION,
        {"role": "assistant", "content": [call.model_dump()]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "sunny"}]},
    ]
    last = client.messages.create(model=model, max_tokens=10, tools=TOOLS, messages=history)
    assert last.usage.output_tokens


def test_count_tokens(client, model):
    counted = client.messages.count_tokens(model=model, messages=QUESTION)
    answer = client.messages.create(model=model, max_tokens=1, messages=QUESTION)
    assert counted.input_tokens == answer.usage.input_tokens + (answer.usage.cache_read_input_tokens or 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_tokens": -1},
        {"tools": [{"type": "web_search_20250305", "name": "web_search"}]},
        {"messages": [{"role": "user", "content": [{"type": "image", "source": {"type": "url", "url": "a"}}]}]},
        {"messages": []},
    ],
)
def test_errors(client, model, wrong):
    with pytest.raises(anthropic.BadRequestError) as caught:
        client.messages.create(**({"model": model, "max_tokens": 1, "messages": QUESTION} | wrong))
    assert caught.value.body["error"]["type"] == "invalid_request_error" and caught.value.body["request_id"]

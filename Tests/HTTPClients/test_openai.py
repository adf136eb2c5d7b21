"""OpenAI's own package, and what is built on it, against a server with the default model."""

import asyncio
import functools
import json
from typing import Literal

import openai
import pydantic
import pytest

QUESTION = [{"role": "user", "content": "What is the capital of France?"}]
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "The weather in a city",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string", "maxLength": 20}, "unit": {"enum": ["C", "F"]}},
                "required": ["city", "unit"],
                "additionalProperties": False,
            },
        },
    }
]


@pytest.fixture
def client(server):
    client = openai.OpenAI(base_url=f"{server}/v1", api_key="EMPTY", max_retries=0)
    # The likeliest texts, which are the same in each run.
    likeliest(client.chat.completions, "create", "parse", "stream")
    likeliest(client.completions, "create")
    likeliest(client.responses, "create", "stream")
    return client


def likeliest(resource, *methods):
    for name in methods:
        setattr(resource, name, functools.partial(getattr(resource, name), temperature=0))


@pytest.fixture
def model(client):
    return client.models.list().data[0].id


def test_models(client, model):
    found = client.models.retrieve(model)
    assert found.id == model and found.object == "model"
    assert found.context_length > 0 and found.max_model_len == found.context_length
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("no-such-model")


def test_chat(client, model):
    answer = client.chat.completions.create(model=model, messages=QUESTION, max_tokens=20, seed=1)
    assert answer.choices[0].message.content
    assert answer.choices[0].finish_reason in ("stop", "length")
    assert answer.usage.completion_tokens <= 20
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


def test_chat_stream_says_the_same(client, model):
    same = {"model": model, "messages": QUESTION, "max_tokens": 20, "seed": 1, "temperature": 0}
    whole = client.chat.completions.create(**same)
    chunks = list(client.chat.completions.create(**same, stream=True, stream_options={"include_usage": True}))
    assert chunks[0].choices[0].delta.role == "assistant"
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content
    reasons = [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices]
    assert reasons[-1] == whole.choices[0].finish_reason and set(reasons[:-1]) == {None}
    assert chunks[-1].choices == [] and chunks[-1].usage.completion_tokens == whole.usage.completion_tokens


def test_async(server, model):
    async def ask():
        async with openai.AsyncOpenAI(base_url=f"{server}/v1", api_key="x") as client:
            answers = await asyncio.gather(
                *(client.chat.completions.create(model=model, messages=QUESTION, max_tokens=5) for _ in range(4))
            )
            stream = await client.chat.completions.create(model=model, messages=QUESTION, max_tokens=5, stream=True)
            return answers, [chunk async for chunk in stream]

    answers, chunks = asyncio.run(ask())
    assert all(answer.usage.completion_tokens <= 5 for answer in answers) and chunks


def test_tools(client, model):
    same = {"model": model, "messages": QUESTION, "tools": TOOLS, "tool_choice": "required", "seed": 3}
    same |= {"max_tokens": 200, "parallel_tool_calls": False}
    message = client.chat.completions.create(**same).choices[0]
    assert message.finish_reason == "tool_calls" and message.message.content in (None, "")
    [call, *_] = message.message.tool_calls
    assert call.function.name == "get_weather" and set(json.loads(call.function.arguments)) == {"city", "unit"}
    # The helper joins what is streamed.
    with client.chat.completions.stream(**same) as stream:
        final = stream.get_final_completion().choices[0]
    assert final.message.tool_calls[0].function.name == "get_weather"
    # The next turn has the call and its result.
    history = [
        *QUESTION,
        {"role": "assistant", "content": None, "tool_calls": [call.model_dump()]},
        {"role": "tool", "tool_call_id": call.id, "content": [{"type": "text", "text": "sunny"}]},
    ]
    answer = client.chat.completions.create(model=model, messages=history, tools=TOOLS, tool_choice="none", max_tokens=10)
    assert answer.choices[0].finish_reason in ("stop", "length")


class Person(pydantic.BaseModel):
    name: str = pydantic.Field(max_length=12)
    age: int = pydantic.Field(ge=0, le=150)


def test_structured_output(client, model):
    answer = client.chat.completions.parse(
        model=model,
        messages=[{"role": "user", "content": "Invent a person, as JSON."}],
        response_format=Person,
        max_tokens=100,
        seed=1,
    )
    assert isinstance(answer.choices[0].message.parsed, Person)
    flat = client.chat.completions.create(
        model=model,
        messages=QUESTION,
        max_tokens=100,
        seed=1,
        response_format={"type": "json_schema", "schema": Person.model_json_schema()},
    )
    Person.model_validate_json(flat.choices[0].message.content)
    free = client.chat.completions.create(
        model=model, messages=QUESTION, max_tokens=10, response_format={"type": "json_object"}
    )
    assert free.choices[0].message.content.startswith("{")


def test_logprobs(client, model):
    answer = client.chat.completions.create(
        model=model, messages=QUESTION, max_tokens=3, logprobs=True, top_logprobs=2, temperature=0
    )
    for entry in answer.choices[0].logprobs.content:
        assert len(entry.top_logprobs) == 2 and bytes(entry.bytes).decode("utf-8", "replace") and entry.logprob <= 0


def test_completions(client, model):
    several = client.completions.create(model=model, prompt=["Once upon", "The sky is"], n=2, max_tokens=4, seed=1)
    assert [choice.index for choice in several.choices] == [0, 1, 2, 3]
    echo = client.completions.create(model=model, prompt="The sky is blue", echo=True, logprobs=1, max_tokens=1)
    legacy = echo.choices[0].logprobs
    assert echo.choices[0].text.startswith("The sky is blue") and legacy.token_logprobs[0] is None
    assert len(legacy.tokens) == len(legacy.token_logprobs) == len(legacy.top_logprobs) == len(legacy.text_offset)
    ids = client.completions.create(model=model, prompt=[[100, 200, 300], [400]], max_tokens=2)
    assert len(ids.choices) == 2
    stream = client.completions.create(model=model, prompt="Once", max_tokens=5, stream=True)
    assert "".join(chunk.choices[0].text for chunk in stream)


def test_responses(client, model):
    answer = client.responses.create(model=model, input="Say hello.", max_output_tokens=16)
    assert answer.output_text and answer.usage.output_tokens <= 16
    schema = {"type": "json_schema", "name": "person", "schema": Person.model_json_schema()}
    with client.responses.stream(model=model, input="Invent a person.", text={"format": schema}) as stream:
        events = [event.type for event in stream]
        final = stream.get_final_response()
    assert events[0] == "response.created" and events[-1] == "response.completed"
    Person.model_validate_json(final.output_text)
    call = client.responses.create(
        model=model,
        input="What is the weather in Oslo?",
        tools=[{"type": "function", "strict": True, **TOOLS[0]["function"]}],
        tool_choice="required",
        parallel_tool_calls=False,
        max_output_tokens=200,
    )
    assert any(item.type == "function_call" for item in call.output)


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"temperature": 5}, "temperature"),
        ({"max_tokens": 100_000}, None),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "king", "content": "Hi"}]}, "messages"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "a"}}]}]}, "messages"),
        ({"n": 0}, "n"),
        ({"modalities": ["audio"]}, "modalities"),
        ({"model": "no-such-model"}, "model"),
    ],
)
def test_errors(client, model, wrong, param):
    with pytest.raises(openai.APIStatusError) as caught:
        client.chat.completions.create(**({"model": model, "messages": QUESTION} | wrong))
    error = caught.value
    assert error.status_code in (400, 404) and error.body["message"] and error.body["type"]
    assert param is None or (error.body["param"] or "").startswith(param), error.body


def test_a_prompt_over_the_context_names_both_numbers(client, model):
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model=model, messages=[{"role": "user", "content": "word " * 9000}])
    numbers = [int(word) for word in caught.value.body["message"].replace(",", "").split() if word.isdigit()]
    assert len(numbers) >= 2


def test_a_stream_that_is_left_frees_its_slot(client, model):
    for _ in range(20):
        stream = client.chat.completions.create(model=model, messages=QUESTION, stream=True, max_tokens=1000)
        next(iter(stream))
        stream.close()
    assert client.chat.completions.create(model=model, messages=QUESTION, max_tokens=2).usage


def test_langchain(server, model):
    from langchain_core.tools import tool
    from langchain_openai import ChatOpenAI, OpenAI

    @tool
    def get_weather(city: Literal["Oslo", "Paris"]) -> str:
        """The weather in a city."""
        return city

    chat = ChatOpenAI(base_url=f"{server}/v1", api_key="x", model=model, max_tokens=200, temperature=0)
    assert chat.invoke("Say hello.").content
    assert "".join(chunk.content for chunk in chat.stream("Say hello."))
    bound = chat.bind_tools([get_weather], tool_choice="get_weather", parallel_tool_calls=False)
    assert bound.invoke("What is the weather in Oslo?").tool_calls[0]["name"] == "get_weather"
    assert isinstance(chat.with_structured_output(Person).invoke("Invent a person."), Person)
    assert OpenAI(base_url=f"{server}/v1", api_key="x", model=model, max_tokens=5, temperature=0).invoke("Once upon")


def test_http2_and_event_parser(server, model):
    import httpx
    import sseclient

    asked = {"model": model, "messages": QUESTION, "stream": True, "max_tokens": 5}
    with httpx.Client(http1=False, http2=True) as client:
        with client.stream("POST", f"{server}/v1/chat/completions", json=asked) as response:
            assert response.http_version == "HTTP/2"
            events = [event.data for event in sseclient.SSEClient(response.iter_bytes()).events()]
    assert events[-1] == "[DONE]" and all(json.loads(event)["choices"] for event in events[:-1])

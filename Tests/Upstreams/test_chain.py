"""Tokenwire behind Tokenwire behind Tokenwire: what the last one says is what the first one's callers get, in every dialect."""

import json
import os

import pytest
from servers import Server, front, post

SCRIPT = (
    "<think>Let me see.</think>I look at Zürich and Basel."
    '<tool_call>{"name": "weather", "arguments": {"city": "Zürich"}}</tool_call>'
    '<tool_call>{"name": "weather", "arguments": {"city": "Basel"}}</tool_call>'
)
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
QUESTION = {"role": "user", "content": "How is the weather in Zürich and Basel?"}
CHAT = {
    "messages": [QUESTION],
    "tools": [{"type": "function", "function": {"name": "weather", "parameters": PARAMETERS}}],
    "max_tokens": 100,
}
MESSAGES = {
    "messages": [QUESTION],
    "tools": [{"name": "weather", "input_schema": PARAMETERS}],
    "max_tokens": 100,
}
SCRIPTED_KINDS = ["tokenwire", "anthropic", "vllm", "sglang", "llama-server", "ollama", "openai", "openai-compatible"]
REAL_KINDS = ["tokenwire", "vllm", "llama-server", "openai-compatible"]


class Chain:
    """A server, one whose models it has, by the names of their kinds, and one whose models that one has."""

    def __init__(self, origin, middle, last):
        self.origin = origin
        self.fronts = [middle, last]


@pytest.fixture(scope="module")
def scripted(tmp_path_factory):
    with Server("--generator", "scripted", "--scripted-text", SCRIPT) as origin:
        yield from chain(tmp_path_factory, origin, "scripted", SCRIPTED_KINDS)


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    with Server("--model", f"real={os.environ['MODEL']}") as origin:
        yield from chain(tmp_path_factory, origin, "real", REAL_KINDS)


def chain(folders, origin, name, kinds):
    def models(server, kind_of, name_of):
        return [
            {"name": kind, "kind": kind_of(kind), "model": name_of(kind), "base_url": f"{server.url}/v1"}
            for kind in kinds
        ]

    first = models(origin, lambda kind: kind, lambda _: name)
    with front(folders.mktemp("middle"), *first) as middle:
        # The kind that loses nothing, so that each test knows which one did.
        second = models(middle, lambda _: "tokenwire", lambda kind: kind)
        with front(folders.mktemp("last"), *second) as last:
            yield Chain(origin, middle, last)


def chat(server, body):
    """The message that a server answers with, why it ends, and its tokens."""
    status, answer = post(server, "/v1/chat/completions", body)
    assert status == 200, answer
    (choice,) = answer["choices"]
    usage = answer["usage"]
    return choice["message"], choice["finish_reason"], (usage["prompt_tokens"], usage["completion_tokens"])


@pytest.mark.parametrize("kind", SCRIPTED_KINDS)
def test_thoughts_text_and_calls_come_through(scripted, kind):
    direct = chat(scripted.origin, CHAT)
    message, reason, usage = direct
    assert message["reasoning_content"] == "Let me see."
    assert message["content"] == "I look at Zürich and Basel."
    calls = [call["function"] for call in message["tool_calls"]]
    assert [json.loads(call["arguments"])["city"] for call in calls] == ["Zürich", "Basel"]
    assert reason == "tool_calls" and min(usage) > 0
    for server in scripted.fronts:
        assert chat(server, CHAT | {"model": kind}) == direct


@pytest.mark.parametrize("kind", SCRIPTED_KINDS)
def test_pieces_are_those_of_the_whole(scripted, kind):
    message, reason, _ = chat(scripted.origin, CHAT)
    for server in scripted.fronts:
        text, thoughts, calls, ends = "", "", {}, []
        for chunk in post(server, "/v1/chat/completions", CHAT | {"model": kind, "stream": True})[1]:
            for choice in chunk["choices"]:
                text += choice["delta"].get("content") or ""
                thoughts += choice["delta"].get("reasoning_content") or ""
                for piece in choice["delta"].get("tool_calls") or []:
                    call = calls.setdefault(piece["index"], {"id": piece.get("id"), "name": "", "arguments": ""})
                    call["name"] += piece["function"].get("name") or ""
                    call["arguments"] += piece["function"].get("arguments") or ""
                if choice["finish_reason"]:
                    ends.append(choice["finish_reason"])
        assert (text, thoughts, ends) == (message["content"], message["reasoning_content"], [reason])
        assert list(calls.values()) == [{"id": call["id"]} | call["function"] for call in message["tool_calls"]]


@pytest.mark.parametrize("kind", SCRIPTED_KINDS)
def test_messages_have_the_same_blocks(scripted, kind):
    status, direct = post(scripted.origin, "/v1/messages", MESSAGES | {"model": "scripted"})
    assert status == 200
    assert [block["type"] for block in direct["content"]] == ["thinking", "text", "tool_use", "tool_use"]
    for server in scripted.fronts:
        _, answer = post(server, "/v1/messages", MESSAGES | {"model": kind})
        for member in ["content", "stop_reason", "usage"]:
            assert answer[member] == direct[member]


@pytest.mark.parametrize("kind", SCRIPTED_KINDS)
def test_results_of_calls_are_taken_back(scripted, kind):
    message, _, _ = chat(scripted.origin, CHAT)
    results = [{"role": "tool", "tool_call_id": call["id"], "content": "sunny"} for call in message["tool_calls"]]
    # The thoughts have no place with all kinds.
    said = {name: message[name] for name in ["role", "content", "tool_calls"]}
    turn = CHAT | {"messages": [QUESTION, said, *results]}
    direct = chat(scripted.origin, turn)
    for server in scripted.fronts:
        assert chat(server, turn | {"model": kind}) == direct


def test_what_a_server_behind_another_would_ignore_is_refused(scripted):
    schema = {"type": "json_schema", "json_schema": {"name": "s", "schema": PARAMETERS}}
    for server in scripted.fronts:
        for field, name in [({"response_format": schema}, "json_schema"), ({"logprobs": True}, "logprobs")]:
            body = {"messages": [QUESTION], "model": "anthropic"} | field
            status, answer = post(server, "/v1/chat/completions", body)
            assert status == 501, answer
            assert name in answer["error"]["message"]


def test_a_servers_own_refusal_comes_through(scripted):
    """The scripted generator says one text alone."""
    schema = {"type": "json_schema", "json_schema": {"name": "s", "schema": PARAMETERS}}
    body = {"messages": [QUESTION], "response_format": schema}
    status, direct = post(scripted.origin, "/v1/chat/completions", body)
    assert status == 400
    for server in scripted.fronts:
        status, answer = post(server, "/v1/chat/completions", body | {"model": "vllm"})
        assert status == 400
        assert direct["error"]["message"] in answer["error"]["message"]


@pytest.mark.parametrize("kind", REAL_KINDS)
def test_the_likelihoods_of_tokens_come_through(real, kind):
    def tokens(server, body):
        _, answer = post(server, "/v1/chat/completions", body)
        (choice,) = answer["choices"]
        rows = choice["logprobs"]["content"]
        likely = [[other["token"] for other in row["top_logprobs"]] for row in rows]
        return [row["token"] for row in rows], likely, [row["logprob"] for row in rows]

    body = {"messages": [QUESTION], "max_tokens": 8, "temperature": 0, "logprobs": True, "top_logprobs": 2}
    texts, likely, logprobs = tokens(real.origin, body)
    assert len(texts) == 8 and all(len(row) == 2 for row in likely)
    for server in real.fronts:
        theirs = tokens(server, body | {"model": kind})
        assert theirs[:2] == (texts, likely)
        # A prompt that is known already is computed in other batches.
        assert theirs[2] == pytest.approx(logprobs, abs=0.01)


@pytest.mark.parametrize("kind", ["tokenwire", "vllm", "llama-server"])
def test_a_schema_holds_behind_others(real, kind):
    schema = {
        "type": "object",
        "properties": {"city": {"enum": ["Zürich", "Basel"]}, "sunny": {"type": "boolean"}},
        "required": ["city", "sunny"],
        "additionalProperties": False,
    }
    body = {
        "messages": [QUESTION],
        "max_tokens": 50,
        "temperature": 0,
        "response_format": {"type": "json_schema", "json_schema": {"name": "s", "schema": schema}},
    }
    direct = chat(real.origin, body)
    assert json.loads(direct[0]["content"])["city"] in ["Zürich", "Basel"]
    for server in real.fronts:
        assert chat(server, body | {"model": kind}) == direct

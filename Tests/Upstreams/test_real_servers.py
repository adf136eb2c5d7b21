"""A real model in llama-cpp-python's server, behind Tokenwire."""

import json
import os
import subprocess
import urllib.error
import urllib.request

import pytest
from servers import TOKENWIRE, front, llama_cpp_python


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with llama_cpp_python(os.environ["MODEL"]) as url:
        model = {"name": "there", "kind": "openai-compatible", "model": "smol", "base_url": url}
        with front(tmp_path_factory.mktemp("front"), model) as server:
            yield server


def generate(server, *arguments):
    command = [TOKENWIRE, "generate", "--server", server.url.removeprefix("http://"), "--json", *arguments]
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=120).stdout.splitlines()
    return [json.loads(line) for line in lines]


def text(messages):
    return "".join(message["delta"].get("text", "") for message in messages if "delta" in message)


def test_a_conversation_is_answered(server):
    messages = generate(server, "--temperature", "0", "--max-tokens", "24", "What is the capital of France?")
    assert messages[0]["started"]["upstream_model"] == "smol"
    assert text(messages)
    finished = messages[-1]["finished"]
    assert finished["finish_reason"] in ("stop", "length")
    assert 0 < finished["usage"]["completion_tokens"] <= 24


def test_a_prompt_is_continued_the_same_each_time(server):
    first, second = (generate(server, "--temperature", "0", "--max-tokens", "12", "--raw", "Once upon a time") for _ in range(2))
    assert text(first)
    assert text(first) == text(second)
    assert first[-1]["finished"]["finish_reason"] == "length"


def test_a_stop_string_ends_the_text(server):
    whole = text(generate(server, "--temperature", "0", "--max-tokens", "12", "--raw", "Once upon a time"))
    stop = whole.split()[2]
    assert stop not in text(
        generate(server, "--temperature", "0", "--max-tokens", "12", "--stop", stop, "--raw", "Once upon a time")
    )


def test_the_articles_client_is_answered(server):
    request = urllib.request.Request(
        f"{server.url}/generate",
        json.dumps({"prompt": "Once upon a time", "max_length": 40}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=120) as response:
        assert json.load(response)["generated_text"].startswith("Once upon a time")


def test_what_the_server_would_ignore_is_refused(server):
    body = {"model": "there", "prompt": "Hi", "grammar": 'root ::= "a"', "max_tokens": 4}
    assert b"grammar" in refusal(server, "/v1/completions", body)


def test_a_server_without_counts_says_so(server):
    body = {"model": "there", "prompt": "Hi", "return_tokens": False}
    assert b"/tokenize (status 404)" in refusal(server, "/tokenize", body)


def refusal(server, path, body):
    """What a request is refused with, by its status of what is not supported."""
    request = urllib.request.Request(
        server.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=120)
    assert caught.value.code == 501
    return caught.value.read()

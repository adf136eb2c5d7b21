"""The function under AWS's own emulator, with events of sam's."""

import base64
import json

import pytest
from gateway import http_api, load_balancer, rest_api
from processes import Emulator


def body(answer):
    assert answer["isBase64Encoded"] is False
    return json.loads(answer["body"])


# The article's endpoints, with its own JSON.


def test_generate(function):
    event = rest_api("POST", "/generate", json={"prompt": "The sky is", "max_length": 20})
    assert event["resource"] == "/{proxy+}"
    answer = function.invoke(event)
    assert answer["statusCode"] == 200
    assert answer["multiValueHeaders"]["content-type"] == ["application/json"]
    assert list(body(answer)) == ["generated_text"] and body(answer)["generated_text"].startswith("The sky is")


def test_generate_without_a_prompt(function):
    answer = function.invoke(rest_api("POST", "/generate", json={}))
    assert (answer["statusCode"], body(answer)) == (400, {"error": "Prompt is required"})


def test_secure_generate(function, token):
    def ask(headers):
        return function.invoke(
            rest_api("POST", "/secure-generate", json={"prompt": "The sky is", "max_length": 10}, headers=headers)
        )

    missing, wrong = ask({}), ask({"Authorization": "no"})
    assert (missing["statusCode"], body(missing)) == (403, {"message": "Token is missing!"})
    assert (wrong["statusCode"], body(wrong)) == (403, {"message": "Token is invalid!"})
    for value in (token, f"Bearer {token}"):
        answer = ask({"Authorization": value})
        assert answer["statusCode"] == 200 and body(answer)["user_id"] == "ann"


def test_log_request_without_a_log(function, token):
    """It needs a central store: docs/lambda.md."""
    event = rest_api(
        "POST", "/log-request", json={"prompt": "a", "response": "b"}, headers={"Authorization": token}
    )
    answer = function.invoke(event)
    assert answer["statusCode"] == 501 and "log" in json.dumps(body(answer))


def test_log_request(keys, token, database, tmp_path):
    """In a central store, where the next instance finds what this one has stored."""
    settings = {
        "TOKENWIRE_GENERATOR": "scripted", "TOKENWIRE_KEY_FILE": str(keys), "TOKENWIRE_LOG_STORE": database
    }  # fmt: skip
    # Stored once, whoever is asked.
    request = {"prompt": "a", "response": "b", "idempotency_key": "once"}
    answers = []
    for _ in range(2):
        with Emulator(tmp_path, settings) as emulator:
            for headers in [{}, {"Authorization": token}]:
                answers.append(emulator.invoke(rest_api("POST", "/log-request", json=request, headers=headers)))
    assert [answer["statusCode"] for answer in answers] == [403, 200, 403, 200]
    one, other = body(answers[1]), body(answers[3])
    assert one["message"] == "Request logged successfully" and one == other


def test_the_root(function):
    event = rest_api("GET", "/")
    assert event["resource"] == "/"
    assert function.invoke(event)["statusCode"] == 404


# Other APIs, and HTTP APIs.


@pytest.mark.parametrize("make", [rest_api, http_api])
def test_openai(function, make):
    asked = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 3}
    answer = function.invoke(make("POST", "/v1/chat/completions", json=asked))
    assert answer["statusCode"] == 200 and body(answer)["usage"]["completion_tokens"] == 3


@pytest.mark.parametrize("make", [rest_api, http_api])
def test_a_stream_that_is_buffered(function, make):
    asked = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 3, "stream": True}
    answer = function.invoke(make("POST", "/v1/chat/completions", json=asked))
    assert answer["body"].startswith("data: {") and answer["body"].endswith("data: [DONE]\n\n")


def test_http_api(function):
    answer = function.invoke(http_api("POST", "/generate", json={"prompt": "The sky is", "max_length": 10}))
    assert answer["statusCode"] == 200 and answer["headers"]["content-type"] == "application/json"


@pytest.mark.parametrize("make", [rest_api, http_api])
def test_queries_and_paths(function, make):
    assert function.invoke(make("GET", "/health"))["statusCode"] == 200
    assert function.invoke(make("HEAD", "/health"))["body"] == ""
    lost = function.invoke(make("GET", "/caf%C3%A9 %25?a=1&a=2"))
    assert lost["statusCode"] == 404 and "/café %" in lost["body"]
    preflight = function.invoke(make("OPTIONS", "/generate"))
    assert preflight["statusCode"] == 204


@pytest.mark.parametrize("make", [rest_api, http_api])
def test_binary(function, make):
    """grpc-web, whose contents are no text."""
    event = make("POST", "/grpc.health.v1.Health/Check", data=bytes(5), content_type="application/grpc-web+proto")
    assert event["isBase64Encoded"]
    answer = function.invoke(event)
    content = answer["body"].encode() if not answer["isBase64Encoded"] else base64.b64decode(answer["body"])
    assert b"grpc-status:0" in content.replace(b" ", b"")


@pytest.mark.parametrize("lists", [False, True])
def test_load_balancer(function, lists):
    answer = function.invoke(load_balancer("POST", "/generate", {"prompt": "The sky is", "max_length": 10}, lists=lists))
    assert (answer["statusCode"], answer["statusDescription"]) == (200, "200 OK")
    content_type = answer["multiValueHeaders" if lists else "headers"]["content-type"]
    assert content_type == (["application/json"] if lists else "application/json")
    assert body(answer)["generated_text"].startswith("The sky is")


def test_a_query_behind_a_load_balancer(function, token):
    """It comes as the client has sent it, and is read once."""
    def ask(since):
        headers = {"authorization": f"Bearer {token}"}
        return function.invoke(load_balancer("GET", "/v1/logs", headers=headers, query={"since": since}))

    # Without a log, a request that is right is answered 501.
    assert ask("2026-01-31T12%3A00%3A00Z")["statusCode"] == 501
    assert ask("2026-01-31T12%253A00%253A00Z")["statusCode"] == 400


def test_a_token_beside_a_signature(function, token):
    """Function URLs that ask for signatures of AWS pass them on as `authorization`."""
    signature = "AWS4-HMAC-SHA256 Credential=AKIA/20261201/us-east-1/lambda/aws4_request, Signature=ab"
    asked = {"prompt": "The sky is", "max_length": 10}
    for path in ["/secure-generate", "/tokenwire.v1.Tokenwire/SecureGenerate"]:
        headers = {"Authorization": signature, "Accept": "application/json"}
        body_of_path = asked if path == "/secure-generate" else {"prompt": "The sky is", "max_tokens": 2}
        missing = function.invoke(http_api("POST", path, json=body_of_path, headers=headers))
        assert missing["statusCode"] in [401, 403] and "Token is missing" in missing["body"]
        answer = function.invoke(
            http_api("POST", path, json=body_of_path, headers=headers | {"X-Api-Key": token})
        )
        assert answer["statusCode"] == 200, answer
    chat = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 2, "user": "bob"}
    answer = function.invoke(
        http_api("POST", "/v1/chat/completions", json=chat, headers={"Authorization": signature, "X-Api-Key": token})
    )
    assert answer["statusCode"] == 200


def test_wrong_event(function):
    answer = function.invoke({"key1": "value1"})
    assert answer["errorType"] == "Tokenwire.WrongEvent" and "httpMethod" in answer["errorMessage"]
    assert function.invoke(rest_api("GET", "/health"))["statusCode"] == 200


def test_many_on_one_instance(function):
    assert all(function.invoke(rest_api("GET", "/health"))["statusCode"] == 200 for _ in range(200))


# What does not start.


def test_a_log_that_would_be_lost(tmp_path):
    settings = {"TOKENWIRE_GENERATOR": "scripted", "TOKENWIRE_LOG_FILE": "/tmp/requests.db"}
    with Emulator(tmp_path, settings) as emulator:
        answer = emulator.invoke(rest_api("GET", "/health"))
        assert answer["errorType"] == "Tokenwire.Configuration"
        assert "give a central store" in answer["errorMessage"]


def test_no_model(tmp_path):
    with Emulator(tmp_path, {"TOKENWIRE_MODEL": "/nowhere/model.gguf"}) as emulator:
        answer = emulator.invoke(rest_api("GET", "/health"))
        assert answer["errorType"] == "Tokenwire.Start" and "/nowhere/model.gguf" in answer["errorMessage"]

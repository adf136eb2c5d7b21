"""The function at a Runtime API of ours: streams, deadlines, many events beside each other, and ends."""

import json
import os
import signal
import time

import pytest
from gateway import http_api, rest_api
from processes import SCRIPTED, Function
from runtime_api import RuntimeAPI

PACE = 0.05
PACED = SCRIPTED | {"TOKENWIRE_SCRIPTED_PACE": f"{int(PACE * 1000)}ms"}
STREAMING = {"TOKENWIRE_RESPONSE_MODE": "streaming"}


@pytest.fixture
def api():
    with RuntimeAPI() as api:
        yield api


def generate(tokens, make=http_api, **headers):
    asked = {"prompt": "The sky is", "max_new_tokens": tokens, "ignore_eos": True}
    return make("POST", "/generate", json=asked, headers=headers)


def stream(tokens, make=http_api):
    return generate(tokens, make, Accept="text/event-stream")


@pytest.mark.parametrize("make", [http_api, rest_api])
def test_tokens_are_streamed_as_they_are_written(api, make):
    with Function(api, PACED | STREAMING):
        answer = api.answer(stream(20, make))
    assert answer.headers["Content-Type"] == "application/vnd.awslambda.http-integration-response"
    fields = answer.head["headers"] if make is http_api else answer.head["multiValueHeaders"]
    assert answer.head["statusCode"] == 200 and "text/event-stream" in str(fields["content-type"])
    times = [at for at, piece in answer.pieces]
    # The first tokens long before the last.
    assert len(times) > 3 and times[-1] - times[0] > 5 * PACE
    assert answer.error is None


def test_a_whole_answer_in_a_stream(api):
    with Function(api, SCRIPTED | STREAMING):
        answer = api.answer(http_api("POST", "/generate", json={}))
    assert answer.streamed and answer.head["statusCode"] == 400
    assert json.loads(answer.body) == {"error": "Prompt is required"}


def test_a_deadline_is_an_error_of_the_api(api):
    """Before Lambda ends the process: the server tells it, in the form of each API, and goes on."""
    with Function(api, PACED):
        api.answer(http_api("GET", "/health"))
        answer = api.answer(generate(1000), seconds=2)
        assert answer.json["statusCode"] == 504 and list(json.loads(answer.body)) == ["error"]
        chat = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 1000, "ignore_eos": True}
        answer = api.answer(http_api("POST", "/v1/chat/completions", json=chat), seconds=1)
        assert answer.json["statusCode"] == 504 and "message" in json.loads(answer.body)["error"]
        assert api.answer(generate(2)).json["statusCode"] == 200


def test_a_deadline_ends_a_stream_with_its_error(api):
    with Function(api, PACED | STREAMING):
        api.answer(http_api("GET", "/health"))
        answer = api.answer(stream(1000), seconds=2)
        # The stream itself is whole.
        assert answer.error is None and "event: error" in answer.body and "took longer than" in answer.body


def test_so_many_events_beside_each_other(api):
    with Function(api, PACED | {"AWS_LAMBDA_MAX_CONCURRENCY": "4"}):
        api.wait_for_waiting(4)
        long = [api.invoke(generate(150)) for _ in range(3)]
        # The last one in is the first one out.
        assert api.wait(api.invoke(generate(2))).json["statusCode"] == 200
        assert not any(name in api.answers for name in long)
        assert all(api.wait(name).json["statusCode"] == 200 for name in long)


def test_sigterm_lets_an_answer_end(api):
    with Function(api, PACED | STREAMING) as function:
        api.answer(http_api("GET", "/health"))
        name = api.invoke(stream(20))
        api.wait_for_taken(name)
        time.sleep(5 * PACE)
        function.process.send_signal(signal.SIGTERM)
        answer = api.wait(name)
        assert answer.error is None and "error" not in answer.body
        assert function.end()[0] == 0


def test_sigterm_ends_an_idle_function(api):
    with Function(api, SCRIPTED) as function:
        api.wait_for_waiting(1)
        function.process.send_signal(signal.SIGTERM)
        assert function.end()[0] == 0


def test_sigterm_while_a_model_loads(api, tmp_path):
    """Whoever waits for it is told at once, not when the model is there."""
    model = tmp_path / "model.gguf"
    os.mkfifo(model)
    # The beginning of a model alone: the rest is waited for.
    writer = os.open(model, os.O_RDWR)
    os.write(writer, b"GGUF")
    try:
        with Function(api, {"TOKENWIRE_MODEL": str(model)}) as function:
            name = api.invoke(generate(1), seconds=3600)
            api.wait_for_taken(name)
            # It is on its way: one that has not arrived is not taken any more.
            time.sleep(0.5)
            function.process.send_signal(signal.SIGTERM)
            answer = api.wait(name)
            assert answer.json["statusCode"] == 503
            assert function.end()[0] == 0
    finally:
        os.close(writer)


def test_anonymous_limits_are_for_each_address(api):
    """Not for all clients together, although one process passes all their requests on."""
    with Function(api, SCRIPTED | {"TOKENWIRE_ANONYMOUS_REQUESTS_PER_MINUTE": "2"}):
        def ask(address):
            event = generate(1)
            event["requestContext"]["http"]["sourceIp"] = address
            return api.answer(event).json["statusCode"]

        assert [ask("203.0.113.1") for _ in range(3)] == [200, 200, 429]
        assert ask("203.0.113.2") == 200


def test_a_base_path(api):
    with Function(api, SCRIPTED | {"TOKENWIRE_BASE_PATH": "/llm"}):
        assert api.answer(http_api("GET", "/llm/health")).json["statusCode"] == 200


@pytest.mark.parametrize(
    ("settings", "kind", "reason"),
    [
        ({"TOKENWIRE_LOG_FILE": "/tmp/log.db"}, "Configuration", "give a central store"),
        ({"TOKENWIRE_LOG_FILE": "/mnt/efs/log.db"}, "Configuration", "give a central store"),
        (
            {"TOKENWIRE_LOG_STORE": "postgresql://h/d", "TOKENWIRE_LOG_OUTBOX": "/tmp/outbox.db"},
            "Configuration",
            "What is in the outbox /tmp/outbox.db would be lost",
        ),
        ({"TOKENWIRE_HTTP": "off"}, "Configuration", "requests of HTTP"),
        ({"TOKENWIRE_RESPONSE_MODE": "fast"}, "Configuration", '"buffered" or "streaming"'),
        ({"TOKENWIRE_BASE_PATH": "llm"}, "Configuration", "--base-path"),
        ({"TOKENWIRE_MAX_CALLS": "many"}, "Configuration", "--max-calls"),
        ({"TOKENWIRE_KEY_FILE": "/nowhere/keys.json"}, "Start", "/nowhere/keys.json"),
    ],
)
def test_what_does_not_start_is_told(api, settings, kind, reason):
    with Function(api, SCRIPTED | settings) as function:
        error = api.wait("init").json
        assert error["errorType"] == f"Tokenwire.{kind}" and reason in error["errorMessage"]
        code, errors = function.end()
        assert code != 0 and reason in errors


def test_a_runtime_api_that_goes_away(tmp_path):
    with RuntimeAPI() as api:
        function = Function(api, SCRIPTED)
        function.__enter__()
        api.wait_for_waiting(1)
    # Its connections end with the process that serves them, here by a wrong answer.
    api.events.put(("", b"", 0))
    code, errors = function.end()
    assert code == 1 and "Runtime API" in errors


def test_outside_lambda():
    class Nowhere:
        address = ""

    with Function(Nowhere, SCRIPTED) as function:
        code, errors = function.end()
        assert code == 1 and "AWS_LAMBDA_RUNTIME_API" in errors and "tokenwire serve" in errors

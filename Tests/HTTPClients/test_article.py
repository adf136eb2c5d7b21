"""The article's API, as its users call it."""

import json
import subprocess

import pytest
import requests
import sseclient


def test_generate(server):
    answer = requests.post(f"{server}/generate", json={"prompt": "The sky is", "max_length": 20})
    assert answer.status_code == 200 and list(answer.json()) == ["generated_text"]
    assert answer.json()["generated_text"].startswith("The sky is")
    new = requests.post(
        f"{server}/generate", json={"prompt": "The sky is", "max_new_tokens": 3, "return_full_text": False}
    )
    assert not new.json()["generated_text"].startswith("The sky is")
    empty = requests.post(f"{server}/generate", json={})
    assert (empty.status_code, empty.json()) == (400, {"error": "Prompt is required"})
    full = requests.post(f"{server}/generate", json={"prompt": "word " * 50, "max_length": 20})
    assert full.status_code == 400 and "20" in full.json()["error"]


def test_generate_streamed(server):
    answer = requests.post(
        f"{server}/generate",
        json={"prompt": "The sky is", "max_new_tokens": 5},
        headers={"Accept": "text/event-stream"},
        stream=True,
    )
    events = list(sseclient.SSEClient(answer).events())
    assert [int(event.id) for event in events] == list(range(len(events)))


def test_secure(server, token):
    asked = {"prompt": "The sky is", "max_length": 10}
    url = f"{server}/secure-generate"
    missing = requests.post(url, json=asked)
    assert (missing.status_code, missing.json()) == (403, {"message": "Token is missing!"})
    wrong = requests.post(url, json=asked, headers={"Authorization": "Bearer no"})
    assert (wrong.status_code, wrong.json()) == (403, {"message": "Token is invalid!"})
    for value in (token, f"Bearer {token}"):
        answer = requests.post(url, json=asked, headers={"Authorization": value})
        assert answer.status_code == 200 and answer.json()["user_id"] == "ann"


def test_log(server, token):
    headers = {"Authorization": token}
    logged = requests.post(f"{server}/log-request", json={"prompt": "Café?", "response": "☕"}, headers=headers)
    assert logged.status_code == 200 and logged.json()["message"] == "Request logged successfully"
    missing = requests.post(f"{server}/log-request", json={"prompt": "a", "response": "b"})
    assert (missing.status_code, missing.json()) == (403, {"message": "Token is missing!"})
    read = requests.get(f"{server}/v1/logs", params={"search": "Café"}, headers={"Authorization": f"Bearer {token}"})
    assert any(entry["response"] == "☕" and entry["id"] == logged.json()["id"] for entry in read.json()["data"])


@pytest.mark.parametrize("protocol", ["--http1.1", "--http2-prior-knowledge"])
def test_curl(server, protocol):
    command = ["curl", "--silent", "--fail-with-body", protocol, f"{server}/v1/chat/completions", "--json"]
    asked = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 3, "stream": True}
    told = subprocess.run([*command, json.dumps(asked)], capture_output=True, text=True, check=True).stdout
    assert told.endswith("data: [DONE]\n\n")


def test_many_requests_on_one_connection(server):
    with requests.Session() as session:
        assert all(session.get(f"{server}/health").status_code == 200 for _ in range(1000))

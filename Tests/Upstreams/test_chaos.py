"""Servers of a model that are killed while calls run: each call ends once, with its text, or with an error after its beginning."""

import http.client
import json
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from servers import Server, front

CALLS = 1000
AT_ONCE = 40
TOKENS = 30
# Between two pieces of an answer, in seconds: far beyond what any takes, so only a call that hangs is so silent. A call
# has as many pieces as tokens, and so ends after all.
SILENCE = 60


def call(port, number):
    """What came of a call: its text, and how it ended: "stop", "length", or an error."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SILENCE)
    body = {"messages": [{"role": "user", "content": f"Call {number}"}], "max_tokens": TOKENS, "stream": True}
    connection.request("POST", "/v1/chat/completions", json.dumps(body), {"Content-Type": "application/json"})
    response = connection.getresponse()
    if response.status != 200:
        return "", [f"status {response.status}: {response.read().decode()}"]
    text, ends = "", []
    for line in response:
        if not line.startswith(b"data: ") or line.startswith(b"data: [DONE]"):
            continue
        chunk = json.loads(line.removeprefix(b"data: "))
        if "error" in chunk:
            ends.append(chunk["error"]["message"])
            continue
        for choice in chunk["choices"]:
            text += choice["delta"].get("content") or ""
            if choice["finish_reason"]:
                ends.append(choice["finish_reason"])
    return text, ends


def test_killed_servers_lose_no_call(tmp_path):
    scripted = ["--generator", "scripted", "--scripted-pace", "3ms"]
    servers = [Server(*scripted) for _ in range(3)]
    for server in servers:
        server.start()
    is_over = threading.Event()
    kills = 0

    def kill():
        nonlocal kills
        chance = random.Random(1)
        while not is_over.wait(0.15):
            # One always lives: there is a server for each call that has no token yet.
            victim = chance.choice(servers[1:])
            victim.stop(signal.SIGKILL)
            kills += 1
            time.sleep(0.1)
            victim.start()

    model = {
        "name": "model",
        "kind": "tokenwire",
        "model": "scripted",
        "check_interval": "100ms",
        "replicas": [{"base_url": f"{server.url}/v1"} for server in servers],
    }
    try:
        with front(tmp_path, model) as server:
            (expected, ends) = call(server.port, 0)
            assert ends == ["length"]
            killer = threading.Thread(target=kill)
            killer.start()
            try:
                with ThreadPoolExecutor(AT_ONCE) as pool:
                    results = list(pool.map(lambda number: call(server.port, number), range(CALLS)))
            finally:
                is_over.set()
                killer.join()
    finally:
        for server in servers:
            server.stop()

    assert kills > 5
    whole = [text for text, ends in results if ends == ["length"]]
    failed = [(text, ends) for text, ends in results if ends != ["length"]]
    # No token twice, none left out: a call is not sent to another server after its first token.
    assert all(text == expected for text in whole)
    assert failed, "the servers were killed between the calls"
    for text, ends in failed:
        # Without a token, another server would have been asked.
        assert text, ends
        assert expected.startswith(text)
        assert len(ends) == 1 and ends[0].startswith("The text breaks off here")
    assert len(whole) > CALLS / 2

"""The machine's clock jumps, as it does when somebody or NTP sets it: only access tokens are of the calendar."""

import http.client
import json
import re
import subprocess
import threading
import time
from pathlib import Path

import pytest

from manager import TOKENWIRE, Service

DAY = 86400
# Of the scripted generator, between tokens.
PACE = 0.05


class Clock:
    """The clock of a server, which clock.c moves."""

    def __init__(self, folder):
        self.file = folder / "offset"
        self.set(0)
        library = folder / "clock.so"
        source = Path(__file__).parent / "clock.c"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
        self.environment = {"LD_PRELOAD": str(library), "CLOCK_OFFSET": str(self.file)}

    def set(self, seconds):
        """By so many seconds from the machine's own. The file stays the same one: it is mapped."""
        with self.file.open("r+b" if self.file.exists() else "wb") as file:
            file.write(seconds.to_bytes(8, "little", signed=True))


@pytest.fixture
def clock(tmp_path):
    return Clock(tmp_path)


@pytest.fixture
def keys(tmp_path):
    path = tmp_path / "keys.json"
    subprocess.run([TOKENWIRE, "key", "new", "--key-file", path], check=True, stderr=subprocess.DEVNULL)
    return path


def serve(clock, *arguments):
    pace = {"TOKENWIRE_SCRIPTED_PACE": f"{int(PACE * 1000)}ms"}
    return Service("--listen", "127.0.0.1:0", *arguments, environment=clock.environment | pace)


def port_of(service):
    return int(re.search(r":(\d+) ", service.wait_until_ready())[1])


def complete(port, tokens, headers=()):
    """The status of a call, its answer, and how long it took."""
    begin = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = json.dumps({"prompt": "go", "max_tokens": tokens, "ignore_eos": True})
    connection.request("POST", "/v1/completions", body, {"Content-Type": "application/json", **dict(headers)})
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    return response.status, answer, time.monotonic() - begin


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_a_text_is_written_to_its_end(clock, jump):
    """With pauses between its tokens, and a server that goes on and ends as ever."""
    with serve(clock) as service:
        port, answers = port_of(service), []
        call = threading.Thread(target=lambda: answers.append(complete(port, 40)))
        call.start()
        time.sleep(10 * PACE)
        clock.set(jump)
        call.join()
        status, answer, took = answers[0]
        assert status == 200 and answer["usage"]["completion_tokens"] == 40
        assert 39 * PACE * 0.9 < took < 39 * PACE + 5
        # The clock was moved in the server: it is what answers tell the time by.
        assert abs(complete(port, 1)[1]["created"] - time.time() - jump) < 60
        assert service.stop()[0] == 0


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_deadlines_come_when_they_should(clock, jump):
    with serve(clock) as service:
        port = port_of(service)
        command = [TOKENWIRE, "generate", "--server", f"127.0.0.1:{port}", "--max-tokens", "1000", "--timeout", "2s", "go"]
        begin = time.monotonic()
        call = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        time.sleep(0.5)
        clock.set(jump)
        errors = call.communicate(timeout=60)[1]
        assert call.returncode != 0 and "deadline" in errors.lower(), errors
        assert 1.8 < time.monotonic() - begin < 7
        assert service.stop()[0] == 0


def test_access_tokens_end_by_the_calendar(clock, keys):
    command = [TOKENWIRE, "token", "issue", "--key-file", keys, "--user", "ann", "--expires", "1h"]
    token = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    with serve(clock, "--key-file", str(keys)) as service:
        port = port_of(service)
        statuses = []
        for jump in [0, DAY, 0]:
            clock.set(jump)
            statuses.append(complete(port, 1, {"Authorization": f"Bearer {token}"})[0])
        assert statuses == [200, 401, 200]
        assert service.stop()[0] == 0

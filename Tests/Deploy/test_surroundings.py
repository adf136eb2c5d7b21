"""Bad surroundings: the server works, or says in a sentence what it lacks."""

import http.client
import json
import os
import re
import signal
import subprocess
import time

import pytest

from manager import TOKENWIRE, Service

MODEL = os.environ.get("TOKENWIRE_TEST_MODEL")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
needs_model = pytest.mark.skipif(not MODEL, reason="needs TOKENWIRE_TEST_MODEL")


def address_in(line):
    return re.search(r"ready on (\S+):(\d+) ", line).groups()


def complete(line, **more):
    host, port = address_in(line)
    connection = http.client.HTTPConnection(host.strip("[]"), int(port), timeout=60)
    body = json.dumps({"prompt": "The sky is", "max_tokens": 4, **more})
    connection.request("POST", "/v1/completions", body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    text = response.read()
    connection.close()
    assert response.status == 200, text
    return json.loads(text)


def run(command, **variables):
    """A command around the server, until it is ready; then one call, and SIGTERM."""
    environment = {**os.environ, "TOKENWIRE_GENERATOR": "scripted", **variables}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
        start_new_session=True,
    )
    try:
        line = process.stdout.readline()
        if not line:
            _, errors = process.communicate(timeout=60)
            return process.returncode, errors
        return process, line
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        raise


def end(process):
    os.killpg(process.pid, signal.SIGTERM)
    _, errors = process.communicate(timeout=60)
    return process.returncode, errors


SERVE = [TOKENWIRE, "serve", "--listen", "127.0.0.1:0"]


@needs_root
@pytest.mark.parametrize("script", [
    # A root that cannot be written to, with a /tmp and without one.
    "mount -o remount,ro,bind / && mount -t tmpfs tmpfs /tmp",
    "mount -o remount,ro,bind / && mount -t tmpfs -o ro tmpfs /tmp",
], ids=["read-only root", "no /tmp either"])
def test_a_read_only_root_is_enough(script):
    inside = f'mount --make-rprivate / && mount --bind / / && cd / && {script}; exec "$@"'
    process, line = run(["unshare", "--mount", "sh", "-c", inside, "sh", *SERVE])
    assert complete(line)["usage"]["completion_tokens"] == 4
    assert end(process)[0] == 0


@needs_root
def test_a_user_who_may_write_nothing_and_has_no_home():
    process, line = run([
        "setpriv", "--reuid", "65532", "--regid", "65532", "--clear-groups", "env", "--ignore-environment",
        "TOKENWIRE_GENERATOR=scripted", "HOME=/nonexistent", *SERVE,
    ])
    complete(line)
    assert end(process)[0] == 0


@needs_root
def test_a_log_where_nothing_can_be_written_is_told():
    status, errors = run([
        "setpriv", "--reuid", "65532", "--regid", "65532", "--clear-groups", *SERVE,
        "--log-file", "/nowhere/requests.db",
    ])
    assert status == 1
    assert len(errors.strip().splitlines()) == 1 and "/nowhere/requests.db" in errors, errors


@needs_model
def test_one_core():
    process, line = run(["taskset", "--cpu-list", "0", *SERVE, "--model", MODEL], TOKENWIRE_GENERATOR="llama")
    assert complete(line)["usage"]["completion_tokens"] == 4
    assert end(process)[0] == 0


@needs_model
def test_512_megabytes():
    """What it uses at most, the model's file among it, with settings for a small machine."""
    command = [
        *SERVE, "--model", MODEL, "--parallel", "2", "--context", "1024", "--prefix-cache", "32MiB",
    ]
    process = run(command, TOKENWIRE_GENERATOR="llama")
    if isinstance(process[0], int):
        status, errors = process
        assert status == 1 and errors.strip().splitlines()[-1].startswith("Error: "), errors
        pytest.fail(f"it does not start with 512 MB: {errors}")
    process, line = process
    assert complete(line)["usage"]["completion_tokens"] == 4
    with open(f"/proc/{process.pid}/status") as status:
        peak = int(re.search(r"VmHWM:\s+(\d+) kB", status.read())[1])
    print(f"peak memory: {peak >> 10} MiB")
    assert peak < 512 << 10
    assert end(process)[0] == 0


@needs_root
def test_without_ipv6():
    """A namespace of the network whose kernel has IPv6 switched off."""
    script = (
        'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6; ip link set lo up; "$@" & server=$!; '
        'trap "kill -TERM $server; wait $server" TERM; '
        'until curl --silent --fail http://localhost:7437/health > /dev/null; do sleep 0.1; kill -0 $server || exit 9; done; '
        'kill -TERM $server; wait $server'
    )
    for listen in ["127.0.0.1:7437", "localhost:7437"]:
        result = subprocess.run(
            ["unshare", "--net", "sh", "-c", script, "sh", TOKENWIRE, "serve", "--listen", listen],
            env={**os.environ, "TOKENWIRE_GENERATOR": "scripted"}, capture_output=True, text=True, timeout=60,
        )
        assert result.returncode == 0, result.stderr
    result = subprocess.run(
        ["unshare", "--net", "sh", "-c", script, "sh", TOKENWIRE, "serve", "--listen", "[::1]:7437"],
        env={**os.environ, "TOKENWIRE_GENERATOR": "scripted"}, capture_output=True, text=True, timeout=60,
    )
    assert result.returncode == 9
    assert "Error: Cannot listen on [::1]:7437" in result.stderr


@needs_root
@pytest.mark.parametrize("offset", [86400, 400 * 86400])
def test_a_monotonic_clock_that_begins_elsewhere(offset):
    """Clocks of a machine that has slept or was moved: deadlines and timers count by differences."""
    process, line = run(["unshare", "--time", "--monotonic", str(offset), "--boottime", str(offset), *SERVE])
    complete(line)
    assert end(process)[0] == 0


@pytest.mark.parametrize("milliseconds", [0, 1, 5, 10, 20, 40, 60, 80, 100, 150, 200, 300, 500, 1000])
def test_sigterm_in_the_first_second(milliseconds):
    service = Service("--listen", "127.0.0.1:0")
    time.sleep(milliseconds / 1000)
    status, _, errors = service.stop()
    # Before the process has taken the signal over, the kernel ends it: systemd takes both for success.
    assert status == 0 or (status == -signal.SIGTERM and milliseconds < 300), errors
    assert "Fatal" not in errors and "Error" not in errors


@needs_root
def test_sigterm_as_the_first_process_of_a_container():
    """The kernel ends no first process that has not taken the signal over: it must do so early."""
    for milliseconds in [150, 200, 300, 500]:
        process = subprocess.Popen(
            ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", *SERVE],
            env={**os.environ, "TOKENWIRE_GENERATOR": "scripted"},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        time.sleep(milliseconds / 1000)
        children = open(f"/proc/{process.pid}/task/{process.pid}/children").read().split()
        for child in children:
            os.kill(int(child), signal.SIGTERM)
        # Where it was lost, this fails.
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0 or milliseconds < 300, errors

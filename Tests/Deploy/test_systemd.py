"""systemd's protocols: notices, the watchdog, and sockets that are handed over."""

import http.client
import json
import signal
import socket
import threading
import time

import pytest

from manager import Notices, Service, listening_socket


@pytest.fixture(params=[False, True], ids=["file", "abstract"])
def notices(request):
    notices = Notices(abstract=request.param)
    yield notices
    notices.close()


def ask(port, timeout=60):
    """One call on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(
            "POST", "/v1/completions", json.dumps({"prompt": "go", "max_tokens": 2}),
            {"Content-Type": "application/json", "Connection": "close"},
        )
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def test_it_says_when_it_is_ready_and_when_it_stops(notices):
    arguments = ["--listen", "127.0.0.1:0", "--shutdown-grace-period", "100s"]
    with Service(*arguments, notices=notices) as service:
        ready = notices.wait_for("READY=1")[-1]
        assert ready["STATUS"].startswith("ready on 127.0.0.1:")
        assert service.stop()[0] == 0
        stopping = notices.wait_for("STOPPING=1")
        assert all("WATCHDOG" not in notice for notice in stopping)
        # However short TimeoutStopSec is.
        assert int(stopping[-1]["EXTEND_TIMEOUT_USEC"]) > 100 * 1_000_000


def test_signs_of_life_come_in_time():
    notices = Notices()
    try:
        environment = {"WATCHDOG_USEC": "500000"}
        with Service("--listen", "127.0.0.1:0", notices=notices, environment=environment) as service:
            notices.wait_for("WATCHDOG=1")
            times = [time.monotonic()]
            while len(times) < 8:
                notices.wait_for("WATCHDOG=1", timeout=5)
                times.append(time.monotonic())
            mean = (times[-1] - times[0]) / (len(times) - 1)
            assert 0.2 < mean, "half of the watchdog's interval, a quarter of a second"
            # A stopped process is the one that hangs.
            service.process.send_signal(signal.SIGSTOP)
            time.sleep(0.2)
            notices.socket.setblocking(False)
            with pytest.raises(BlockingIOError):
                while True:
                    notices.socket.recv(4096)
            with pytest.raises(TimeoutError):
                notices.take(timeout=1)
            service.process.send_signal(signal.SIGCONT)
            notices.wait_for("WATCHDOG=1")
            assert service.stop()[0] == 0
    finally:
        notices.close()


def test_a_manager_that_has_gone_does_not_stop_the_server():
    notices = Notices()
    notices.close()
    with Service("--listen", "127.0.0.1:0", notices=notices) as service:
        service.wait_until_ready()
        status, _, errors = service.stop()
        assert status == 0
        assert "systemd cannot be notified" in errors


def test_it_serves_on_the_socket_that_it_is_handed():
    with listening_socket() as sock:
        port = sock.getsockname()[1]
        with Service("--listen", "systemd", sockets=[sock]) as service:
            assert f"127.0.0.1:{port}" in service.wait_until_ready()
            assert ask(port)[0] == 200
            assert service.stop()[0] == 0
        # It is the manager's: still there, and what connects waits.
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            pass


def test_a_socket_file_stays(tmp_path):
    path = str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(path)
        sock.listen()
        with Service("--listen", "systemd", sockets=[sock]) as service:
            assert f"unix:{path}" in service.wait_until_ready()
            assert service.stop()[0] == 0
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(path)


def test_one_of_several_sockets_is_chosen_by_its_name():
    with listening_socket() as one, listening_socket() as other:
        sockets, names = [one, other], ["one", "other"]
        with Service("--listen", "systemd/other", sockets=sockets, names=names) as service:
            assert f":{other.getsockname()[1]} " in service.wait_until_ready()
            assert service.stop()[0] == 0
        with Service("--listen", "systemd", sockets=sockets, names=names) as service:
            status, _, errors = service.stop(0)
            assert status == 64
            assert '("one", "other"), 2 are to listen on, but it must be one' in errors


def test_without_a_socket_it_says_so():
    with Service("--listen", "systemd") as service:
        status, _, errors = service.stop(0)
        assert status == 64
        assert errors.startswith("Error: No socket was handed over: --listen systemd is for a service")


def test_other_machines_need_tls_on_a_socket_that_was_handed_over_too():
    with socket.socket() as sock:
        sock.bind(("0.0.0.0", 0))
        sock.listen()
        with Service("--listen", "systemd", sockets=[sock]) as service:
            status, _, errors = service.stop(0)
            assert status == 64
            assert "Other machines reach 0.0.0.0" in errors


def test_what_is_no_listening_socket_is_told():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        with Service("--listen", "systemd", sockets=[sock]) as service:
            status, _, errors = service.stop(0)
            assert status == 64
            assert "is no socket that listens for streams" in errors


def test_what_connects_before_the_server_is_there_is_served():
    with listening_socket() as sock:
        port = sock.getsockname()[1]
        answers = []
        clients = [threading.Thread(target=lambda: answers.append(ask(port)[0])) for _ in range(20)]
        for client in clients:
            client.start()
        time.sleep(0.2)
        with Service("--listen", "systemd", sockets=[sock]) as service:
            for client in clients:
                client.join()
            assert answers == [200] * 20
            assert service.stop()[0] == 0


def test_restarts_under_load_lose_no_connection():
    """Eight clients, each call on a new connection, while the server is restarted five times."""
    with listening_socket() as sock:
        port = sock.getsockname()[1]
        end = threading.Event()
        answers, failures = [], []

        def work():
            while not end.is_set():
                try:
                    answers.append(ask(port)[0])
                except Exception as error:
                    failures.append(repr(error))

        clients = [threading.Thread(target=work) for _ in range(8)]
        # More than one address may ask by default.
        arguments = [
            "--listen", "systemd", "--anonymous-requests-per-minute", "1000000000",
            "--anonymous-tokens-per-minute", "1000000000",
        ]
        service = Service(*arguments, sockets=[sock])
        try:
            service.wait_until_ready()
            for client in clients:
                client.start()
            for _ in range(5):
                time.sleep(0.7)
                assert service.stop()[0] == 0
                service = Service(*arguments, sockets=[sock])
                service.wait_until_ready()
            time.sleep(0.7)
        finally:
            end.set()
            for client in clients:
                client.join()
            service.stop()
        print(f"{len(answers)} calls through 5 restarts, {len(failures)} failed")
        assert failures == []
        assert set(answers) == {200}
        assert len(answers) > 100

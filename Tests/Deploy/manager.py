"""Plays systemd for a server: sockets that are handed over, notices, the watchdog."""

import os
import select
import signal
import socket
import subprocess
import tempfile
import time

TOKENWIRE = os.environ["TOKENWIRE"]


class Notices:
    """The socket on which a manager takes notices: a file, or an abstract name."""

    def __init__(self, abstract=False):
        self.folder = None
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        if abstract:
            name = f"tokenwire-test-{os.getpid()}-{time.monotonic_ns()}"
            self.socket.bind(b"\0" + name.encode())
            self.address = "@" + name
        else:
            self.folder = tempfile.TemporaryDirectory()
            self.address = self.folder.name + "/notify"
            self.socket.bind(self.address)

    def take(self, timeout=30):
        """The assignments of the next notice."""
        self.socket.settimeout(timeout)
        return dict(line.split("=", 1) for line in self.socket.recv(4096).decode().split("\n"))

    def wait_for(self, assignment, timeout=60):
        """Takes notices up to one that has this assignment, and returns all of them."""
        name, value = assignment.split("=", 1)
        end, taken = time.monotonic() + timeout, []
        while True:
            taken.append(self.take(max(0.01, end - time.monotonic())))
            if taken[-1].get(name) == value:
                return taken

    def close(self):
        self.socket.close()
        if self.folder:
            self.folder.cleanup()


def listening_socket(backlog=1024):
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", 0))
    sock.listen(backlog)
    return sock


class Service:
    """A server as systemd starts it."""

    def __init__(self, *arguments, sockets=(), names=None, notices=None, environment=(), generator="scripted"):
        variables = {
            name: value for name, value in os.environ.items()
            if not name.startswith(("LISTEN_", "WATCHDOG_", "NOTIFY_", "TOKENWIRE_"))
        }
        if generator:
            variables["TOKENWIRE_GENERATOR"] = generator
        variables.update(environment)
        if notices:
            variables["NOTIFY_SOCKET"] = notices.address
        numbers = [sock.fileno() for sock in sockets]

        def hand_over():
            # Duplicated upwards first, so that none is closed before it is moved.
            high = [os.dup2(number, 200 + index) for index, number in enumerate(numbers)]
            for index, number in enumerate(high):
                os.dup2(number, 3 + index, inheritable=True)
                os.close(number)

        # LISTEN_PID is the server's own number, which a shell knows before it becomes the server.
        command = [TOKENWIRE, "serve", *arguments]
        if numbers:
            variables["LISTEN_FDS"] = str(len(numbers))
            if names:
                variables["LISTEN_FDNAMES"] = ":".join(names)
            command = ["sh", "-c", 'export LISTEN_PID=$$; exec "$@"', "sh", *command]
        self.process = subprocess.Popen(
            command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            preexec_fn=hand_over if numbers else None, close_fds=not numbers,
        )

    def wait_until_ready(self, timeout=60):
        """The line that says so."""
        readable, _, _ = select.select([self.process.stdout], [], [], timeout)
        line = self.process.stdout.readline() if readable else ""
        if not line:
            raise AssertionError(f"The server is not ready: {self.stop()}")
        return line

    def stop(self, number=signal.SIGTERM):
        """Its exit code and what it has printed."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        output, errors = self.process.communicate(timeout=60)
        return self.process.returncode, output, errors

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()

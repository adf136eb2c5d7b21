"""What others wrote does nothing to a terminal, and goes through a pipe byte for byte."""

import io
import os
import pty
import socket
import subprocess
import sys

from conftest import serve
from fake_server import fake_server, read_request

from tokenwire import printable, show
from tokenwire.wire.frames import RESPONSE, encode_frame
from tokenwire.wire.messages_pb2 import Response, Status

HOSTILE = "a\x1b]52;c;SGk=\x07\x1b[2J\rb\x7f\u009b2J\u202e\u2066\u200f\u061c\u2028\tc"
HARMLESS = (
    "a\\x1b]52;c;SGk=\\x07\\x1b[2J\\x0db\\x7f\\u009b2J\\u202e\\u2066\\u200f\\u061c\\u2028\tc"
)


def on_terminal(*arguments: str, **environment: str) -> str:
    """What ``python -m tokenwire`` writes to a terminal, which is its output and its errors."""
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        command = [sys.executable, "-m", "tokenwire", *arguments]
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
            env={**os.environ, **environment},
        ):
            os.close(theirs)
            output = b""
            try:
                while data := terminal.read(65_536):
                    output += data
            except OSError:
                pass  # So ends a terminal.
    return output.decode().replace("\r\n", "\n")


def in_pipe(*arguments: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run([sys.executable, "-m", "tokenwire", *arguments], capture_output=True)


def refuse(number: int, connection: socket.socket) -> None:
    response = Response(status=Status(code=3, message=HOSTILE))
    stream = read_request(connection)
    connection.sendall(encode_frame(stream, RESPONSE, 0, response.SerializeToString()))


def test_a_text_is_shown_on_a_terminal_and_whole_in_a_pipe() -> None:
    with serve("--scripted-text", HOSTILE + " ") as address:
        flags = ("--server", address, "--max-tokens", "1", "--echo", "--raw", f"<{HOSTILE}>")
        assert on_terminal(*flags).startswith(f"<{HARMLESS}>{HARMLESS}")
        assert in_pipe(*flags).stdout == f"<{HOSTILE}>{HOSTILE}\n".encode()


def test_an_error_is_shown_on_a_terminal_and_whole_in_a_pipe() -> None:
    with fake_server(refuse) as address:
        flags = ("--server", address, "go")
        assert on_terminal(*flags) == f"Error: INVALID_ARGUMENT: {HARMLESS}\n"
        assert in_pipe(*flags).stderr == f"Error: INVALID_ARGUMENT: {HOSTILE}\n".encode()


def test_a_wrong_argument_is_shown_on_a_terminal() -> None:
    assert on_terminal("--server", HOSTILE, "go").startswith(f'Error: "{HARMLESS}" is no server')
    assert "\\xff" in on_terminal("--no\udcff", "go")


def test_a_terminal_that_cannot_show_a_character_shows_the_others(server: str) -> None:
    flags = ("--server", server, "--max-tokens", "1", "--echo", "--raw", "Grüße")
    assert on_terminal(*flags, PYTHONIOENCODING="ascii").startswith("Gr??eThe\n")


def test_no_other_character_is_changed() -> None:
    active = {chr(code) for code in range(0x110000) if printable(chr(code)) != chr(code)}
    expected = {*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), *"\u061c\u200e\u200f"}
    expected |= {*map(chr, range(0x2028, 0x202F)), *map(chr, range(0x2066, 0x206A))}
    expected |= set(map(chr, range(0xD800, 0xE000)))
    assert active == expected - {"\t", "\n"}
    assert all(printable(printable(text)) == printable(text) for text in active)


def test_what_is_split_between_two_texts_does_nothing_either() -> None:
    # As bytes that are not UTF-8 come from the system.
    assert printable("\udcc2") + printable("\udc9b") == "\\xc2\\x9b"


def test_what_is_no_terminal_gets_the_text_as_it_is() -> None:
    file = io.StringIO()
    show(HOSTILE, file)
    assert file.getvalue() == HOSTILE
    binary = io.BytesIO()
    wrapper = io.TextIOWrapper(binary, encoding="ascii")
    show(HOSTILE + "\udcff", wrapper)
    assert binary.getvalue() == HOSTILE.encode() + b"\xff"

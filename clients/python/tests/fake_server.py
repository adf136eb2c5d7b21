"""A server that does what a test tells it, to a client that reconnects."""

import contextlib
import socket
import threading
from typing import Callable, Iterator, Optional

from tokenwire.wire.frames import DATA, HEADER, NO_DATA, REMOTE_CLOSED, RESPONSE, encode_frame
from tokenwire.wire.messages_pb2 import Duration, Request, Response, RetryInfo, Status
from tokenwire.v1.tokenwire_pb2 import Delta, GenerateResponse

#: Talks to a client over the socket of its nth connection, which is closed behind it.
Script = Callable[[int, socket.socket], None]


@contextlib.contextmanager
def fake_server(script: Script) -> Iterator[str]:
    """Runs the script for each connection while the block runs: the address."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        number = 0
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                script(number, connection)
            number += 1

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def read_request(connection: socket.socket) -> int:
    """Waits for a frame: its stream."""
    header = connection.recv(HEADER.size, socket.MSG_WAITALL)
    if len(header) < HEADER.size:
        raise ConnectionResetError
    length, stream, _, _ = HEADER.unpack(header)
    connection.recv(length, socket.MSG_WAITALL)
    return int(stream)


def receive_request(connection: socket.socket) -> Request:
    """Waits for a request: what it says."""
    length, *_ = HEADER.unpack(connection.recv(HEADER.size, socket.MSG_WAITALL))
    return Request.FromString(connection.recv(length, socket.MSG_WAITALL))


def refusal(stream: int, retry_after: Optional[float] = None) -> bytes:
    """The server did not process a call; it may say in how many seconds it would."""
    status = Status(code=14, message="The model is loading")
    if retry_after is not None:
        info = RetryInfo(retry_delay=Duration(nanos=int(retry_after * 1e9)))
        status.details.add(
            type_url="type.googleapis.com/google.rpc.RetryInfo", value=info.SerializeToString()
        )
    return encode_frame(stream, RESPONSE, 0, Response(status=status).SerializeToString())


def delta(stream: int, text: str) -> bytes:
    """A piece of a text."""
    response = GenerateResponse(delta=Delta(text=text))
    return encode_frame(stream, DATA, 0, response.SerializeToString())


def end(stream: int) -> bytes:
    """The end of a text."""
    return encode_frame(stream, DATA, REMOTE_CLOSED | NO_DATA, b"")

"""Clients whose calls are recorded: clients.py NAME [TOKEN] HOST:PORT.

They speak ttrpc (Protos/WIRE.md) by hand, because no honest client sends odd frames.
"""

import socket
import struct
import sys

REQUEST, RESPONSE, DATA = 1, 2, 3
SETTINGS, CANCEL = 0xE0, 0xE1
RC, RO, ND, EXT = 1, 2, 4, 0x80
EXTENSION = 0xFFFFFFFF
TOKENWIRE = "tokenwire.v1.Tokenwire"


def varint(number):
    data = b""
    while number > 0x7F:
        data += bytes([number & 0x7F | 0x80])
        number >>= 7
    return data + bytes([number])


def field(number, value):
    """A field of a message: a number, a text, or bytes."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def request(method, message=b"", service=TOKENWIRE, token=None, timeout_nano=None):
    data = field(1, service) + field(2, method) + field(3, message)
    if timeout_nano:
        data += field(4, timeout_nano)
    if token:
        data += field(5, field(1, "authorization") + field(2, "Bearer " + token))
    return data


class Connection:
    def __init__(self, address):
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout=60)

    def send(self, type, stream, flags=0, data=b""):
        self.socket.sendall(struct.pack(">IIBB", len(data), stream, type, flags) + data)

    def read(self, count):
        data = b""
        while len(data) < count:
            chunk = self.socket.recv(count - len(data))
            if not chunk:
                raise EOFError
            data += chunk
        return data

    def receive(self):
        length, stream, type, flags = struct.unpack(">IIBB", self.read(10))
        return stream, type, flags, self.read(length)

    def end_of(self, stream):
        """Reads until the stream ends; returns the messages."""
        messages = []
        while True:
            of, type, flags, data = self.receive()
            if of != stream:
                continue
            if type == RESPONSE:
                return messages + [data]
            if flags & ND:
                return messages
            messages.append(data)

    def close(self):
        self.socket.shutdown(socket.SHUT_WR)
        while self.socket.recv(1 << 16):
            pass
        self.socket.close()


def generate(max_tokens):
    return field(2, "Say something") + field(6, max_tokens)


def deadline(address):
    """A text that the time of its caller ends in its middle."""
    connection = Connection(address)
    connection.send(
        REQUEST, 1, RC, request("Generate", generate(1_000_000), timeout_nano=250_000_000)
    )
    connection.end_of(1)
    connection.close()


def cancel(address):
    """A text that its caller cancels after the third delta; another call goes on."""
    connection = Connection(address)
    connection.send(REQUEST, 1, RC | EXT, request("Generate", generate(1_000_000)))
    deltas = 0
    while deltas < 3:
        stream, type, _, data = connection.receive()
        if type == SETTINGS:
            connection.send(SETTINGS, EXTENSION, 0, struct.pack(">HIHI", 1, 1, 3, 262_144))
        # Behind the fields 1 and 2, seq and completion_tokens: a delta is field 4.
        deltas += type == DATA and data[4:5] == b"\x22"
    connection.send(CANCEL, EXTENSION, 0, struct.pack(">II", 1, 1))
    connection.end_of(1)
    connection.send(REQUEST, 3, 0, request("ListModels"))
    connection.end_of(3)
    connection.close()


def log(token, address):
    """A text, its entry in the log, and that entry, read on another connection."""
    connection = Connection(address)
    connection.send(REQUEST, 1, RC, request("SecureGenerate", generate(3), token=token))
    started = connection.end_of(1)[0]
    generation = started[started.index(b"gen-") :][:36].decode()
    entry = field(1, "Say something") + field(2, "The quick brown") + field(4, generation)
    connection.send(REQUEST, 3, 0, request("LogRequest", entry + field(7, token)))
    connection.end_of(3)
    connection.close()
    connection = Connection(address)
    query = field(6, 1) + field(8, 1)
    connection.send(REQUEST, 1, RC, request("QueryLogs", query, token=token))
    connection.end_of(1)
    connection.close()


def odd(address):
    """What WIRE.md section 2 has an answer to, and what it says is ignored."""
    connection = Connection(address)
    connection.send(0x77, 5, 0xFF, b"a type that nobody knows")
    connection.send(REQUEST, 2, 0, request("ListModels"))
    connection.end_of(2)
    connection.send(REQUEST, 1, 0x40, request("ListModels"))
    connection.end_of(1)
    connection.send(REQUEST, 1, 0, request("ListModels"))
    connection.end_of(1)
    connection.send(DATA, 1, 0, b"late")
    connection.end_of(1)
    connection.send(DATA, 9, RC | ND)
    connection.end_of(9)
    connection.send(REQUEST, 3, 0, b"\xff\xff")
    connection.end_of(3)
    connection.send(REQUEST, 5, 0, request("Nope"))
    connection.end_of(5)
    connection.send(REQUEST, 7, 0, request("ListModels", service="nobody.v1.Nobody"))
    connection.end_of(7)
    connection.send(REQUEST, 11, RC, request("Generate", field(2, b"\xff\xfe")))
    connection.end_of(11)
    connection.send(CANCEL, EXTENSION, 0, b"short")
    connection.send(REQUEST, 13, RO, request("CountTokens", field(2, "one two three")))
    connection.end_of(13)
    connection.close()
    cut_off = Connection(address)
    cut_off.socket.sendall(struct.pack(">IIBB", 100, 1, REQUEST, 0) + b"half of a")
    cut_off.close()
    foreign = Connection(address)
    foreign.socket.sendall(b"HELO example\r\n")
    foreign.close()


if __name__ == "__main__":
    {"deadline": deadline, "cancel": cancel, "log": log, "odd": odd}[sys.argv[1]](*sys.argv[2:])

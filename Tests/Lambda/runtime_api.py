"""A Runtime API that tells when each piece of an answer came: the emulator keeps answers back."""

import base64
import json
import queue
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Answer:
    """What the function has brought: its pieces, each with its time."""

    def __init__(self, kind, headers):
        self.kind = kind
        self.headers = headers
        self.pieces = []
        self.trailers = {}

    @property
    def bytes(self):
        return b"".join(piece for _, piece in self.pieces)

    @property
    def json(self):
        return json.loads(self.bytes)

    @property
    def body(self):
        """What the client gets."""
        if self.streamed:
            return self.bytes.split(bytes(8), 1)[1].decode()
        body = self.json["body"]
        return base64.b64decode(body) if self.json["isBase64Encoded"] else body

    @property
    def head(self):
        return json.loads(self.bytes.split(bytes(8), 1)[0]) if self.streamed else self.json

    @property
    def streamed(self):
        return self.headers.get("Lambda-Runtime-Function-Response-Mode") == "streaming"

    @property
    def error(self):
        """The error of a stream that broke off."""
        body = self.trailers.get("lambda-runtime-function-error-body")
        return json.loads(base64.b64decode(body)) if body else None


class RuntimeAPI:
    def __init__(self):
        self.events = queue.Queue()
        self.answers = {}
        self.changed = threading.Condition()
        self.taken = set()
        self.waiting = 0
        self.count = 0

    def __enter__(self):
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                api.give_next(self)

            def do_POST(self):
                api.take(self)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        # A function that a test has ended leaves its connections.
        self.server.handle_error = lambda *_: None
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def invoke(self, event, seconds=60):
        """Gives an event; its name."""
        self.count += 1
        name = f"event-{self.count}"
        self.events.put((name, json.dumps(event).encode(), int((time.time() + seconds) * 1000)))
        return name

    def answer(self, event, seconds=60):
        """Gives an event, and waits for its answer."""
        return self.wait(self.invoke(event, seconds))

    def wait(self, name, timeout=60):
        with self.changed:
            assert self.changed.wait_for(lambda: name in self.answers, timeout), f"{name} has no answer"
            return self.answers[name]

    def wait_for_waiting(self, count, timeout=60):
        with self.changed:
            assert self.changed.wait_for(lambda: self.waiting >= count, timeout), f"{self.waiting} wait"

    def wait_for_taken(self, name, timeout=60):
        with self.changed:
            assert self.changed.wait_for(lambda: name in self.taken, timeout), f"{name} is not taken"

    def give_next(self, handler):
        with self.changed:
            self.waiting += 1
            self.changed.notify_all()
        name, event, deadline = self.events.get()
        with self.changed:
            self.waiting -= 1
            self.taken.add(name)
            self.changed.notify_all()
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Lambda-Runtime-Aws-Request-Id", name)
        handler.send_header("Lambda-Runtime-Deadline-Ms", str(deadline))
        handler.send_header("Content-Length", str(len(event)))
        handler.end_headers()
        handler.wfile.write(event)

    def take(self, handler):
        # ".../event-1/response", or "/2018-06-01/runtime/init/error".
        *_, name, kind = handler.path.split("/")
        answer = Answer(kind, handler.headers)
        if handler.headers.get("Transfer-Encoding") == "chunked":
            self.take_pieces(handler.rfile, answer)
        else:
            answer.pieces.append((time.monotonic(), handler.rfile.read(int(handler.headers["Content-Length"]))))
        with self.changed:
            self.answers[name] = answer
            self.changed.notify_all()
        handler.send_response(202)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    @staticmethod
    def take_pieces(file, answer):
        while size := int(file.readline(), 16):
            answer.pieces.append((time.monotonic(), file.read(size)))
            file.readline()
        while line := file.readline().strip():
            field, value = line.decode().split(":", 1)
            answer.trailers[field.lower()] = value.strip()

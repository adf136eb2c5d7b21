"""Servers of HTTP/2 that end connections, or do not begin with a request: it is sent again, once."""

import socket
import ssl
import subprocess
import threading

import h2.config
import h2.connection
import h2.errors
import h2.events
import pytest
from servers import front, post

TEXT = (
    b'data: {"choices":[{"index":0,"delta":{"content":"ok"},"finish_reason":"stop"}],'
    b'"usage":{"prompt_tokens":1,"completion_tokens":1}}\n\ndata: [DONE]\n\n'
)


class Server:
    """Answers texts, but for the second request of each connection, which it refuses in its way."""

    def __init__(self, certificate, refuse):
        self.refuse = refuse
        self.requests = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        context.set_alpn_protocols(["h2"])
        self.listener = context.wrap_socket(socket.create_server(("127.0.0.1", 0)), server_side=True)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection = self.listener.accept()[0]
            except ssl.SSLError:
                continue
            except OSError:
                return
            threading.Thread(target=self.serve, args=[connection], daemon=True).start()

    def serve(self, connection):
        http = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        http.initiate_connection()
        connection.sendall(http.data_to_send())
        texts, methods = 0, {}
        while data := connection.recv(65536):
            for event in http.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    methods[event.stream_id] = dict(event.headers)[b":method"]
                if not isinstance(event, h2.events.StreamEnded):
                    continue
                stream = event.stream_id
                if methods[stream] == b"GET":
                    self.answer(http, stream, b'{"data":[{"id":"m"}]}')
                    continue
                self.requests.append(stream)
                texts += 1
                if texts != 2:
                    self.answer(http, stream, TEXT)
                elif self.refuse(http, stream):
                    connection.sendall(http.data_to_send())
                    return connection.close()
            connection.sendall(http.data_to_send())

    @staticmethod
    def answer(http, stream, body):
        http.send_headers(stream, [(":status", "200"), ("content-type", "text/event-stream")])
        http.send_data(stream, body, end_stream=True)


def refused_stream(http, stream):
    http.reset_stream(stream, h2.errors.ErrorCodes.REFUSED_STREAM)
    return False


def goaway(http, stream):
    """As nginx after so many requests: the streams above the last one were not begun."""
    http.close_connection(last_stream_id=stream - 2)
    return True


@pytest.mark.parametrize("refuse", [refused_stream, goaway])
def test_a_request_that_was_not_begun_is_sent_again(tmp_path, refuse):
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
        check=True, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    # A machine that is busy may see the end of a connection too late for it to be one that comes at once.
    assert any(texts_of(tmp_path, certificate, key, refuse) == (["ok", "ok"], 3) for _ in range(5))


def texts_of(tmp_path, certificate, key, refuse):
    """The texts of two requests, and how many the server got."""
    server = Server((certificate, key), refuse)
    model = {"name": "m", "kind": "openai", "base_url": f"https://localhost:{server.port}/v1"}
    chat = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
    with front(tmp_path, model | {"ca_file": str(certificate)}) as asked:
        answers = [post(asked, "/v1/chat/completions", chat) for _ in range(2)]
    server.listener.close()
    texts = [answer["choices"][0]["message"]["content"] for status, answer in answers if status == 200]
    return texts, len(server.requests)

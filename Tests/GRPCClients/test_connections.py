"""What happens to connections: their ends, their PINGs, TLS, Unix domain sockets, slow readers."""

import queue
import socket
import threading
import time

import grpc
import h2.config
import h2.connection
import h2.events
import pytest
from certificates import make_certificates

from servers import PATIENCE, generate, list_models, status_of, text_of, text_of_tokens

Code = grpc.StatusCode


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    make_certificates(folder)
    return folder


def port_of(server):
    return int(server.target.rsplit(":", 1)[1])


@pytest.mark.parametrize("mutual", [False, True])
def test_tls(serve, certificates, mutual):
    flags = ["--tls-certificate", certificates / "localhost.pem"]
    flags += ["--tls-key", certificates / "localhost.key"]
    if mutual:
        flags += ["--tls-client-ca", certificates / "ca.pem"]
    target = f"localhost:{port_of(serve(*flags))}"

    def credentials(ca, client=True):
        identity = {}
        if mutual and client:
            identity["private_key"] = (certificates / "client.key").read_bytes()
            identity["certificate_chain"] = (certificates / "client.pem").read_bytes()
        return grpc.ssl_channel_credentials((certificates / ca).read_bytes(), **identity)

    with grpc.secure_channel(target, credentials("ca.pem")) as channel:
        assert text_of(generate(channel, max_tokens=2)) == "The quick"
    with grpc.secure_channel(target, credentials("other_ca.pem")) as channel:
        code, message = status_of(generate(channel))
        assert code is Code.UNAVAILABLE and "CERTIFICATE_VERIFY_FAILED" in message
    with grpc.insecure_channel(target) as channel:
        code, message = status_of(generate(channel))
        assert code is Code.UNAVAILABLE and "HTTP status 400" in message
    if mutual:
        with grpc.secure_channel(target, credentials("ca.pem", client=False)) as channel:
            assert status_of(generate(channel))[0] is Code.UNAVAILABLE


def test_unix_domain_socket(serve, connect, tmp_path):
    server = serve(listen=f"unix:{tmp_path}/socket")
    assert server.target == f"unix:{tmp_path}/socket"
    assert text_of(generate(connect(server), max_tokens=2)) == "The quick"


@pytest.mark.parametrize("with_a_call", [False, True])
@pytest.mark.parametrize("interval", [1000, 2000])
def test_keepalive(server, connect, interval, with_a_call):
    """A client that PINGs as often as it may keeps its connection."""
    channel = connect(
        server,
        [
            ("grpc.keepalive_time_ms", interval),
            ("grpc.keepalive_timeout_ms", 5000),
            ("grpc.keepalive_permit_without_calls", 1),
            ("grpc.http2.max_pings_without_data", 0),
        ],
    )
    states = []
    list_models(channel)
    channel.subscribe(states.append)
    if with_a_call:
        assert text_of(generate(channel, max_tokens=3000)) == text_of_tokens(3000)
    else:
        time.sleep(4)
    list_models(channel)
    assert set(states) <= {grpc.ChannelConnectivity.READY}, states


def raw_connection(server):
    """A connection of HTTP/2 and its socket, after the preface."""
    config = h2.config.H2Configuration(header_encoding="utf-8")
    connection = h2.connection.H2Connection(config)
    connection.initiate_connection()
    peer = socket.create_connection(("127.0.0.1", port_of(server)), timeout=PATIENCE)
    peer.sendall(connection.data_to_send())
    return connection, peer


def events_until_end(connection, peer):
    """The events of a connection until the server closes it."""
    while data := peer.recv(65536):
        yield from connection.receive_data(data)
        if out := connection.data_to_send():
            peer.sendall(out)


def test_too_many_pings(server):
    connection, peer = raw_connection(server)
    with peer:
        for number in range(10):
            connection.ping(number.to_bytes(8, "big"))
        peer.sendall(connection.data_to_send())
        events = list(events_until_end(connection, peer))
    ends = [event for event in events if isinstance(event, h2.events.ConnectionTerminated)]
    assert [(end.error_code, end.additional_data) for end in ends] == [(11, b"too_many_pings")]
    answers = [event for event in events if isinstance(event, h2.events.PingAckReceived)]
    assert len(answers) < 10


def test_client_that_does_not_read(serve, connect):
    """Its stream waits for it; other streams of the channel do not."""
    channel = connect(serve("--anonymous-tokens-per-minute", 10_000_000))
    unread = generate(channel, max_tokens=200_000)
    next(unread)
    for _ in range(20):
        assert text_of(generate(channel, max_tokens=3)) == "The quick brown"
    responses = list(unread)
    assert text_of(responses) == text_of_tokens(200_000)


def test_window_that_stays_closed(serve):
    """The server sends no more than its client allows, and the deadline ends the call."""
    server = serve("--anonymous-tokens-per-minute", 10_000_000)
    connection, peer = raw_connection(server)
    with peer:
        stream = connection.get_next_available_stream_id()
        head = [
            *((":method", "POST"), (":scheme", "http"), (":path", "/tokenwire.v1.Tokenwire/Generate")),
            *((":authority", "localhost"), ("content-type", "application/grpc"), ("te", "trailers")),
            ("grpc-timeout", "1S"),
        ]
        connection.send_headers(stream, head)
        request = b"\x12\x02go\x30\xa0\x8d\x06"  # The prompt "go", and 100,000 tokens.
        prefixed = b"\0" + len(request).to_bytes(4, "big") + request
        connection.send_data(stream, prefixed, end_stream=True)
        peer.sendall(connection.data_to_send())
        received, reset = 0, None
        for event in events_until_end(connection, peer):
            if isinstance(event, h2.events.DataReceived):
                received += event.flow_controlled_length
            if isinstance(event, h2.events.StreamReset):
                reset = event.error_code
                break
    assert received == 65535
    assert reset == 8


def test_drain(serve, connect):
    """Streams that run when the server is told to stop end well, and so does the server."""
    server = serve("--scripted-pace", "10ms")
    channel = connect(server)
    calls = [generate(channel, max_tokens=100) for _ in range(20)]
    for call in calls:
        next(call)
    server.drain()
    for call in calls:
        assert text_of(call) == text_of_tokens(100)
        assert call.code() is Code.OK
    assert server.process.wait(PATIENCE) == 0
    assert status_of(generate(channel))[0] is Code.UNAVAILABLE


def test_grace_period_ends(serve, connect):
    server = serve("--scripted-pace", "10ms", "--shutdown-grace-period", "500ms")
    call = generate(connect(server), max_tokens=100_000)
    next(call)
    server.drain()
    code, message = status_of(call)
    assert code is Code.UNAVAILABLE
    assert message.startswith("The server is shutting down and has ended the call")
    assert server.process.wait(PATIENCE) == 0


def test_calls_while_the_server_drains(serve, connect):
    """Each call is answered, or UNAVAILABLE, which clients try again."""
    server = serve("--anonymous-requests-per-minute", 1_000_000)
    channel = connect(server)
    statuses = queue.SimpleQueue()

    def call():
        while True:
            try:
                list_models(channel)
                statuses.put(Code.OK)
            except grpc.RpcError as error:
                statuses.put(error.code())
                return

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    server.drain()
    for thread in threads:
        thread.join(PATIENCE)
    seen = [statuses.get() for _ in range(statuses.qsize())]
    assert set(seen) == {Code.OK, Code.UNAVAILABLE}
    assert seen.count(Code.UNAVAILABLE) == 4
    assert server.process.wait(PATIENCE) == 0

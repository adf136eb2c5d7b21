"""gRPC's own interoperability test cases, as their description has them
(https://github.com/grpc/grpc/blob/master/doc/interop-test-descriptions.md), with grpcio against
Tests/GRPCInterop.

The cases about compression are not here: the service does not see whether a request was compressed,
and the server sends no compressed responses. Compressed requests are in test_calls.py.
"""

import queue
import threading

import grpc
import pytest
from grpc.testing import messages_pb2 as messages
from grpc.testing import test_pb2_grpc as stubs

Code = grpc.StatusCode
TIMEOUT = 30

REQUEST_SIZES = [27182, 8, 1828, 45904]
RESPONSE_SIZES = [31415, 9, 2653, 58979]


@pytest.fixture(scope="module", params=["identity", "gzip"])
def test_service(request, interop_target):
    """A stub of the service; with gzip, its requests are compressed."""
    compression = grpc.Compression.Gzip if request.param == "gzip" else None
    with grpc.insecure_channel(interop_target, compression=compression) as channel:
        yield stubs.TestServiceStub(channel), channel


@pytest.fixture
def stub(test_service):
    return test_service[0]


def payload(size):
    return messages.Payload(body=bytes(size))


def large_request(**fields):
    return messages.SimpleRequest(response_size=314159, payload=payload(271828), **fields)


def output_request(size=27182, response_size=31415, **fields):
    parameters = [messages.ResponseParameters(size=response_size)]
    return messages.StreamingOutputCallRequest(
        response_parameters=parameters, payload=payload(size), **fields
    )


class Requests:
    """Requests that are sent one by one."""

    def __init__(self):
        self._queue = queue.SimpleQueue()
        self.send = self._queue.put

    def end(self):
        self.send(None)

    def __iter__(self):
        return iter(self._queue.get, None)


def test_empty_unary(stub):
    assert stub.EmptyCall(messages.Empty(), timeout=TIMEOUT) == messages.Empty()


def test_large_unary(stub):
    response = stub.UnaryCall(large_request(), timeout=TIMEOUT)
    assert response.payload == payload(314159)


def test_client_streaming(stub):
    requests = [messages.StreamingInputCallRequest(payload=payload(size)) for size in REQUEST_SIZES]
    response = stub.StreamingInputCall(iter(requests), timeout=TIMEOUT)
    assert response.aggregated_payload_size == 74922


def test_server_streaming(stub):
    parameters = [messages.ResponseParameters(size=size) for size in RESPONSE_SIZES]
    request = messages.StreamingOutputCallRequest(response_parameters=parameters)
    responses = stub.StreamingOutputCall(request, timeout=TIMEOUT)
    assert [len(response.payload.body) for response in responses] == RESPONSE_SIZES


def test_server_streaming_with_intervals(stub):
    parameters = [messages.ResponseParameters(size=1, interval_us=50_000)] * 4
    request = messages.StreamingOutputCallRequest(response_parameters=parameters)
    assert len(list(stub.StreamingOutputCall(request, timeout=TIMEOUT))) == 4


def test_ping_pong(stub):
    requests = Requests()
    call = stub.FullDuplexCall(iter(requests), timeout=TIMEOUT)
    for size, response_size in zip(REQUEST_SIZES, RESPONSE_SIZES):
        requests.send(output_request(size, response_size))
        assert next(call).payload == payload(response_size)
    requests.end()
    assert list(call) == []
    assert call.code() is Code.OK


def test_empty_stream(stub):
    call = stub.FullDuplexCall(iter([]), timeout=TIMEOUT)
    assert list(call) == []
    assert call.code() is Code.OK


def test_timeout_on_sleeping_server(stub):
    requests = Requests()
    call = stub.FullDuplexCall(iter(requests), timeout=0.001)
    requests.send(messages.StreamingOutputCallRequest(payload=payload(27182)))
    with pytest.raises(grpc.RpcError):
        list(call)
    assert call.code() is Code.DEADLINE_EXCEEDED
    requests.end()


def test_cancel_after_begin(stub):
    requests = Requests()
    call = stub.StreamingInputCall.future(iter(requests), timeout=TIMEOUT)
    call.cancel()
    assert call.code() is Code.CANCELLED
    requests.end()


def test_cancel_after_first_response(stub):
    requests = Requests()
    call = stub.FullDuplexCall(iter(requests), timeout=TIMEOUT)
    requests.send(output_request())
    assert next(call).payload == payload(31415)
    call.cancel()
    assert call.code() is Code.CANCELLED
    requests.end()


@pytest.mark.parametrize(
    "message",
    ["test status message", "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"],
    ids=["status_code_and_message", "special_status_message"],
)
def test_status(stub, message):
    status = messages.EchoStatus(code=2, message=message)
    with pytest.raises(grpc.RpcError) as caught:
        stub.UnaryCall(messages.SimpleRequest(response_status=status), timeout=TIMEOUT)
    assert (caught.value.code(), caught.value.details()) == (Code.UNKNOWN, message)
    request = messages.StreamingOutputCallRequest(response_status=status)
    call = stub.FullDuplexCall(iter([request]), timeout=TIMEOUT)
    with pytest.raises(grpc.RpcError):
        list(call)
    assert (call.code(), call.details()) == (Code.UNKNOWN, message)


@pytest.mark.parametrize(
    "path",
    ["TestService/UnimplementedCall", "UnimplementedService/UnimplementedCall"],
    ids=["unimplemented_method", "unimplemented_service"],
)
def test_unimplemented(test_service, path):
    with pytest.raises(grpc.RpcError) as caught:
        test_service[1].unary_unary(f"/grpc.testing.{path}")(b"", timeout=TIMEOUT)
    assert caught.value.code() is Code.UNIMPLEMENTED


METADATA = (
    ("x-grpc-test-echo-initial", "test_initial_metadata_value"),
    ("x-grpc-test-echo-trailing-bin", b"\x0a\x0b\x0a\x0b\x0a\x0b"),
)


def test_custom_metadata(stub):
    _, call = stub.UnaryCall.with_call(large_request(), metadata=METADATA, timeout=TIMEOUT)
    assert METADATA[0] in call.initial_metadata()
    assert METADATA[1] in call.trailing_metadata()
    requests = Requests()
    call = stub.FullDuplexCall(iter(requests), metadata=METADATA, timeout=TIMEOUT)
    requests.send(output_request())
    assert next(call).payload == payload(31415)
    requests.end()
    assert list(call) == []
    assert METADATA[0] in call.initial_metadata()
    assert METADATA[1] in call.trailing_metadata()


def test_concurrent_large_unary(stub):
    """Beyond the description's list: many calls with large messages at once."""
    calls = [stub.UnaryCall.future(large_request(), timeout=TIMEOUT) for _ in range(50)]
    assert all(call.result().payload == payload(314159) for call in calls)


def test_many_streams_in_both_directions(stub):
    """Streams whose windows fill in both directions at once."""
    sizes = []

    def stream():
        requests = (output_request(10_000, 10_000) for _ in range(50))
        call = stub.FullDuplexCall(requests, timeout=TIMEOUT)
        sizes.append(sum(len(response.payload.body) for response in call))

    threads = [threading.Thread(target=stream) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sizes == [500_000] * 10

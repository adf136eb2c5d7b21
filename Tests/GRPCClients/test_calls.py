"""Calls with the blocking client of grpcio."""

import threading

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from tokenwire.v1 import tokenwire_pb2 as api
from tokenwire.v1 import tokenwire_pb2_grpc as stubs

from servers import PATIENCE, generate, list_models, status_of, text_of, text_when_free

Code = grpc.StatusCode


def test_unary_call(channel):
    assert [model.id for model in list_models(channel).models] == ["scripted"]
    request = api.CountTokensRequest(prompt="one two three")
    assert stubs.TokenwireStub(channel).CountTokens(request, timeout=PATIENCE).tokens == 3


def test_server_streaming(channel):
    responses = list(generate(channel, max_tokens=4))
    assert text_of(responses) == "The quick brown fox"
    assert [response.seq for response in responses] == list(range(6))
    assert responses[-1].finished.finish_reason == api.FINISH_REASON_LENGTH


@pytest.mark.parametrize("in_metadata", [True, False])
def test_authorization(channel, token, in_metadata):
    metadata = [("authorization", f"Bearer {token}")] if in_metadata else None
    field = "" if in_metadata else token
    responses = list(
        generate(channel, secure=True, max_tokens=2, metadata=metadata, access_token=field)
    )
    assert responses[0].started.user_id == "ann"
    assert text_of(responses) == "The quick"


def test_no_access(channel):
    assert status_of(generate(channel, secure=True)) == (Code.UNAUTHENTICATED, "Token is missing!")
    call = generate(channel, secure=True, metadata=[("authorization", "Bearer x.y.z")])
    assert status_of(call) == (Code.UNAUTHENTICATED, "Token is invalid!")


def test_log(channel, token):
    stub, metadata = stubs.TokenwireStub(channel), [("authorization", f"Bearer {token}")]
    logged = stub.LogRequest(
        api.LogRequestRequest(prompt="Grüße", response="世界 🌍"), metadata=metadata, timeout=PATIENCE
    )
    assert logged.message == "Request logged successfully"
    entries = stub.QueryLogs(api.QueryLogsRequest(), metadata=metadata, timeout=PATIENCE)
    assert [(entry.prompt, entry.response) for entry in entries] == [("Grüße", "世界 🌍")]


def test_metadata_comes_back(channel):
    call = generate(channel, max_tokens=1, metadata=[("x-request-id", "mine/1"), ("x-any-bin", b"\0\xff")])
    assert dict(call.initial_metadata())["x-request-id"] == "mine/1"
    assert text_of(call) == "The"
    assert call.code() is Code.OK


def test_deadline_frees_the_place(serve, connect):
    channel = connect(serve("--scripted-pace", "20ms", "--anonymous-streams", 1))
    call = generate(channel, timeout=0.3, max_tokens=100_000)
    texts = []
    with pytest.raises(grpc.RpcError) as caught:
        texts.extend(call)
    assert caught.value.code() is Code.DEADLINE_EXCEEDED
    assert texts, "The first tokens come before the deadline"
    assert text_when_free(channel, max_tokens=1) == "The"


def test_cancel_frees_the_place(serve, connect):
    channel = connect(serve("--scripted-pace", "20ms", "--anonymous-streams", 1))
    call = generate(channel, max_tokens=100_000)
    next(call), next(call)
    assert status_of(generate(channel))[0] is Code.RESOURCE_EXHAUSTED
    call.cancel()
    assert call.code() is Code.CANCELLED
    assert text_when_free(channel, max_tokens=1) == "The"


@pytest.mark.parametrize("end", ["cancel", "deadline", "close"])
def test_slot_of_a_model_is_free_again(model_with_one_slot, connect, end):
    channel = connect(model_with_one_slot)
    greedy = api.SamplingOptions(temperature=0, ignore_eos=True)
    timeout = 2 if end == "deadline" else PATIENCE
    call = generate(channel, sampling=greedy, max_tokens=1900, timeout=timeout)
    if end == "deadline":
        assert status_of(call)[0] is Code.DEADLINE_EXCEEDED
    else:
        next(call), next(call)
    if end == "cancel":
        call.cancel()
    if end == "close":
        channel.close()
        channel = connect(model_with_one_slot)
    # All of the first text would take longer.
    responses = list(generate(channel, sampling=greedy, max_tokens=3, timeout=8))
    assert responses[-1].finished.usage.completion_tokens == 3


def test_wait_for_ready(serve, connect, tmp_path):
    path = tmp_path / "socket"
    later = type("Later", (), {"target": f"unix:{path}"})
    channel = connect(later, [("grpc.initial_reconnect_backoff_ms", 100)])
    with pytest.raises(grpc.RpcError) as caught:
        list_models(channel)
    assert caught.value.code() is Code.UNAVAILABLE
    call = stubs.TokenwireStub(channel).ListModels.future(
        api.ListModelsRequest(), wait_for_ready=True, timeout=PATIENCE
    )
    serve(listen=later.target)
    assert call.result().models[0].id == "scripted"


@pytest.mark.parametrize("whole_channel", [True, False])
def test_compressed_requests(server, connect, whole_channel):
    gzip = grpc.Compression.Gzip
    channel = connect(server, compression=gzip if whole_channel else None)
    prompt = "Grüße, 世界 🌍. " * 10_000
    request = api.GenerateRequest(prompt=prompt, echo=True, max_tokens=1)
    call = stubs.TokenwireStub(channel).Generate(
        request, compression=None if whole_channel else gzip, timeout=PATIENCE
    )
    assert text_of(call) == prompt + "The"


def test_encoding_that_is_not_known(server, connect):
    call = generate(connect(server, compression=grpc.Compression.Deflate), prompt="go " * 1000)
    code, message = status_of(call)
    assert code is Code.UNIMPLEMENTED
    assert message == 'The grpc-encoding "deflate" is not understood: send identity,gzip'


def test_message_over_the_limit(channel):
    code, message = status_of(generate(channel, prompt="x" * (5 << 20)))
    assert code is Code.RESOURCE_EXHAUSTED
    assert message == "The message has more than 4194304 bytes: send less at once"
    assert text_of(generate(channel, max_tokens=1)) == "The"


def test_message_over_the_clients_limit(server, connect):
    channel = connect(server, [("grpc.max_receive_message_length", 1000)])
    assert status_of(generate(channel, prompt="x" * 2000, echo=True))[0] is Code.RESOURCE_EXHAUSTED
    assert text_of(generate(channel, max_tokens=1)) == "The"


@pytest.mark.parametrize("name", ["Übermodell", "модель", "模型 100 %", "🌍\r\n\t"])
def test_errors_in_other_languages(channel, name):
    code, message = status_of(generate(channel, model=name))
    assert code is Code.NOT_FOUND
    assert message == f'model "{name}" is not known here; known: "scripted"'


def test_retry_info(serve, connect):
    channel = connect(serve("--anonymous-requests-per-minute", 1))
    list_models(channel)
    with pytest.raises(grpc.RpcError) as caught:
        list_models(channel)
    # It compares code and message with those of the trailers.
    status = rpc_status.from_call(caught.value)
    assert status.code == Code.RESOURCE_EXHAUSTED.value[0]
    assert status.message == caught.value.details()
    info = error_details_pb2.RetryInfo()
    assert [detail.Unpack(info) for detail in status.details] == [True]
    assert 0 < info.retry_delay.ToTimedelta().total_seconds() <= 60


def test_retry_policy_waits_for_a_place(serve, connect):
    """A client's own retries, by its service config."""
    policy = """{"methodConfig": [{"name": [{}], "retryPolicy": {"maxAttempts": 5,
      "initialBackoff": "0.3s", "maxBackoff": "1s", "backoffMultiplier": 2,
      "retryableStatusCodes": ["RESOURCE_EXHAUSTED"]}}]}"""
    server = serve("--scripted-pace", "10ms", "--anonymous-streams", 1)
    first = generate(connect(server), max_tokens=20)
    next(first)
    channel = connect(server, [("grpc.service_config", policy)])
    assert text_of(generate(channel, max_tokens=1)) == "The"
    list(first)


class Authorization(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):
    """Sends an access token with each call, and notes the methods."""

    def __init__(self, token):
        self.token = token
        self.methods = []

    def intercept_unary_unary(self, continuation, details, request):
        self.methods.append(details.method)
        metadata = [*(details.metadata or []), ("authorization", f"Bearer {self.token}")]
        return continuation(details._replace(metadata=metadata), request)

    intercept_unary_stream = intercept_unary_unary


def test_interceptors(channel, token):
    authorization = Authorization(token)
    channel = grpc.intercept_channel(channel, authorization)
    responses = list(generate(channel, secure=True, max_tokens=1))
    assert responses[0].started.user_id == "ann"
    list_models(channel)
    service = "/tokenwire.v1.Tokenwire"
    assert authorization.methods == [f"{service}/SecureGenerate", f"{service}/ListModels"]


def test_many_threads_on_one_channel(channel):
    texts = []
    threads = [
        threading.Thread(target=lambda: texts.append(text_of(generate(channel, max_tokens=9))))
        for _ in range(30)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == ["The quick brown fox jumps over the lazy dog."] * 30


def test_unknown_methods(channel):
    for path, message in (("tokenwire.v1.Tokenwire/Nothing", "method Nothing"), ("a.B/C", "service a.B")):
        call = channel.unary_unary(f"/{path}")
        with pytest.raises(grpc.RpcError) as caught:
            call(b"", timeout=PATIENCE)
        assert (caught.value.code(), caught.value.details()) == (Code.UNIMPLEMENTED, message)

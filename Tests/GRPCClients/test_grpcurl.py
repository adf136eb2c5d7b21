"""The command line of Go gRPC."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from certificates import make_certificates

GRPCURL = Path(sys.executable).parent / "grpcurl"
PROTOS = Path(__file__).parent.parent.parent / "Protos"


def grpcurl(*arguments, proto="tokenwire/v1/tokenwire.proto"):
    command = [GRPCURL, "-import-path", PROTOS, "-proto", proto, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def messages(told):
    """The messages that it has printed."""
    assert told.returncode == 0, told.stderr
    decoder, rest, found = json.JSONDecoder(), told.stdout.strip(), []
    while rest:
        message, end = decoder.raw_decode(rest)
        found.append(message)
        rest = rest[end:].lstrip()
    return found


def text_of(told):
    return "".join(message.get("delta", {}).get("text", "") for message in messages(told))


GENERATE = "tokenwire.v1.Tokenwire/Generate"
REQUEST = json.dumps({"prompt": "go", "max_tokens": 4})


def test_calls(server, token):
    told = grpcurl("-plaintext", "-d", REQUEST, server.target, GENERATE)
    assert text_of(told) == "The quick brown fox"
    told = grpcurl("-plaintext", server.target, "tokenwire.v1.Tokenwire/ListModels")
    assert messages(told)[0]["models"][0]["id"] == "scripted"
    header = ("-H", f"authorization: Bearer {token}")
    told = grpcurl("-plaintext", *header, "-d", REQUEST, server.target, GENERATE.replace("/", "/Secure"))
    assert messages(told)[0]["started"]["userId"] == "ann"
    health = "grpc.health.v1.Health/Check"
    told = grpcurl("-plaintext", server.target, health, proto="grpc/health/v1/health.proto")
    assert messages(told) == [{"status": "SERVING"}]


def test_errors(server):
    request = json.dumps({"prompt": "go", "model": "модель 🌍"})
    told = grpcurl("-plaintext", "-d", request, server.target, GENERATE)
    assert told.returncode == 64 + 5
    assert "Code: NotFound" in told.stderr
    assert 'model "модель 🌍" is not known here' in told.stderr
    request = json.dumps({"prompt": "go", "max_tokens": 1_000_000})
    told = grpcurl("-plaintext", "-max-time", "0.5", "-d", request, server.target, GENERATE)
    assert told.returncode == 64 + 4
    assert "Code: DeadlineExceeded" in told.stderr


def test_long_stream(server):
    """Go's client sends a PING for each piece that it receives, to measure the connection."""
    request = json.dumps({"prompt": "go", "max_tokens": 2000})
    told = grpcurl("-plaintext", "-d", request, server.target, GENERATE)
    assert messages(told)[-1]["finished"]["usage"]["completionTokens"] == 2000


@pytest.mark.parametrize("wire", ["tls", "unix"])
def test_other_wires(serve, tmp_path, wire):
    if wire == "unix":
        path = tmp_path / "socket"
        serve(listen=f"unix:{path}")
        arguments = ("-plaintext", "-unix", "-d", REQUEST, path, GENERATE)
    else:
        make_certificates(tmp_path)
        identity = ("--tls-certificate", tmp_path / "localhost.pem", "--tls-key", tmp_path / "localhost.key")
        target = serve(*identity).target.replace("127.0.0.1", "localhost")
        arguments = ("-cacert", tmp_path / "ca.pem", "-d", REQUEST, target, GENERATE)
    assert text_of(grpcurl(*arguments)) == "The quick brown fox"

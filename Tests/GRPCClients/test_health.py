"""grpcio-health-checking, and balancing by health."""

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from servers import PATIENCE, generate, text_of

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
UNKNOWN = health_pb2.HealthCheckResponse.SERVICE_UNKNOWN


def request(service):
    return health_pb2.HealthCheckRequest(service=service)


@pytest.mark.parametrize("service", ["", "tokenwire.v1.Tokenwire"])
def test_check(channel, service):
    stub = health_pb2_grpc.HealthStub(channel)
    assert stub.Check(request(service), timeout=PATIENCE).status == SERVING


def test_check_of_another_service(channel):
    with pytest.raises(grpc.RpcError) as caught:
        health_pb2_grpc.HealthStub(channel).Check(request("a.B"), timeout=PATIENCE)
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


def test_watch(serve, connect):
    server = serve()
    stub = health_pb2_grpc.HealthStub(connect(server))
    whole, other = stub.Watch(request(""), timeout=PATIENCE), stub.Watch(request("a.B"), timeout=PATIENCE)
    assert next(whole).status == SERVING
    assert next(other).status == UNKNOWN
    server.drain()
    assert [response.status for response in whole] == [NOT_SERVING]
    assert list(other) == []
    assert server.process.wait(PATIENCE) == 0


def test_client_side_health_checks(server, connect):
    """A channel that asks for the health of its servers, by its service config."""
    config = """{"loadBalancingConfig": [{"round_robin": {}}],
      "healthCheckConfig": {"serviceName": "tokenwire.v1.Tokenwire"}}"""
    channel = connect(server, [("grpc.service_config", config)])
    assert text_of(generate(channel, max_tokens=1)) == "The"

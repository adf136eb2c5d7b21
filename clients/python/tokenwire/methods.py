"""The calls of the API."""

from __future__ import annotations

from typing import Generic, Type, TypeVar

from google.protobuf.message import Message

from .v1 import tokenwire_pb2 as api
from .wire.messages_pb2 import HealthCheckRequest, HealthCheckResponse

RequestT = TypeVar("RequestT", bound=Message)
ResponseT = TypeVar("ResponseT", bound=Message)

_SERVICE = "tokenwire.v1.Tokenwire"
_HEALTH = "grpc.health.v1.Health"


class Method(Generic[RequestT, ResponseT]):
    """A method with one request, and one response or a stream of them.

    Attributes:
        service: the service's full name.
        name: the method's name.
        response: what the server answers with.
        is_unary: whether it answers once.
    """

    def __init__(
        self,
        service: str,
        name: str,
        request: Type[RequestT],
        response: Type[ResponseT],
        is_unary: bool = True,
    ) -> None:
        self.service = service
        self.name = name
        self.response = response
        self.is_unary = is_unary


GENERATE = Method(_SERVICE, "Generate", api.GenerateRequest, api.GenerateResponse, is_unary=False)
SECURE_GENERATE = Method(
    _SERVICE, "SecureGenerate", api.GenerateRequest, api.GenerateResponse, is_unary=False
)
LOG_REQUEST = Method(_SERVICE, "LogRequest", api.LogRequestRequest, api.LogRequestResponse)
QUERY_LOGS = Method(_SERVICE, "QueryLogs", api.QueryLogsRequest, api.LogEntry, is_unary=False)
ERASE_LOGS = Method(_SERVICE, "EraseLogs", api.EraseLogsRequest, api.EraseLogsResponse)
LIST_MODELS = Method(_SERVICE, "ListModels", api.ListModelsRequest, api.ListModelsResponse)
COUNT_TOKENS = Method(_SERVICE, "CountTokens", api.CountTokensRequest, api.CountTokensResponse)
DETOKENIZE = Method(_SERVICE, "Detokenize", api.DetokenizeRequest, api.DetokenizeResponse)
ABORT = Method(_SERVICE, "Abort", api.AbortRequest, api.AbortResponse)
CHECK_HEALTH = Method(_HEALTH, "Check", HealthCheckRequest, HealthCheckResponse)
WATCH_HEALTH = Method(_HEALTH, "Watch", HealthCheckRequest, HealthCheckResponse, is_unary=False)

"""The synchronous client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, List, Optional

from . import methods
from .attempts import Attempts
from .blocking_call import Responses
from .blocking_connect import BlockingSource
from .endpoint import Endpoint
from .errors import protocol_violation
from .generation import Progress
from .methods import Method, RequestT, ResponseT
from .options import TLS, ClientOptions, RetryPolicy
from .requests import Input, count_tokens_request, generate_request
from .sockets import Security
from .v1 import tokenwire_pb2 as api
from .wire.messages_pb2 import HealthCheckRequest, HealthCheckResponse

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .call_options import GenerateOptions, LogOptions, QueryOptions


class Generation(Progress, Iterator[api.Delta]):
    """A text while it is generated: iterate over what is added to it.

    Closing it ends the call on the server; so does leaving a ``with`` block of it, and forgetting
    it.
    """

    def __init__(self, responses: Responses[api.GenerateResponse]) -> None:
        super().__init__()
        self._responses = responses

    def __iter__(self) -> Generation:
        return self

    def __next__(self) -> api.Delta:
        for response in self._responses:
            delta = self.follow(response)
            if delta is not None:
                return delta
        raise StopIteration

    def events(self) -> Iterator[api.GenerateResponse]:
        """All that the server says of the text: ``started``, ``delta``s and ``finished``."""
        for response in self._responses:
            self.follow(response)
            yield response

    def text(self) -> str:
        """The text that is still to come, as a whole; of several texts, the first."""
        return "".join(delta.text for delta in self if delta.index == 0)

    def close(self) -> None:
        """Ends the call."""
        self._responses.close()

    def __enter__(self) -> Generation:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


class Client:
    """A client of a Tokenwire server, for any number of calls at a time, from any threads.

    Connects at its first call. When the connection is lost, or the server says that it ends, the
    next call opens another one. Calls that were certainly not processed are made again, as the
    options' ``RetryPolicy`` says. Every call raises ``CallError`` when it fails; ``timeout`` is how
    many seconds its caller waits for its end, None for as long as it takes.
    """

    _source: Optional[BlockingSource] = None

    def __init__(
        self,
        server: str = "127.0.0.1:7437",
        *,
        token: Optional[str] = None,
        tls: Optional[TLS] = None,
        options: ClientOptions = ClientOptions(),
    ) -> None:
        """
        Args:
            server: "host:port" or "unix:/path".
            token: the access token to call with.
            tls: what connections are secured with; None leaves them in the clear.

        Raises:
            ValueError: for a server, a file or a name that cannot be used.
        """
        endpoint = Endpoint.parse(server)
        security = None if tls is None else Security(tls, endpoint)
        self._metadata = {} if token is None else {"authorization": f"Bearer {token}"}
        self._source = BlockingSource(endpoint, security, options)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __del__(self) -> None:
        if self._source is not None:
            self._source.close(wait=False)

    def connect(self, *, timeout: Optional[float] = None) -> None:
        """Opens the connection now, in one attempt; the first call does it otherwise.

        Raises:
            CallError: ``UNAVAILABLE`` when the server cannot be reached, or does not agree on TLS.
        """
        assert self._source is not None
        self._source.connection(Attempts(RetryPolicy(maximum_attempts=1), timeout))

    def close(self) -> None:
        """Closes the client; calls that are under way fail with ``UNAVAILABLE``."""
        if self._source is not None:
            self._source.close(wait=True)

    # Texts.

    def generate(
        self, input: Input, *, timeout: Optional[float] = None, **options: Unpack[GenerateOptions]
    ) -> Generation:
        """Generates text that continues a prompt, or answers a conversation.

        A client with a token calls ``SecureGenerate``, one without ``Generate``.
        """
        method = methods.SECURE_GENERATE if self._metadata else methods.GENERATE
        request = generate_request(input, **options)
        return Generation(self.stream(method, request, timeout=timeout))

    def secure_generate(
        self, input: Input, *, timeout: Optional[float] = None, **options: Unpack[GenerateOptions]
    ) -> Generation:
        """As ``generate``, always by ``SecureGenerate``, which serves the users of tokens only."""
        request = generate_request(input, **options)
        return Generation(self.stream(methods.SECURE_GENERATE, request, timeout=timeout))

    def text(
        self, input: Input, *, timeout: Optional[float] = None, **options: Unpack[GenerateOptions]
    ) -> str:
        """As ``generate``, and returns the whole text; of several texts, the first."""
        with self.generate(input, timeout=timeout, **options) as generation:
            return generation.text()

    def abort(self, generation_id: str, *, timeout: Optional[float] = None) -> None:
        """Ends a generation, of whichever client, by the id in its ``started``."""
        self.call(methods.ABORT, api.AbortRequest(generation_id=generation_id), timeout=timeout)

    # The log.

    def log_request(
        self,
        prompt: str,
        response: str,
        *,
        timeout: Optional[float] = None,
        **options: Unpack[LogOptions],
    ) -> api.LogRequestResponse:
        """Stores a prompt and its response for the token's user; returns when they are on disk."""
        request = api.LogRequestRequest(prompt=prompt, response=response, **options)
        return self.call(methods.LOG_REQUEST, request, timeout=timeout)

    def query_logs(
        self, *, timeout: Optional[float] = None, **options: Unpack[QueryOptions]
    ) -> Responses[api.LogEntry]:
        """The log entries of the token's user, as they come."""
        request = api.QueryLogsRequest(**options)
        return self.stream(methods.QUERY_LOGS, request, timeout=timeout)

    def erase_logs(
        self, user_id: str, *, timeout: Optional[float] = None
    ) -> api.EraseLogsResponse:
        """Erases all that a user has logged up to now, for good; needs the scope "admin".

        Returns how many entries are gone, and the size of their texts.
        """
        request = api.EraseLogsRequest(user_id=user_id)
        return self.call(methods.ERASE_LOGS, request, timeout=timeout)

    # The server.

    def list_models(self, *, timeout: Optional[float] = None) -> List[api.Model]:
        """The models that the server has."""
        request = api.ListModelsRequest()
        return list(self.call(methods.LIST_MODELS, request, timeout=timeout).models)

    def count_tokens(
        self, input: Input, *, model: str = "", timeout: Optional[float] = None
    ) -> api.CountTokensResponse:
        """The number of tokens that an input takes, without generating."""
        request = count_tokens_request(input, model)
        return self.call(methods.COUNT_TOKENS, request, timeout=timeout)

    def health(self, service: str = "", *, timeout: Optional[float] = None) -> str:
        """Whether the server serves: "SERVING", or "NOT_SERVING" while it loads or stops."""
        request = HealthCheckRequest(service=service)
        return _name(self.call(methods.CHECK_HEALTH, request, timeout=timeout))

    def watch_health(self, service: str = "", *, timeout: Optional[float] = None) -> Iterator[str]:
        """As ``health``, now and then again at each change."""
        request = HealthCheckRequest(service=service)
        for response in self.stream(methods.WATCH_HEALTH, request, timeout=timeout):
            yield _name(response)

    # Any method.

    def call(
        self,
        method: Method[RequestT, ResponseT],
        request: RequestT,
        *,
        timeout: Optional[float] = None,
    ) -> ResponseT:
        """Sends one request and returns the response."""
        with self.stream(method, request, timeout=timeout) as responses:
            for response in responses:
                return response
        raise protocol_violation("ends a call without its response")

    def stream(
        self,
        method: Method[RequestT, ResponseT],
        request: RequestT,
        *,
        timeout: Optional[float] = None,
    ) -> Responses[ResponseT]:
        """Sends one request and returns the responses as they come."""
        assert self._source is not None
        return Responses(self._source, method, request, self._metadata, timeout)


def _name(response: HealthCheckResponse) -> str:
    return HealthCheckResponse.ServingStatus.Name(response.status)

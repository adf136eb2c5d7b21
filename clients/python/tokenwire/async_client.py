"""The asyncio client."""

from __future__ import annotations

from typing import TYPE_CHECKING, AsyncIterator, Iterable, List, Optional

from . import methods
from .answer import Answer
from .arguments import Timeout, timeout as checked_timeout
from .attempts import Attempts
from .async_call import AsyncResponses
from .async_connect import AsyncSource
from .errors import protocol_violation
from .generation import Progress, health_name
from .loop import AsyncLoop
from .methods import Method, RequestT, ResponseT
from .options import TLS, ClientOptions, RetryPolicy
from .requests import (
    Input,
    abort_request,
    count_tokens_request,
    detokenize_request,
    erase_request,
    generate_request,
    health_request,
    log_request,
    query_request,
)
from .settings import check_client
from .v1 import tokenwire_pb2 as api

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .call_options import LogOptions, QueryOptions
    from .tool_options import TextOptions, ToolOptions


class AsyncGeneration(Progress, AsyncIterator[api.Delta]):
    """A text while it is generated: iterate over its deltas.

    Closing it ends the call on the server; so does cancelling the task that reads it, leaving a loop
    over it or an ``async with`` block of it, and forgetting it. It is read on the event loop that it
    was first read on.
    """

    def __init__(self, responses: AsyncResponses[api.GenerateResponse]) -> None:
        super().__init__()
        self._responses = responses

    def __aiter__(self) -> AsyncIterator[api.Delta]:
        return AsyncLoop(self.__anext__, self.close)

    async def __anext__(self) -> api.Delta:
        while True:
            delta = self.follow(await self._responses.__anext__())
            if delta is not None:
                return delta

    def events(self) -> AsyncIterator[api.GenerateResponse]:
        """All events of the text: ``started``, ``delta``s and ``finished``."""
        return AsyncLoop(self._next_event, self.close)

    async def text(self) -> str:
        """The rest of the text, as a whole; of several texts, the first."""
        return "".join([delta.text async for delta in self if delta.index == 0])

    async def message(self) -> api.ChatMessage:
        """The rest of the answer, as a message for the conversation's next turn: its text, what was
        thought before, and the calls of tools; of several texts, the first."""
        answer = Answer()
        async for delta in self:
            answer.add(delta)
        return answer.message()

    def close(self) -> None:
        """Ends the call."""
        self._responses.close()

    async def _next_event(self) -> api.GenerateResponse:
        response = await self._responses.__anext__()
        self.follow(response)
        return response

    async def __aenter__(self) -> AsyncGeneration:
        return self

    async def __aexit__(self, *exception: object) -> None:
        self.close()


class AsyncClient:
    """A client of a Tokenwire server, for any number of calls at a time.

    Connects at its first call, on each event loop anew that it is used on. When the connection
    is lost, or the server says that it ends, the next call opens another one. Calls that were
    certainly not processed are made again, as the options' ``RetryPolicy`` says. Every call
    raises ``CallError`` when it fails; ``timeout`` is how many seconds its caller waits for its
    end, or a ``timedelta``; None is as long as it takes, and one that is not above 0 is over at
    once. What a call is given is checked before anything is sent: ``TypeError`` and
    ``ValueError`` name it.
    """

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
            token: the access token to call with; white space around it is ignored.
            tls: what connections are secured with; None leaves them in the clear.

        Raises:
            ValueError, TypeError: for a server, a token, a file or a name that cannot be used.
        """
        endpoint, security, self._metadata = check_client(server, token, tls, options)
        self._source = AsyncSource(endpoint, security, options)

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    async def connect(self, *, timeout: Optional[Timeout] = None) -> None:
        """Opens the connection now, in one attempt; otherwise the first call does.

        Raises:
            CallError: ``UNAVAILABLE`` when the server cannot be reached, or does not agree on TLS.
        """
        attempts = Attempts(RetryPolicy(maximum_attempts=1), checked_timeout(timeout))
        await self._source.connection(attempts)

    async def close(self) -> None:
        """Closes the client; running calls fail with ``UNAVAILABLE``."""
        await self._source.close()

    # Texts.

    def generate(
        self, input: Input, *, timeout: Optional[Timeout] = None, **options: Unpack[TextOptions]
    ) -> AsyncGeneration:
        """Generates text that continues a prompt, or answers a conversation.

        A client with an access token calls ``SecureGenerate``, one without ``Generate``.
        """
        method = methods.SECURE_GENERATE if self._metadata else methods.GENERATE
        request = generate_request(input, options)
        return AsyncGeneration(self.stream(method, request, timeout=timeout))

    def secure_generate(
        self, input: Input, *, timeout: Optional[Timeout] = None, **options: Unpack[TextOptions]
    ) -> AsyncGeneration:
        """As ``generate``, always by ``SecureGenerate``, which needs an access token."""
        request = generate_request(input, options)
        return AsyncGeneration(self.stream(methods.SECURE_GENERATE, request, timeout=timeout))

    async def text(
        self, input: Input, *, timeout: Optional[Timeout] = None, **options: Unpack[TextOptions]
    ) -> str:
        """As ``generate``, and returns the whole text; of several texts, the first."""
        async with self.generate(input, timeout=timeout, **options) as generation:
            return await generation.text()

    async def abort(self, generation_id: str, *, timeout: Optional[Timeout] = None) -> None:
        """Ends a generation of any client, by the id in its ``started``."""
        await self.call(
            methods.ABORT, abort_request(generation_id), timeout=timeout
        )

    # The log.

    async def log_request(
        self,
        prompt: str,
        response: str,
        *,
        timeout: Optional[Timeout] = None,
        **options: Unpack[LogOptions],
    ) -> api.LogRequestResponse:
        """Stores a prompt and its response for the access token's user; returns when they are on disk."""
        request = log_request(prompt, response, options)
        return await self.call(methods.LOG_REQUEST, request, timeout=timeout)

    def query_logs(
        self, *, timeout: Optional[Timeout] = None, **options: Unpack[QueryOptions]
    ) -> AsyncResponses[api.LogEntry]:
        """The log entries of the access token's user, as they arrive."""
        request = query_request(options)
        return self.stream(methods.QUERY_LOGS, request, timeout=timeout)

    async def erase_logs(
        self, user_id: str, *, timeout: Optional[Timeout] = None
    ) -> api.EraseLogsResponse:
        """Erases all that a user has logged so far, for good; needs the scope "admin".

        Returns the number of erased entries, and the size of their texts.
        """
        request = erase_request(user_id)
        return await self.call(methods.ERASE_LOGS, request, timeout=timeout)

    # The server.

    async def list_models(self, *, timeout: Optional[Timeout] = None) -> List[api.Model]:
        """The models that the server has."""
        request = api.ListModelsRequest()
        return list((await self.call(methods.LIST_MODELS, request, timeout=timeout)).models)

    async def count_tokens(
        self,
        input: Input,
        *,
        model: str = "",
        return_tokens: bool = False,
        timeout: Optional[Timeout] = None,
        **options: Unpack[ToolOptions],
    ) -> api.CountTokensResponse:
        """The number of tokens in an input, and the tokens if asked for, without generating."""
        request = count_tokens_request(input, model, return_tokens, options)
        return await self.call(methods.COUNT_TOKENS, request, timeout=timeout)

    async def detokenize(
        self, token_ids: Iterable[int], *, model: str = "", timeout: Optional[Timeout] = None
    ) -> str:
        """The text of tokens, with control tokens as text."""
        request = detokenize_request(token_ids, model)
        return (await self.call(methods.DETOKENIZE, request, timeout=timeout)).text

    async def health(self, service: str = "", *, timeout: Optional[Timeout] = None) -> str:
        """Whether the server serves: "SERVING", or "NOT_SERVING" while it loads or stops."""
        request = health_request(service)
        return health_name(await self.call(methods.CHECK_HEALTH, request, timeout=timeout))

    def watch_health(
        self, service: str = "", *, timeout: Optional[Timeout] = None
    ) -> AsyncIterator[str]:
        """As ``health``, now and at each change."""
        responses = self.stream(methods.WATCH_HEALTH, health_request(service), timeout=timeout)

        async def read() -> str:
            return health_name(await responses.__anext__())

        return AsyncLoop(read, responses.close)

    # Any method.

    async def call(
        self,
        method: Method[RequestT, ResponseT],
        request: RequestT,
        *,
        timeout: Optional[Timeout] = None,
    ) -> ResponseT:
        """Sends one request and returns the response."""
        async with self.stream(method, request, timeout=timeout) as responses:
            async for response in responses:
                return response
        raise protocol_violation("ends a call without its response")

    def stream(
        self,
        method: Method[RequestT, ResponseT],
        request: RequestT,
        *,
        timeout: Optional[Timeout] = None,
    ) -> AsyncResponses[ResponseT]:
        """Sends one request and returns the responses as they arrive."""
        return AsyncResponses(self._source, method, request, self._metadata, timeout)

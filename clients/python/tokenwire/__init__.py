"""A client of Tokenwire, a server that streams a language model's tokens.

    from tokenwire import Client, show

    with Client("127.0.0.1:7437") as client:
        for delta in client.generate("The capital of France is"):
            show(delta.text)

``AsyncClient`` is the same for asyncio.
"""

from .answer import Answer
from .async_client import AsyncClient, AsyncGeneration
from .client import Client, Generation
from .errors import CallError, Code
from .options import TLS, ClientOptions, RetryPolicy
from .terminal import printable, show
from .v1.tokenwire_pb2 import (
    ChatMessage,
    Delta,
    EraseLogsResponse,
    Finished,
    FinishReason,
    GenerateResponse,
    LogEntry,
    LogitBias,
    LogRequestResponse,
    Model,
    Started,
    Tool,
    ToolCall,
    ToolCallDelta,
    ToolChoice,
)

__version__ = "0.1.0"

__all__ = [
    "TLS",
    "Answer",
    "AsyncClient",
    "AsyncGeneration",
    "CallError",
    "ChatMessage",
    "Client",
    "ClientOptions",
    "Code",
    "Delta",
    "EraseLogsResponse",
    "FinishReason",
    "Finished",
    "GenerateResponse",
    "Generation",
    "LogEntry",
    "LogRequestResponse",
    "LogitBias",
    "Model",
    "RetryPolicy",
    "Started",
    "Tool",
    "ToolCall",
    "ToolCallDelta",
    "ToolChoice",
    "printable",
    "show",
]

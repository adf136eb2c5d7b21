"""What a stream of responses is to its reader: a text that grows."""

from __future__ import annotations

from typing import Any, List, Optional

from .v1.tokenwire_pb2 import (
    Delta,
    Finished,
    FinishReason,
    GenerateResponse,
    Started,
    TokenLogprobs,
)
from .wire.messages_pb2 import HealthCheckResponse


class Progress:
    """How far a generation is.

    Attributes:
        started: what the server has begun: the generation's id, the model, the seed; None before.
        finished: how the text has ended, and what it took; None before. Of several texts, that
            which has ended last.
        completion_tokens: tokens generated so far; of several texts, of all.
        prompt_logprobs: the probabilities of the prompt's tokens, when asked for.
    """

    def __init__(self) -> None:
        self.started: Optional[Started] = None
        self.finished: Optional[Finished] = None
        self.completion_tokens = 0
        self.prompt_logprobs: List[TokenLogprobs] = []

    def follow(self, response: GenerateResponse) -> Optional[Delta]:
        """Takes the next response: what it adds to the text, if it does."""
        self.completion_tokens = response.completion_tokens
        event = response.WhichOneof("event")
        if event == "delta":
            return response.delta
        if event == "started":
            self.started = response.started
        elif event == "finished":
            self.finished = response.finished
        elif event == "prompt_logprobs":
            self.prompt_logprobs.extend(response.prompt_logprobs.logprobs)
        return None


def health_name(response: HealthCheckResponse) -> str:
    """ "SERVING", "NOT_SERVING" and others; of a state that is newer than this client, its number."""
    return _name(HealthCheckResponse.ServingStatus, response.status)


def reason_name(finished: Finished) -> str:
    """Why a text has ended, as in "length"; of a reason that is newer than this client, its number."""
    name = _name(FinishReason, finished.finish_reason)
    return name[len("FINISH_REASON_") :].lower() if name.startswith("FINISH_REASON_") else name


def _name(enum: Any, number: int) -> str:
    return str(enum.Name(number)) if number in enum.values() else str(number)

"""What a model answers, joined from the pieces that it comes in."""

from __future__ import annotations

from typing import Dict, List

from .v1.tokenwire_pb2 import ChatMessage, Delta, ToolCall, ToolCallDelta


class Answer:
    """The answer to a conversation: a text, what was thought before it, and calls of tools.

        answer = Answer()
        for delta in client.generate(messages, tools=tools):
            answer.add(delta)
            show(delta.text)
        messages.append(answer.message())

    Of several texts, it is that with the index.
    """

    def __init__(self, index: int = 0) -> None:
        self._index = index
        self._text: List[str] = []
        self._reasoning: List[str] = []
        self._calls: Dict[int, List[ToolCallDelta]] = {}

    def add(self, delta: Delta) -> None:
        """Adds the next piece; those of other texts are left out."""
        if delta.index != self._index:
            return
        self._text.append(delta.text)
        self._reasoning.append(delta.reasoning_text)
        for piece in delta.tool_calls:
            self._calls.setdefault(piece.index, []).append(piece)

    @property
    def text(self) -> str:
        """What is said."""
        return "".join(self._text)

    @property
    def reasoning_text(self) -> str:
        """What was thought before."""
        return "".join(self._reasoning)

    @property
    def tool_calls(self) -> List[ToolCall]:
        """The calls so far. ``arguments`` is JSON, unless the text was cut off within it: then
        ``incomplete`` of its ``finished`` is set."""
        return [
            ToolCall(
                id="".join(piece.id for piece in pieces),
                name="".join(piece.name for piece in pieces),
                arguments="".join(piece.arguments for piece in pieces),
            )
            for _, pieces in sorted(self._calls.items())
        ]

    def message(self) -> ChatMessage:
        """The answer as a message of the conversation, for its next turn."""
        return ChatMessage(
            role="assistant",
            content=self.text,
            reasoning_text=self.reasoning_text,
            tool_calls=self.tool_calls,
        )

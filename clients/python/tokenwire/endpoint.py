"""Where a server listens."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .arguments import described

_TCP = re.compile(
    r"(?:\[(?P<address>[^\[\]\s\0]+)\]|(?P<host>[^\[\]:\s\0]+)):(?P<port>[0-9]{1,5})"
)


@dataclass(frozen=True)
class Endpoint:
    """A TCP port, or a Unix domain socket, which has a path in place of host and port."""

    host: str = ""
    port: int = 0
    path: str = ""

    @classmethod
    def parse(cls, text: str) -> Endpoint:
        """Reads "host:port" or "unix:/path"; an IPv6 address stands in brackets: "[::1]:7437".

        Raises:
            ValueError: when the text is neither.
            TypeError: when it is no text.
        """
        if not isinstance(text, str):
            raise TypeError(f"server is {described(text)}, but must be text (str)")
        if text.startswith("unix:/") and "\0" not in text:
            return cls(path=text[len("unix:") :])
        match = _TCP.fullmatch(text)
        if match is None or int(match["port"]) > 65_535:
            raise ValueError(
                f'"{text}" is no server: give host:port, such as 127.0.0.1:7437, or unix:/path'
            )
        return cls(host=match["address"] or match["host"], port=int(match["port"]))

    def __str__(self) -> str:
        if self.path:
            return f"unix:{self.path}"
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

"""Where everything goes that others wrote: texts of models, messages of servers, names.

A terminal obeys what is written to it: it could move the cursor over what was there, set its title
or the clipboard, and show text in another order than it was written in. So it gets such characters
as visible text. A pipe or a file gets every byte as it is.
"""

from __future__ import annotations

import re
import sys
from typing import Optional, TextIO

# C0 but tab and line feed, DEL, C1; marks, overrides and isolates of the writing direction; line and
# paragraph separators; bytes that are not UTF-8, as Python has them in what it got from the system.
_ACTIVE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def printable(text: str) -> str:
    """The text with what a terminal would obey as visible text, such as ``\\x1b`` for ESC."""
    return _ACTIVE.sub(_escape, text)


def show(text: str, file: Optional[TextIO] = None) -> None:
    """Writes a text that others wrote at once: so that it is only seen on a terminal, and byte for
    byte, in UTF-8, elsewhere.

    Args:
        file: where to; None is standard output.
    """
    file = sys.stdout if file is None else file
    if file.isatty():
        # Of a text that the terminal cannot show, it shows what it can.
        encoding = file.encoding or "utf-8"
        file.write(printable(text).encode(encoding, "replace").decode(encoding))
    elif hasattr(file, "buffer"):
        file.flush()
        file.buffer.write(text.encode("utf-8", "surrogateescape"))
    else:
        file.write(text)
    file.flush()


def _escape(match: "re.Match[str]") -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}"

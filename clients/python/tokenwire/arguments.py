"""Checks the arguments of calls, before anything is sent, for both clients.

Errors name the argument: ``TypeError`` when it has the wrong type, ``ValueError`` when its value is
not allowed.
"""

from __future__ import annotations

import math
import operator
import re
import reprlib
from datetime import timedelta
from typing import Any, List, Mapping, Optional, Union

#: How long a caller waits: seconds, or a ``timedelta``. Infinity means no limit.
Timeout = Union[float, timedelta]

#: More seconds than this mean no limit: neither the kernel nor the wire can represent them.
_FOREVER = 1e9
_LARGEST_FLOAT = 3.4028234663852886e38  # On the wire, numbers have 32 bits.
_AROUND_TOKENS = re.compile(r"^[\s\ufeff]+|[\s\ufeff]+$")
_TOKEN = re.compile(r"[!-~]+")


def described(value: object) -> str:
    """The value, short enough for a message."""
    try:
        return f"{reprlib.repr(value)} ({type(value).__name__})"
    except Exception:  # Its repr may raise anything: then the message has its type.
        return f"a {type(value).__name__}"


def plain(value: Any) -> Any:
    """Converts numbers and arrays of numpy and similar libraries to Python's own."""
    if hasattr(value, "dtype") and hasattr(value, "tolist"):
        return value.tolist()
    return value


def seconds(name: str, value: Any) -> float:
    """A time in seconds, from a number or a ``timedelta``; infinity when it is too long to wait for."""
    given = plain(value)
    if isinstance(given, timedelta):
        given = given.total_seconds()
    expected = f"{name} is {described(value)}, but must be a number of seconds or a timedelta"
    if isinstance(given, (bool, str, bytes, bytearray)):
        raise TypeError(expected)
    try:
        number = float(given)
    except OverflowError:
        number = math.inf if given > 0 else -math.inf
    except (TypeError, ValueError):
        raise TypeError(expected) from None
    if math.isnan(number):
        raise ValueError(expected)
    return math.inf if number > _FOREVER else number


def timeout(value: Any) -> Optional[float]:
    """How long a caller waits, in seconds; None means no limit. At most 0 when the time is over."""
    if value is None:
        return None
    time = seconds("timeout", value)
    return None if time == math.inf else time


def text(name: str, value: Any) -> str:
    """Text that can be sent."""
    given = plain(value)
    if isinstance(given, (bytes, bytearray, memoryview)):
        raise TypeError(f"{name} is {described(value)}, but must be text: decode the bytes")
    if not isinstance(given, str):
        raise TypeError(f"{name} is {described(value)}, but must be text (str)")
    try:
        given.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"{name} has half of a surrogate pair at {error.start}: it is no text that can be sent"
        ) from None
    return given


def whole(name: str, value: Any, least: int, most: int) -> int:
    """A whole number within bounds."""
    given = plain(value)
    if isinstance(given, bool):
        raise TypeError(f"{name} is {given}, but must be a whole number")
    try:
        number = operator.index(given)
    except TypeError:
        raise TypeError(f"{name} is {described(value)}, but must be a whole number") from None
    if not least <= number <= most:
        shown = number if abs(number) < 10**40 else "longer than that"
        raise ValueError(f"{name} is {shown}, but must be from {least} to {most}")
    return number


def real(name: str, value: Any) -> float:
    """A number that 32 bits hold."""
    given = plain(value)
    expected = f"{name} is {described(value)}, but must be a finite number"
    if isinstance(given, (bool, str, bytes, bytearray)):
        raise TypeError(expected)
    try:
        number = float(given)
    except OverflowError:
        raise ValueError(expected) from None
    except (TypeError, ValueError):
        raise TypeError(expected) from None
    if not abs(number) <= _LARGEST_FLOAT:
        raise ValueError(expected)
    return number


def flag(name: str, value: Any) -> bool:
    """A boolean."""
    given = plain(value)
    if not isinstance(given, bool):
        raise TypeError(f"{name} is {described(value)}, but must be True or False")
    return given


def items(name: str, value: Any, what: str, is_ordered: bool = True) -> List[Any]:
    """The items of a list, an iterator or an array.

    Args:
        what: the items' kind, for the message.
        is_ordered: whether their order counts, which a set does not have.
    """
    given = plain(value)
    expected = f"{name} is {described(value)}, but must be a list of {what}"
    if isinstance(given, (str, bytes, bytearray, memoryview, Mapping)):
        raise TypeError(expected)
    if is_ordered and isinstance(given, (set, frozenset)):
        raise TypeError(f"{expected}: a set has no order")
    try:
        iterator = iter(given)
    except TypeError:
        raise TypeError(expected) from None
    return list(iterator)


def access_token(value: Any) -> Optional[str]:
    """An access token without the white space and byte-order mark around it in a file."""
    if value is None:
        return None
    if not isinstance(value, str):  # What it is stays out of the message: it may be secret.
        raise TypeError(f"token is a {type(value).__name__}, but must be text (str)")
    token = _AROUND_TOKENS.sub("", value)
    if not token:
        raise ValueError("token is empty: give None to call without one")
    if token[:7].lower() == "bearer ":
        raise ValueError('token begins with "Bearer ", which the client adds: give what follows')
    if not _TOKEN.fullmatch(token):
        raise ValueError(
            "token has blanks, control characters or others that no token has: it must be one word, "
            "as it was issued"
        )
    return token

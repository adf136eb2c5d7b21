"""Connects to the first address of a server that answers (RFC 8305), blocking."""

from __future__ import annotations

import errno
import queue
import selectors
import socket
import ssl
import threading
import time
from collections import deque
from typing import Deque, Generator, List, Optional

from .endpoint import Endpoint
from .options import ClientOptions
from .sockets import (
    ATTEMPT_DELAY,
    Address,
    Security,
    cannot_connect,
    explain,
    in_turns,
    tune,
)

_LONGEST_WAIT = 86_400.0


def connect(
    endpoint: Endpoint, security: Optional[Security], options: ClientOptions, deadline: float
) -> socket.socket:
    """A socket that is connected to the server, and has agreed on TLS. One address after the other is
    tried, each when that before has failed or has had its share of the time; all of them go on until
    one is connected.

    Args:
        deadline: when to give up, by ``time.monotonic()``.

    Raises:
        CallError: ``UNAVAILABLE`` when no address could be connected to.
    """
    waiting: Deque[Address] = deque()
    reasons: List[str] = []
    try:
        waiting.extend(_addresses(endpoint, deadline))
    except TimeoutError:
        reasons.append("the resolver of names does not answer")
    except OSError as error:
        reasons.append(explain(error, None))
    next_start = time.monotonic()
    with selectors.DefaultSelector() as selector:
        try:
            while waiting or selector.get_map():
                now = time.monotonic()
                if now >= deadline:
                    reasons.append(explain(TimeoutError(), security))
                    break
                if waiting and (now >= next_start or not selector.get_map()):
                    ready = [_Attempt(waiting.popleft(), security, options)]
                    next_start = now + ATTEMPT_DELAY
                else:
                    until = min(deadline, next_start) if waiting else deadline
                    events = selector.select(min(until - now, _LONGEST_WAIT))
                    ready = [key.data for key, _ in events]
                for attempt in ready:
                    try:
                        sock = attempt.go_on(selector)
                    except OSError as error:
                        reasons.append(explain(error, security))
                        next_start = now
                        continue
                    if sock is not None:
                        return sock
        finally:
            for key in list(selector.get_map().values()):
                key.data.give_up(selector)
    raise cannot_connect(endpoint, reasons)


class _Attempt:
    """An attempt to connect to one address."""

    def __init__(
        self, address: Address, security: Optional[Security], options: ClientOptions
    ) -> None:
        self._socket = socket.socket(address[0], socket.SOCK_STREAM)
        self._socket.setblocking(False)
        self._steps = self._connect(address, security, options)

    def go_on(self, selector: selectors.BaseSelector) -> Optional[socket.socket]:
        """Does what can be done without waiting: the socket when it is connected, None when it is to be
        waited for.

        Raises:
            OSError: why it cannot be connected.
        """
        self._leave(selector)
        try:
            events = next(self._steps)
        except StopIteration:
            return self._socket
        except BaseException:
            self._socket.close()
            raise
        selector.register(self._socket, events, self)
        return None

    def give_up(self, selector: selectors.BaseSelector) -> None:
        """Ends the attempt."""
        self._leave(selector)
        self._socket.close()

    def _leave(self, selector: selectors.BaseSelector) -> None:
        if self._socket in selector.get_map():
            selector.unregister(self._socket)

    def _connect(
        self, address: Address, security: Optional[Security], options: ClientOptions
    ) -> Generator[int, None, None]:
        """Yields the events to wait for."""
        error = self._socket.connect_ex(address[1])
        if error == errno.EINPROGRESS:
            yield selectors.EVENT_WRITE
            error = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            raise OSError(error, "")
        tune(self._socket, options)
        if security is None:
            return
        tls = security.context.wrap_socket(
            self._socket, server_hostname=security.server_name, do_handshake_on_connect=False
        )
        self._socket = tls
        while True:
            try:
                tls.do_handshake()
                return
            except ssl.SSLWantReadError:
                yield selectors.EVENT_READ
            except ssl.SSLWantWriteError:
                yield selectors.EVENT_WRITE


def _addresses(endpoint: Endpoint, deadline: float) -> List[Address]:
    if endpoint.path:
        return [(socket.AF_UNIX, endpoint.path)]
    # The resolver has its own timeouts, which may be longer, so it runs on a thread of its own.
    answers: "queue.Queue[object]" = queue.Queue()

    def resolve() -> None:
        try:
            answers.put(
                socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
            )
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=resolve, name="tokenwire-resolver", daemon=True).start()
    try:
        answer = answers.get(timeout=min(max(deadline - time.monotonic(), 0), _LONGEST_WAIT))
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, UnicodeError):
        raise socket.gaierror from None
    if isinstance(answer, OSError):
        raise answer
    return in_turns(answer)  # type: ignore[arg-type]

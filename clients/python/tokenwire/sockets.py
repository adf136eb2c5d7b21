"""Sockets and TLS: what both clients set, and what they say when it fails."""

from __future__ import annotations

import codecs
import concurrent.futures.thread  # noqa: F401
import errno
import math
import os
import socket
import ssl
from itertools import zip_longest
from typing import Any, Iterable, List, Optional, Tuple

from .arguments import described, seconds
from .endpoint import Endpoint
from .errors import CallError, Code
from .options import TLS, ClientOptions

# What looks up names loads this codec, and asyncio the module for threads, when they are first needed. A
# process that is forked meanwhile by another thread would wait for them for ever: so they are loaded now.
codecs.lookup("idna")

#: A family, and what its sockets are connected to.
Address = Tuple[int, Any]

#: How many seconds an address has before the next one is tried, too: what RFC 8305 recommends.
ATTEMPT_DELAY = 0.25

_ERRORS = {
    errno.ECONNREFUSED: "nothing listens there",
    errno.EAGAIN: "too many others wait for it: try again",
    errno.ENOENT: "there is no such file",
    errno.EADDRNOTAVAIL: "it is not an address of this machine",
    errno.EACCES: "this user may not; socket files have permissions",
}
_WITHOUT_TLS = (
    "the server ended the TLS handshake, as one without TLS does: connect without TLS if it has "
    "none"
)
_REFUSED_CLIENT = (
    "the server does not accept this client's certificate: give one by an authority that it trusts"
)
_OLD_TLS = "the server does not speak TLS 1.2 or 1.3: update it"
_TLS_ERRORS = {
    "WRONG_VERSION_NUMBER": _WITHOUT_TLS,
    "UNEXPECTED_EOF_WHILE_READING": _WITHOUT_TLS,
    "UNSUPPORTED_PROTOCOL": _OLD_TLS,
    "TLSV1_ALERT_PROTOCOL_VERSION": _OLD_TLS,
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "the server requires a certificate of clients: give one",
    "SSLV3_ALERT_HANDSHAKE_FAILURE": (
        "the server refuses the TLS handshake: it may require a certificate of clients"
    ),
    "TLSV1_ALERT_UNKNOWN_CA": _REFUSED_CLIENT,
    "SSLV3_ALERT_BAD_CERTIFICATE": _REFUSED_CLIENT,
    "SSLV3_ALERT_CERTIFICATE_REVOKED": _REFUSED_CLIENT,
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": _REFUSED_CLIENT,
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": _REFUSED_CLIENT,
}
#: How often a silent peer is asked within the keepalive timeout.
_PROBES = 3
# What the kernel takes at the most.
_LONGEST_KEEPALIVE = 32_767
_LONGEST_USER_TIMEOUT = 2**31 - 1


class Security:
    """The TLS of a client's connections to one server."""

    def __init__(self, tls: TLS, endpoint: Endpoint) -> None:
        """
        Raises:
            ValueError: for a file or a name that cannot be used.
        """
        for name in ("ca", "certificate", "key", "server_name"):
            given = getattr(tls, name)
            kinds = (str,) if name == "server_name" else (str, os.PathLike)
            if given is not None and not isinstance(given, kinds):
                raise TypeError(f"{name} is {described(given)}, but must be text (str)")
        if (tls.certificate is None) != (tls.key is None):
            raise ValueError("certificate and key belong together: give both or neither")
        if endpoint.path and not tls.server_name:
            raise ValueError("a certificate is not for a socket file: give the server's name")
        self.server_name = tls.server_name or endpoint.host
        self._ca = tls.ca
        try:
            self.context = ssl.create_default_context(cafile=tls.ca)
        except (OSError, ValueError) as error:  # A name with a NUL is the latter.
            raise ValueError(f"{tls.ca} is no file of authorities: {_reason(error)}") from None
        # Python from 3.13 on refuses certificates that lack extensions, which the other clients, and
        # every older Python, accept.
        self.context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.context.set_alpn_protocols(["tokenwire/1", "ttrpc/1.2"])
        if tls.certificate is not None:
            try:
                self.context.load_cert_chain(tls.certificate, tls.key)
            except (OSError, ValueError) as error:
                raise ValueError(
                    f"{tls.certificate} and {tls.key} are no certificate and its key: "
                    f"{_reason(error)}"
                ) from None
        try:
            bios = ssl.MemoryBIO(), ssl.MemoryBIO()
            self.context.wrap_bio(*bios, server_hostname=self.server_name)
        except ValueError as error:
            raise ValueError(f"{self.server_name} is no name of a server: {error}") from None

    def explain(self, error: ssl.SSLError) -> str:
        """Why a handshake failed, for whoever made the call."""
        if isinstance(error, ssl.SSLCertVerificationError):
            return self._explain_verification(error)
        return _TLS_ERRORS.get(error.reason or "", _reason(error))

    def _explain_verification(self, error: ssl.SSLCertVerificationError) -> str:
        # The numbers are OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID, _CERT_HAS_EXPIRED,
        # _HOSTNAME_MISMATCH and _IP_ADDRESS_MISMATCH.
        if error.verify_code == 9:
            return "the server's certificate is not valid yet: compare the clocks of both machines"
        if error.verify_code == 10:
            return "the server's certificate has expired: whoever runs the server must renew it"
        if error.verify_code in (62, 64):
            return (
                f"the server's certificate is not for {self.server_name}: give a name that it is "
                "for as the server name"
            )
        trusted = "that this machine trusts" if self._ca is None else f"in {self._ca}"
        return (
            f"the server's certificate is not trusted, because no authority {trusted} has signed "
            "it: give the file of the authority that has"
        )


def explain(error: OSError, security: Optional[Security]) -> str:
    """Why a connection failed, in words that go on from "Cannot connect to that server: "."""
    if isinstance(error, ssl.SSLError) and security is not None:
        return security.explain(error)
    if isinstance(error, socket.gaierror):
        return "no address is known for that name"
    if isinstance(error, (TimeoutError, socket.timeout)):
        return "it does not answer"
    if isinstance(error, ConnectionResetError) and security is not None:
        return _WITHOUT_TLS
    return _ERRORS.get(error.errno or 0, _reason(error))


def cannot_connect(endpoint: Endpoint, reasons: List[str]) -> CallError:
    """No address of the server could be connected to."""
    return CallError(
        Code.UNAVAILABLE, f"Cannot connect to {endpoint}: {'; '.join(dict.fromkeys(reasons))}"
    )


def connection_failed(error: OSError, security: Optional[Security]) -> CallError:
    """A connection that was there is not any more."""
    return CallError(Code.UNAVAILABLE, f"The connection failed: {explain(error, security)}")


def tune(sock: socket.socket, options: ClientOptions) -> None:
    """Sets the options by which the kernel notices that a server is gone: for those that do not
    speak the extension's PING, and for bytes that are never acknowledged."""
    if sock.family == getattr(socket, "AF_UNIX", None):
        return
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    interval = seconds("keepalive_interval", options.keepalive_interval)
    keepalive = seconds("keepalive", options.keepalive)
    total = (interval + keepalive) * 1000
    for name, value in (
        ("TCP_KEEPIDLE", math.ceil(min(interval, _LONGEST_KEEPALIVE))),
        ("TCP_KEEPINTVL", math.ceil(min(keepalive / _PROBES, _LONGEST_KEEPALIVE))),
        ("TCP_KEEPCNT", _PROBES),
        ("TCP_USER_TIMEOUT", math.ceil(min(total, _LONGEST_USER_TIMEOUT))),
    ):
        if hasattr(socket, name):  # They are not the same on all systems.
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def in_turns(infos: Iterable[Tuple[Any, ...]]) -> List[Address]:
    """The addresses that ``getaddrinfo`` tells, in its order, but with the families in turns: a family
    that does not work delays the other by one attempt only."""
    addresses = [(info[0], info[4]) for info in infos]
    first = [address for address in addresses if address[0] == addresses[0][0]]
    others = [address for address in addresses if address[0] != addresses[0][0]]
    pairs = zip_longest(first, others)
    return [address for pair in pairs for address in pair if address is not None]


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return error.reason or str(error)
    if not isinstance(error, OSError):
        return str(error)
    return os.strerror(error.errno) if error.errno else str(error)

"""What a client is made of: checked, for both clients."""

from __future__ import annotations

from typing import Any, Dict, Optional, Tuple

from .arguments import access_token, described
from .endpoint import Endpoint
from .options import TLS, ClientOptions
from .sockets import Security


def check_client(
    server: Any, token: Any, tls: Any, options: Any
) -> Tuple[Endpoint, Optional[Security], Dict[str, str]]:
    """Where the server is, how connections are secured, and the metadata of each call.

    Raises:
        TypeError, ValueError: for what cannot be used, by its name.
    """
    endpoint = Endpoint.parse(server)
    if tls is not None and not isinstance(tls, TLS):
        raise TypeError(f"tls is {described(tls)}, but must be a TLS(...) or None")
    if not isinstance(options, ClientOptions):
        raise TypeError(f"options is {described(options)}, but must be ClientOptions(...)")
    checked = access_token(token)
    metadata = {} if checked is None else {"authorization": f"Bearer {checked}"}
    return endpoint, None if tls is None else Security(tls, endpoint), metadata

"""Access tokens (docs/tokens.md), made as an issuer that is not Tokenwire makes them."""

import base64
import hashlib
import hmac
import json
import time


def make_token(key_file, user, expires_in=3600, scope=None):
    """A token of the user, signed with the newest key of a key file.

    Args:
        expires_in: when it ends, in seconds from now.
        scope: what it is good for; None says nothing of it.
    """
    key = json.loads(key_file.read_text())["keys"][-1]
    claims = {"user_id": user, "exp": int(time.time()) + expires_in}
    if scope is not None:
        claims["scope"] = scope
    header = {"alg": key["alg"], "typ": "JWT", "kid": key["kid"]}
    signed = ".".join(_encode(json.dumps(part).encode()) for part in (header, claims))
    secret = base64.urlsafe_b64decode(key["k"] + "==")
    tag = hmac.digest(secret, signed.encode(), hashlib.sha256)
    return f"{signed}.{_encode(tag)}"


def _encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

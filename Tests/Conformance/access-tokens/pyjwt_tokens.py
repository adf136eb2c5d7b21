"""Prints tokens that PyJWT has made, and what is to be read in them, as JSON.

They are made for the time NOW, with the bytes 0 to 63 as the secret. What is made is the same in
every run.
"""

import json
import sys
from datetime import datetime, timezone

import jwt

SECRET = bytes(range(64))
NOW = 1_800_000_000
# What the key of the verifier is called.
KID = "k1"


def main():
    tokens = [
        # What an existing service makes: no kid, nothing but a user and an end.
        token("a user and an end", {"user_id": "test_user", "exp": NOW + 3600}, kid=None),
        token(
            "an end as a datetime",
            {"user_id": "test_user", "exp": datetime.fromtimestamp(NOW + 60, timezone.utc)},
            kid=None,
        ),
        token("a subject in place of a user", {"sub": "alice", "exp": NOW + 60}),
        *[
            token(f"all claims, with {algorithm}", ALL, algorithm, audience="wire", issuer="joe")
            for algorithm in ("HS256", "HS384", "HS512")
        ],
        token("a header with its names in another order", {"user_id": "a", "exp": NOW + 60},
              sort_headers=True),
        token("a list of audiences", {"user_id": "a", "exp": NOW + 60, "aud": ["x", "wire"]},
              audience="wire"),
        token("a list of scopes", {"user_id": "a", "exp": NOW + 60, "scope": ["log", "admin"]},
              scopes="log admin"),
        token("a user whose name is not ASCII", {"user_id": "ä日🎌\"\\\n", "exp": NOW + 60}),
        token("times with a fraction",
              {"user_id": "a", "exp": NOW + 60.5, "iat": NOW - 0.25, "nbf": NOW - 0.125}),
        token("another type of access token", {"user_id": "a", "exp": NOW + 60},
              headers={"typ": "at+jwt"}),
        token("claims that nobody knows",
              {"user_id": "a", "exp": NOW + 60, "x": {"y": [1, None, True, {"z": 1.5e-7}]}}),
        token("one that has expired", {"user_id": "a", "exp": NOW - 60}, refused="expired"),
        token("one that is not valid yet", {"user_id": "a", "exp": NOW + 90, "nbf": NOW + 60},
              refused="notYetValid"),
        token("one without an end", {"user_id": "a"}, refused="missingClaim(exp)"),
        token("one of another secret", {"user_id": "a", "exp": NOW + 60}, secret=SECRET[::-1],
              refused="wrongSignature"),
        token("one of another key", {"user_id": "a", "exp": NOW + 60}, kid="k2",
              refused="unknownKey"),
        token("one for someone else", {"user_id": "a", "exp": NOW + 60, "aud": "x"},
              audience="wire", refused="wrongAudience"),
        token("one that is not signed", {"user_id": "a", "exp": NOW + 60}, "none", secret=None,
              refused="wrongAlgorithm"),
    ]
    json.dump({"pyjwt": jwt.__version__, "now": NOW, "tokens": tokens}, sys.stdout, indent=1)
    print()


ALL = {
    "iss": "joe",
    "sub": "alice",
    "aud": "wire",
    "exp": NOW + 60,
    "nbf": NOW,
    "iat": NOW,
    "jti": "j1",
    "user_id": "alice",
    "scope": "generate log logs:read admin",
}


def token(name, claims, algorithm="HS256", kid=KID, secret=SECRET, headers=None, scopes=None,
          audience=None, issuer=None, refused=None, **options):
    headers = dict(headers or {})
    if kid:
        headers["kid"] = kid
    text = jwt.encode(claims, secret, algorithm=algorithm, headers=headers, **options)
    return {
        "name": name,
        "algorithm": "HS256" if algorithm == "none" else algorithm,
        "audience": audience,
        "issuer": issuer,
        "token": text,
        "refused": refused,
        "user_id": claims.get("user_id", claims.get("sub")),
        "scope": scopes or claims.get("scope"),
        "jti": claims.get("jti"),
    }


main()

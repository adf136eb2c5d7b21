"""Has PyJWT verify the tokens of this project, which are read as JSON from standard input."""

import json
import sys

import jwt

SECRET = bytes(range(64))


def main():
    tokens = json.load(sys.stdin)["tokens"]
    for token in tokens:
        claims = jwt.decode(
            token["token"],
            SECRET,
            algorithms=[token["algorithm"]],
            audience=token["audience"],
            issuer=token["issuer"],
            options={"require": ["exp", "iat", "jti", "user_id"]},
        )
        for name in ("user_id", "scope", "jti"):
            if claims.get(name) != token[name]:
                sys.exit(f"{token['token']}: {name} is {claims.get(name)!r}, not {token[name]!r}")
        if jwt.get_unverified_header(token["token"])["kid"] != "k1":
            sys.exit(f"{token['token']}: kid is not k1")
    print(f"PyJWT {jwt.__version__} verifies {len(tokens)} tokens", file=sys.stderr)


main()

"""Counts how often one token can be verified in a second of one core's time: by this project's
verifier, and by PyJWT with the same checks, which is given the one key and looks for no revocation.
libcrypto's HMAC over what is signed is the limit.
"""

import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import jwt

sys.path.append(str(Path(__file__).parent.parent))
from rounds import PROGRAMS, Figure, Ratio, compare

ROUNDS = 7
TOKENWIRE = "tokenwire"
PYJWT = f"PyJWT {jwt.__version__}"


def main():
    program = PROGRAMS / "TokenSpeed"
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        token = output(program, "make", folder).strip()
        signed, _, _ = token.rpartition(".")
        payload = decode(signed.partition(".")[2])
        key = signing_key(f"{folder}/keys.json")
        hmac = f"libcrypto, HMAC-SHA256 of {len(signed)} bytes"

        compare(
            name="tokens",
            title=f"Verifying a token on one core: HS256, {len(payload)} bytes of claims",
            rounds=ROUNDS,
            measurements=[
                lambda: {TOKENWIRE: float(output(program, "verify", folder, token))},
                lambda: {PYJWT: pyjwt(token, key)},
                lambda: {hmac: libcrypto(len(signed))},
            ],
            figures=[
                Figure(TOKENWIRE, "verifications/s"),
                Figure(PYJWT, "verifications/s"),
                Figure(hmac, "signatures/s"),
            ],
            ratios=[
                Ratio("tokenwire / PyJWT", lambda of: of[TOKENWIRE] / of[PYJWT], "at least 15"),
                Ratio("tokenwire / libcrypto", lambda of: of[TOKENWIRE] / of[hmac], None),
            ],
        )


def pyjwt(token, key):
    count = 20_000
    begin = time.process_time()
    for _ in range(count):
        jwt.decode(
            token,
            key,
            algorithms=["HS256"],
            issuer="https://tokens.example",
            audience="tokenwire",
            leeway=30,
            options={"require": ["exp", "user_id"]},
        )
    return count / (time.process_time() - begin)


def libcrypto(size):
    text = output("openssl", "speed", "-seconds", "2", "-bytes", str(size), "-hmac", "sha256")
    thousands_of_bytes = re.search(r"hmac\(sha256\)\s+([\d.]+)k", text)
    return float(thousands_of_bytes.group(1)) * 1000 / size


def signing_key(path):
    with open(path) as file:
        keys = json.load(file)["keys"]
    return decode(next(key["k"] for key in keys if "sign" in key["key_ops"]))


def decode(base64url):
    return base64.urlsafe_b64decode(base64url + "=" * (-len(base64url) % 4))


def output(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


main()

"""Tokenwire and the article's stack: how each is started, and how its texts are read."""

import http.client
import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import jwt

ROOT = Path(__file__).parent.parent.parent
sys.path.append(str(ROOT / "clients/python"))
from tokenwire import Client

ARTICLE_BUILT = ROOT / ".build-article"
MODEL = os.environ["MODEL"]


class Tokenwire:
    """`tokenwire serve` with keys and a log, both in the folder."""

    name = "tokenwire"

    def __init__(self, folder, *options):
        keys = ["--key-file", f"{folder}/keys.json"]
        tokenwire = str(ROOT / ".build/release/tokenwire")
        run(tokenwire, "key", "new", *keys)
        self.token = run(tokenwire, "token", "issue", *keys, "--user", "alice", "--expires", "1h").strip()
        self.command = [
            tokenwire, "serve", "--listen", "127.0.0.1:0", "--model", MODEL, *keys,
            "--log-file", f"{folder}/requests.db", *options,
        ]  # fmt: skip

    def serve(self):
        return serving(self.command, os.environ, r"is ready on (\S+)")

    def generate(self, address, prompt, max_tokens):
        """The pieces of a text; when it ends, it is in the log."""
        text = ""
        with Client(address, token=self.token) as client:
            for delta in client.secure_generate(prompt, max_tokens=max_tokens, temperature=0):
                text += delta.text
                yield delta.text
            client.log_request(prompt, text)


class Article:
    """app.py, started as such articles start it, with Flask's own server."""

    name = "Flask, transformers"

    def __init__(self, folder):
        secret = os.urandom(32).hex()
        self.token = jwt.encode({"user_id": "alice"}, secret, "HS256")
        self.environment = os.environ | {
            "MODEL": str(ARTICLE_BUILT / "model"),
            "SECRET_KEY": secret,
            "DATABASE": f"{folder}/article.db",
        }

    def serve(self):
        python = str(ARTICLE_BUILT / "python/bin/python")
        command = [python, str(Path(__file__).parent / "app.py")]
        return serving(command, self.environment, r"Running on http://(\S+)")

    def generate(self, address, prompt, max_tokens):
        connection = http.client.HTTPConnection(address)
        body = json.dumps({"prompt": prompt, "max_tokens": max_tokens})
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        connection.request("POST", "/secure_generate", body, headers)
        response = connection.getresponse()
        if response.status != 200:
            sys.exit(f"The article's stack answered {response.status}: {response.read()}")
        while piece := response.read1():
            yield piece.decode()
        connection.close()


@contextmanager
def serving(command, environment, ready):
    """Runs a server for as long as the block; gives its process and its address."""
    process = subprocess.Popen(
        command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    said = ""
    try:
        for line in process.stdout:
            said += line
            if match := re.search(ready, line):
                yield process, match.group(1)
                return
        sys.exit(f"{command} did not start:\n{said}")
    finally:
        process.kill()
        process.wait()


def run(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout

"""A command line of others, and what makes requests of the description of all endpoints."""

import os
import subprocess
import sys
from pathlib import Path

import requests

BIN = Path(sys.executable).parent


def test_llm(server, tmp_path):
    model = requests.get(f"{server}/v1/models").json()["data"][0]["id"]
    (tmp_path / "extra-openai-models.yaml").write_text(
        f"- model_id: local\n  model_name: {model}\n  api_base: {server}/v1\n"
    )
    environment = os.environ | {"LLM_USER_PATH": str(tmp_path), "OPENAI_API_KEY": "none"}
    for arguments in ([], ["--no-stream"]):
        options = ["-m", "local", "-o", "max_tokens", "5", "-o", "temperature", "0"]
        told = subprocess.run(
            [BIN / "llm", *options, *arguments, "Say hello."], env=environment, capture_output=True, text=True, check=True
        )
        assert told.stdout.strip()


def test_schemathesis(server, token, tmp_path):
    """What the description allows, and nearly allows, has no answer of 5xx, and none that it does not describe."""
    checks = "not_a_server_error,content_type_conformance,response_schema_conformance"
    told = subprocess.run(
        [
            *(BIN / "schemathesis", "run", f"{server}/openapi.json", "--checks", checks, "--seed", "1"),
            *("--phases", "coverage,fuzzing", "--max-examples", "3", "--max-time", "90"),
            # With more, CPython 3.11 may stop at its own fault (cpython#106905), whatever the server does.
            *("--workers", "1"),
            *("--request-timeout", "60", "--suppress-health-check", "all", "--header", f"Authorization: {token}"),
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert told.returncode == 0, told.stdout[-6000:]

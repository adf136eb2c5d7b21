"""vLLM's guidellm, a benchmark of servers: what it counts is what the server has counted."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests

# None that the model answers with the end of its text: guidellm counts an empty text as an error.
PROMPTS = ["Name a color.", "The capital of France is", "日本の首都は?", "Say hello 🎉"]


def run(folder, server, backend, items):
    """The requests of a run of the benchmark, which have all succeeded."""
    data, report = folder / "items.jsonl", folder / "report.json"
    data.write_text("".join(json.dumps(item) + "\n" for item in items))
    # The likeliest texts, which are the same in each run.
    extras = {"body": {"temperature": 0, "deterministic": True}}
    backend = {"kind": "openai_http", "target": f"{server}/v1", "extras": extras} | backend
    subprocess.run(
        [
            *(Path(sys.executable).parent / "guidellm", "run", "--backend", json.dumps(backend)),
            *("--profile", "kind=concurrent,streams=3", "--constraint", f"kind=max_requests,count={len(items)}"),
            *("--data", f"kind=json_file,path={data}", "--output", f"kind=json,path={report}", "--disable-console"),
        ],
        env=os.environ | {"HF_HOME": str(folder), "HF_HUB_OFFLINE": "1"},
        check=True,
    )
    [benchmark] = json.loads(report.read_text())["benchmarks"]
    made = benchmark["requests"]
    assert not made["errored"] and not made["incomplete"] and len(made["successful"]) == len(items)
    return made["successful"]


def again(server, path, made):
    """The tokens of the prompt and of the text, and the text, of the same request by hand."""
    body = json.loads(made["request_args"])["body"]
    for name in ("stream", "stream_options"):
        body.pop(name, None)
    answer = requests.post(server + path, json=body)
    assert answer.ok, answer.text
    answer = answer.json()
    usage = answer["usage"]
    if path == "/v1/responses":
        [message] = answer["output"]
        return usage["input_tokens"], usage["output_tokens"], message["content"][0]["text"]
    [choice] = answer["choices"]
    text = choice["text"] if path == "/v1/completions" else choice["message"]["content"]
    return usage["prompt_tokens"], usage["completion_tokens"], text


@pytest.mark.parametrize("path", ["/v1/completions", "/v1/chat/completions", "/v1/responses"])
@pytest.mark.parametrize("stream", [True, False])
def test_guidellm(server, tmp_path, path, stream):
    backend = {"request_format": path, "stream": stream}
    # With a length for each text, which the model may not end before, and with a limit only.
    fixed = run(tmp_path, server, backend, [{"prompt": text, "output_tokens_count": 8} for text in PROMPTS])
    free = run(tmp_path, server, backend | {"max_tokens": 8}, [{"prompt": text} for text in PROMPTS])
    assert [made["output_tokens"] for made in fixed] == [8] * len(PROMPTS)
    for made in fixed + free:
        counted = made["prompt_tokens"], made["output_tokens"], made["output"]
        assert counted == again(server, path, made)
        assert made["total_tokens"] == made["prompt_tokens"] + made["output_tokens"]
        # Of a text that was streamed, the time of its first token is known.
        assert (made["time_to_first_token_ms"] is not None) == stream

"""EleutherAI's lm-evaluation-harness, which reads the tokenizer and the probabilities of prompts from the server."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests

MODEL = "SmolLM2-135M-Instruct-Q8_0"
# A token id that a text without a beginning starts from: the server does not tell the model's own.
PREFIX = 1
ITEMS = [
    {"question": "The capital of France is", "choices": ["Paris", "London", "the city"]},
    # Tokens that are parts of characters.
    {"question": "日本の首都は", "choices": ["東京", "☕ 🎉", "Oslo"]},
    # After these, the model ends its text at once.
    {"question": "What is the weather like", "choices": ["today?", "now"]},
    {"question": "What is the capital of France?\nThe capital of France is", "choices": ["Paris.", "Rome"]},
]
TASKS = {
    "choices": {"output_type": "multiple_choice", "doc_to_choice": "{{choices}}", "doc_to_target": "0"},
    "texts": {"output_type": "loglikelihood_rolling", "doc_to_text": "", "doc_to_target": "{{question}}"},
    "answers": {
        "output_type": "generate_until",
        "doc_to_target": "{{choices[0]}}",
        # `deterministic`, so that the same request has the same answer.
        "generation_kwargs": {"until": ["\n", "."], "max_gen_toks": 12, "deterministic": True},
    },
}
METRICS = {"choices": "acc", "texts": "word_perplexity", "answers": "exact_match"}


@pytest.fixture(params=[{"batch_size": 1, "num_concurrent": 1}, {"batch_size": 3, "num_concurrent": 4}], ids=str)
def samples(request, server, tmp_path):
    """What the harness has logged of each task's requests."""
    data = tmp_path / "items.jsonl"
    data.write_text("".join(json.dumps(item) + "\n" for item in ITEMS))
    for name, task in TASKS.items():
        common = {
            "task": name,
            "dataset_path": "json",
            "dataset_kwargs": {"data_files": {"test": str(data)}},
            "test_split": "test",
            "doc_to_text": "{{question}}",
            "metric_list": [{"metric": METRICS[name]}],
        }
        # JSON is YAML.
        (tmp_path / f"{name}.yaml").write_text(json.dumps(common | task))
    arguments = {
        "model": MODEL,
        "base_url": f"{server}/v1/completions",
        "custom_prefix_token_id": PREFIX,
        "num_concurrent": request.param["num_concurrent"],
        # A request that fails once has failed.
        "max_retries": 1,
    }
    subprocess.run(
        [
            *(Path(sys.executable).parent / "lm_eval", "run", "--model", "local-completions"),
            *("--model_args", ",".join(f"{name}={value}" for name, value in arguments.items())),
            *("--include_path", tmp_path, "--tasks", ",".join(TASKS), "--batch_size", str(request.param["batch_size"])),
            *("--log_samples", "--output_path", tmp_path / "out"),
        ],
        env=os.environ | {"HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"},
        check=True,
    )
    found = {}
    for name in TASKS:
        [path] = (tmp_path / "out").glob(f"*/samples_{name}_*.jsonl")
        logged = [json.loads(line) for line in path.read_text().splitlines()]
        assert len(logged) == len(ITEMS)
        found[name] = [
            (list(arguments.values()), response[0])
            for sample in logged
            for arguments, response in zip(sample["arguments"].values(), sample["resps"], strict=True)
        ]
    return found


def tokens(server, text):
    return requests.post(f"{server}/tokenize", json={"prompt": text}).json()["tokens"]


def native(server, ids, start):
    """The log-likelihood of the tokens from a place on, and whether each is the likeliest, by the server's own API."""
    asked = {"prompt_token_ids": {"ids": ids}, "prompt_logprobs": 1, "max_tokens": 0}
    lines = requests.post(
        f"{server}/tokenwire.v1.Tokenwire/Generate", json=asked, headers={"Accept": "application/x-ndjson"}
    ).text.splitlines()
    told = [
        token
        for line in map(json.loads, lines)
        if "prompt_logprobs" in line
        for token in line["prompt_logprobs"]["logprobs"]
    ]
    assert [token["chosen"]["token_id"] for token in told] == ids
    scored = told[start:]
    likelihood = sum(token["chosen"]["logprob"] for token in scored)
    return likelihood, all(token["chosen"] == token["top"][0] for token in scored)


def complete(server, **asked):
    asked = {"model": MODEL, "temperature": 0} | asked
    [choice] = requests.post(f"{server}/v1/completions", json=asked).json()["choices"]
    return choice


def test_lm_eval(server, samples):
    greedy, ends = set(), 0
    assert len(samples["choices"]) == sum(len(item["choices"]) for item in ITEMS)
    for (context, continuation), (likelihood, is_greedy) in samples["choices"]:
        ids = tokens(server, context + continuation)
        expected, is_expected = native(server, ids, len(tokens(server, context)))
        # Batches of other sizes are computed in another order.
        assert float(likelihood) == pytest.approx(expected, abs=0.02), (context, continuation)
        assert is_greedy == str(is_expected), (context, continuation)
        greedy.add(is_expected)
        ends += complete(server, prompt=ids, max_tokens=1)["finish_reason"] == "stop"
    # There were texts of both kinds, and some after which the model ends.
    assert greedy == {False, True} and ends >= 2

    for (text,), likelihood in samples["texts"]:
        expected, _ = native(server, [PREFIX, *tokens(server, text)], 1)
        assert float(likelihood) == pytest.approx(expected, abs=0.02), text

    for (context, _), answer in samples["answers"]:
        same = complete(server, prompt=context, max_tokens=12, stop=["\n", "."], deterministic=True)
        assert answer == same["text"], context

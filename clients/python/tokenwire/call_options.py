"""What callers may say about a call, by the names of the API's fields."""
# Generated from Protos/tokenwire/v1/tokenwire.proto by `make proto`: do not edit.

from __future__ import annotations

from typing import Any, Iterable, Mapping, TypedDict, Union

from .v1 import tokenwire_pb2 as api


class GenerateOptions(TypedDict, total=False):
    """How to generate a text. The server has defaults for what is not given."""

    #: Empty: the server's default model.
    model: str

    #: At most the context length; 0 reads the prompt only. Default 150; with `max_length`, none.
    max_tokens: int

    #: Generation ends before the first of these appears in the text. At most 16, of 4096 bytes each.
    stop: Union[str, Iterable[str]]

    #: The first delta carries the prompt.
    echo: bool

    #: How many alternatives to report beside each chosen token; absent reports none.
    logprobs: int

    #: A JSON schema that the text must satisfy; docs/generation.md describes which are supported.
    json_schema: Union[str, Mapping[str, Any]]

    #: A grammar in llama.cpp's GBNF; the text must match its rule "root".
    grammar: str

    metadata: Mapping[str, str]

    #: How many texts to generate from the input, each with a seed one larger than the one before;
    #: from 1 to 16. Default 1.
    n: int

    #: The same request with the same seed gives the same tokens, whatever else the server does. Costs
    #: speed.
    deterministic: bool

    #: How many alternatives to report beside each of the prompt's tokens, in `prompt_logprobs`; absent
    #: reports none.
    prompt_logprobs: int

    #: Whether to report how far a long prompt is computed, in `progress`.
    report_progress: bool

    #: Names the conversation that this generation belongs to: its prompt is kept for its next turn
    #: when memory is short, and the log can be queried by it. At most 128 bytes.
    session_id: str

    #: Not implemented: a request with it is refused.
    idempotency_key: str

    #: How many tokens prompt and text may have together; the context bounds them, too. A prompt that
    #: leaves no room for text is refused.
    max_length: int

    #: 0 is greedy. Default 0.8.
    temperature: float

    #: Keep the k most likely tokens; 0 keeps all. Default 40.
    top_k: int

    #: Keep the most likely tokens whose probabilities sum to p; in (0, 1]. Default 0.95.
    top_p: float

    #: Drop tokens less likely than p times the likeliest; in [0, 1]. Default 0.05.
    min_p: float

    #: Divides the logits of repeated tokens; above 0, 1 is off. Default 1.
    repeat_penalty: float

    #: How many of the last tokens the penalties look at; 0 is none, -1 the context. Default 64.
    repeat_last_n: int

    #: In [-2, 2]. Default 0.
    presence_penalty: float

    #: In [-2, 2]. Default 0.
    frequency_penalty: float

    #: Chosen by the server when absent; `started.seed` reports it.
    seed: int

    #: At most 300, each for a different token.
    logit_bias: Iterable[api.LogitBias]

    #: The model cannot end its text: only the other limits do.
    ignore_eos: bool

    #: The model cannot end its text, and stop strings do not count, in the first this many tokens; at
    #: most `max_tokens`.
    min_tokens: int


class LogOptions(TypedDict, total=False):
    """What to store beside a prompt and its response."""

    model: str

    generation_id: str

    metadata: Mapping[str, str]

    #: The same key of the same user is stored once and answered with the first entry.
    idempotency_key: str

    #: That of the generation. At most 128 bytes.
    session_id: str


class QueryOptions(TypedDict, total=False):
    """Which entries of the log to read."""

    #: Whose entries; empty is the caller's own. Another user's need the scope "admin".
    user_id: str

    #: Microseconds since 1970-01-01T00:00:00Z, inclusive; 0 is no bound.
    since_unix_micros: int

    #: Exclusive; 0 is no bound.
    until_unix_micros: int

    model: str

    #: Words that must all be in the prompt or the response; at most 1,024 bytes. "two words" is a
    #: phrase, star* a prefix. It ends with RESOURCE_EXHAUSTED when finding the next entries takes
    #: longer than 5 s.
    search: str

    #: At most this many entries; 0 is no limit.
    limit: int

    #: Continue after this entry.
    after_id: str

    order: Union[api.LogOrder, str]

    #: Waits for new entries at the end, until the server stops; only for the oldest first.
    follow: bool

    #: Only entries of this session; empty is all.
    session_id: str

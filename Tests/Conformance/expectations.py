"""Compares what a client got with what a case expects."""


def expand(value, user):
    """Writes out {"repeat": [text, count]} and $user."""
    if isinstance(value, dict):
        if set(value) == {"repeat"}:
            text, count = value["repeat"]
            return text * count
        return {key: expand(item, user) for key, item in value.items()}
    if isinstance(value, list):
        return [expand(item, user) for item in value]
    return user if value == "$user" else value


def compare(calls, outcomes, user):
    """What is wrong with the outcomes of a case's calls, as sentences."""
    names = {}
    if len(outcomes) != len(calls):
        return [f"{len(calls)} calls have {len(outcomes)} outcomes"]
    wrongs = []
    for number, (call, outcome) in enumerate(zip(calls, outcomes), 1):
        expected = {"status": "OK", **expand(call["expect"], user)}
        wrongs += [f"call {number}, {wrong}" for wrong in _compare(expected, outcome, names)]
        if call["call"] in ("generate", "secure_generate"):
            wrongs += [f"call {number}, {wrong}" for wrong in _check_stream(call, outcome)]
    return wrongs


def _compare(expected, outcome, names):
    if outcome["status"] != expected["status"]:
        return [
            f"status: expected {expected['status']}, got {outcome['status']} "
            f"{outcome.get('message', '')!r}"
        ]
    actual = {**outcome, **_summary(outcome["responses"])}
    if outcome.get("message", "") is None:
        # The words of a client that is not of this project.
        expected.pop("message", None)
    actual["has_retry_after"] = (outcome.get("retry_after") or 0) > 0
    return _differences("", expected, actual, names)


def _differences(path, expected, actual, names):
    """Where the actual value is not the expected one; it may have members that are not expected."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return [
            wrong
            for key, value in expected.items()
            for wrong in _differences(f"{path}.{key}", value, actual.get(key), names)
        ]
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        return [
            wrong
            for number, (one, other) in enumerate(zip(expected, actual))
            for wrong in _differences(f"{path}[{number}]", one, other, names)
        ]
    if isinstance(expected, str) and expected.startswith("="):
        # The first value under this name is the one that the others must have.
        if not actual:
            return [f"{path[1:]}: is empty"]
        expected = names.setdefault(expected, actual)
    if expected != actual or isinstance(expected, bool) != isinstance(actual, bool):
        return [f"{path[1:]}: expected {_short(expected)}, got {_short(actual)}"]
    return []


def _short(value):
    text = repr(value)
    return text if len(text) <= 300 else f"{text[:200]} ... {text[-80:]} ({len(text)} characters)"


def _summary(responses):
    """A stream of a generation as one, however it was cut into deltas, and its texts, by index."""
    summary = {}
    text = None
    texts = {}
    for response in responses:
        started, finished = response.get("started"), response.get("finished")
        if started:
            summary.update((key, started[key]) for key in ("model", "seed", "user_id"))
            summary["prompt_tokens"] = started["prompt_tokens"]
        elif finished:
            summary["finish_reason"] = finished["finish_reason"]
            summary["matched_stop"] = finished["matched_stop"]
            summary["completion_tokens"] = finished["usage"]["completion_tokens"]
            summary["incomplete"] = finished["incomplete"]
            summary["reasoning_tokens"] = finished["usage"]["reasoning_tokens"]
            one = texts.setdefault(finished["index"], _nothing())
            one["finish_reason"] = finished["finish_reason"]
        else:
            delta = response.get("delta", response)
            text = (text or "") + (delta.get("text") or "")
            one = texts.setdefault(delta.get("index", 0), _nothing())
            one["text"] += delta.get("text") or ""
            one["reasoning_text"] += delta.get("reasoning_text") or ""
            for piece in delta.get("tool_calls") or []:
                _add_call(one["tool_calls"], piece)
    summary["text"] = text
    first = texts.get(0, _nothing())
    summary["reasoning_text"] = first["reasoning_text"]
    summary["tool_calls"] = first["tool_calls"]
    summary["texts"] = [texts[index] for index in sorted(texts)]
    return summary


def _nothing():
    return {"text": "", "reasoning_text": "", "tool_calls": []}


def _add_call(calls, piece):
    """Adds a piece of a call; one without a first piece is seen as a call without name."""
    if piece["index"] >= len(calls):
        calls.append({"id": "", "name": "", "arguments": ""})
    for key in ("id", "name", "arguments"):
        calls[piece["index"]][key] += piece[key]


def _check_stream(call, outcome):
    """What holds of every stream of a generation."""
    responses = outcome["responses"]
    if [response["seq"] for response in responses] != list(range(len(responses))):
        yield "seq does not count from 0"
    counts = [response["completion_tokens"] for response in responses]
    if counts != sorted(counts):
        yield "completion_tokens goes back"
    kinds = [next(k for k in ("started", "delta", "finished") if k in r) for r in responses]
    if kinds and (kinds[0] != "started" or not responses[0]["started"]["generation_id"]):
        yield f"the events are {kinds}"
    texts = {index: [] for index in range(call.get("options", {}).get("n", 1))}
    for kind, response in list(zip(kinds, responses))[1:]:
        texts.setdefault(response[kind].get("index"), []).append(kind)
    for index, events in texts.items():
        if "finished" in events[:-1] or "started" in events:
            yield f"the events of the text {index} are {events}"
    have_ended = bool(texts) and all(events[-1:] == ["finished"] for events in texts.values())
    if have_ended != (outcome["status"] == "OK"):
        yield f"the call is {outcome['status']}, but the events are {kinds}"

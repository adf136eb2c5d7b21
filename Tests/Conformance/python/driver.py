"""Makes the calls of conformance cases with the Python clients: see ../README.md."""

import asyncio
import json
import sys
import time

from messages import plain
from tokenwire import TLS, AsyncClient, CallError, Client, ClientOptions, Code, RetryPolicy
from tokenwire.methods import Method
from tokenwire.v1 import tokenwire_pb2 as api


def arguments(client):
    options = {key: client[key] for key in ("window",) if key in client}
    if "maximum_attempts" in client:
        options["retry"] = RetryPolicy(maximum_attempts=client["maximum_attempts"])
    return {
        "server": client["server"],
        "token": client.get("token"),
        "tls": TLS(**client["tls"]) if "tls" in client else None,
        "options": ClientOptions(**options),
    }


def options_of(call):
    options = dict(call.get("options", {}))
    if "order" in options:
        options["order"] = "LOG_ORDER_" + options["order"]
    if "tool_choice" in options:
        choice = options["tool_choice"]
        mode = "TOOL_CHOICE_MODE_" + choice.get("mode", "UNSPECIFIED")
        options["tool_choice"] = api.ToolChoice(mode=mode, name=choice.get("name", ""))
    if "reasoning" in options:
        options["reasoning"] = "REASONING_" + options["reasoning"]
    return {**options, "timeout": call.get("timeout")}


def failure(error):
    return {"status": error.code.name, "message": error.message, "retry_after": error.retry_after}


class Blocking:
    """Makes calls with the synchronous client."""

    def run(self, case):
        with Client(**arguments(case["client"])) as client:
            return [self.repeat(client, call) for call in case["calls"]]

    def repeat(self, client, call):
        while True:
            responses = []
            try:
                self.call(client, call, responses)
                outcome = {"status": "OK"}
            except CallError as error:
                outcome = failure(error)
            if outcome["status"] != call.get("repeat_while"):
                return {**outcome, "responses": responses}
            time.sleep(0.01)

    def call(self, client, call, responses):
        name, options = call["call"], options_of(call)
        if name in ("generate", "secure_generate"):
            generation = getattr(client, name)(call["input"], **options)
            for event in generation.events():
                responses.append(plain(event))
                if len(responses) == call.get("cancel_after"):
                    generation.close()
                    raise CallError(Code.CANCELLED, "The call was cancelled")
                if len(responses) == call.get("abort_after"):
                    client.abort(generation.started.generation_id)
        elif name == "text":
            responses.append({"text": client.text(call["input"], **options)})
        elif name == "log_request":
            answer = client.log_request(call["prompt"], call["response"], **options)
            responses.append(plain(answer))
        elif name == "query_logs":
            for entry in client.query_logs(**options):
                responses.append(plain(entry))
        elif name == "erase_logs":
            responses.append(plain(client.erase_logs(call.get("user_id", ""))))
        elif name == "list_models":
            responses.extend(plain(model) for model in client.list_models())
        elif name == "count_tokens":
            responses.append(plain(client.count_tokens(call["input"])))
        elif name == "detokenize":
            responses.append({"text": client.detokenize(call["input"])})
        elif name == "health":
            responses.append({"status": client.health(call.get("service", ""))})
        elif name == "abort":
            client.abort(call["generation_id"])
        else:
            client.call(raw_method(call), api.ListModelsRequest())


class Async:
    """Makes calls with the asyncio client."""

    def run(self, case):
        return asyncio.run(self.run_case(case))

    async def run_case(self, case):
        async with AsyncClient(**arguments(case["client"])) as client:
            return [await self.repeat(client, call) for call in case["calls"]]

    async def repeat(self, client, call):
        while True:
            responses = []
            try:
                await self.call(client, call, responses)
                outcome = {"status": "OK"}
            except CallError as error:
                outcome = failure(error)
            if outcome["status"] != call.get("repeat_while"):
                return {**outcome, "responses": responses}
            await asyncio.sleep(0.01)

    async def call(self, client, call, responses):
        name, options = call["call"], options_of(call)
        if name in ("generate", "secure_generate"):
            generation = getattr(client, name)(call["input"], **options)
            async for event in generation.events():
                responses.append(plain(event))
                if len(responses) == call.get("cancel_after"):
                    generation.close()
                    raise CallError(Code.CANCELLED, "The call was cancelled")
                if len(responses) == call.get("abort_after"):
                    await client.abort(generation.started.generation_id)
        elif name == "text":
            responses.append({"text": await client.text(call["input"], **options)})
        elif name == "log_request":
            answer = await client.log_request(call["prompt"], call["response"], **options)
            responses.append(plain(answer))
        elif name == "query_logs":
            async for entry in client.query_logs(**options):
                responses.append(plain(entry))
        elif name == "erase_logs":
            responses.append(plain(await client.erase_logs(call.get("user_id", ""))))
        elif name == "list_models":
            responses.extend(plain(model) for model in await client.list_models())
        elif name == "count_tokens":
            responses.append(plain(await client.count_tokens(call["input"])))
        elif name == "detokenize":
            responses.append({"text": await client.detokenize(call["input"])})
        elif name == "health":
            responses.append({"status": await client.health(call.get("service", ""))})
        elif name == "abort":
            await client.abort(call["generation_id"])
        else:
            await client.call(raw_method(call), api.ListModelsRequest())


def raw_method(call):
    return Method(
        call["service"], call["method"], api.ListModelsRequest, api.ListModelsResponse
    )


def main():
    driver = Async() if sys.argv[1:] == ["--asyncio"] else Blocking()
    for line in sys.stdin:
        print(json.dumps(driver.run(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()

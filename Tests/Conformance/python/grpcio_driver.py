"""Makes the calls of conformance cases with grpcio, and code that protoc has made of Protos/: see
../README.md."""

import json
import sys
import time
from pathlib import Path

import grpc
from google.protobuf.json_format import ParseDict
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_status import rpc_status
from messages import plain
from tokenwire.v1 import tokenwire_pb2 as api
from tokenwire.v1 import tokenwire_pb2_grpc as stubs

#: Options that the API has in messages within a request.
SAMPLING = api.SamplingOptions.DESCRIPTOR.fields_by_name
CONVERSATION = api.ChatMessages.DESCRIPTOR.fields_by_name

#: How gRPC's message begins when there is no connection, so that no server has said anything.
NO_CONNECTION = "failed to connect to all addresses"


def open_channel(client):
    # Texts may be longer than what clients take if not told otherwise.
    options = [("grpc.max_receive_message_length", -1)]
    tls = client.get("tls")
    if tls is None:
        return grpc.insecure_channel(client["server"], options)
    files = {"ca": "root_certificates", "key": "private_key", "certificate": "certificate_chain"}
    credentials = grpc.ssl_channel_credentials(
        **{files[name]: Path(tls[name]).read_bytes() for name in files if name in tls}
    )
    if "server_name" in tls:
        options.append(("grpc.ssl_target_name_override", tls["server_name"]))
    return grpc.secure_channel(client["server"], credentials, options)


def set_input(fields, given):
    """Sets the input, and moves the options of conversations into it."""
    if isinstance(given, str):
        fields["prompt"] = given
    elif given and not isinstance(given[0], dict):
        fields["prompt_token_ids"] = {"ids": given}
    else:
        options = {name: fields.pop(name) for name in list(fields) if name in CONVERSATION}
        if "mode" in options.get("tool_choice", {}):
            mode = "TOOL_CHOICE_MODE_" + options["tool_choice"]["mode"]
            options["tool_choice"] = {**options["tool_choice"], "mode": mode}
        if "reasoning" in options:
            options["reasoning"] = "REASONING_" + options["reasoning"]
        fields["messages"] = {"messages": given, **options}


def generate_request(call):
    fields = dict(call.get("options", {}))
    sampling = {name: fields.pop(name) for name in list(fields) if name in SAMPLING}
    if sampling:
        fields["sampling"] = sampling
    for name in ("json_schema", "grammar"):
        if isinstance(fields.get(name), dict):
            fields[name] = json.dumps(fields[name])
    set_input(fields, call["input"])
    return ParseDict(fields, api.GenerateRequest())


def retry_after(error):
    """What the server says in its RetryInfo, in seconds."""
    status = rpc_status.from_call(error)
    info = error_details_pb2.RetryInfo()
    for detail in status.details if status else []:
        if detail.Unpack(info):
            return info.retry_delay.ToTimedelta().total_seconds()
    return None


def failure(error):
    message = error.details()
    return {
        "status": error.code().name,
        "message": None if message.startswith(NO_CONNECTION) else message,
        "retry_after": retry_after(error),
    }


class Driver:
    """Makes the calls of one case."""

    def __init__(self, channel, token):
        self.channel = channel
        self.tokenwire = stubs.TokenwireStub(channel)
        self.metadata = None if token is None else [("authorization", f"Bearer {token}")]

    def repeat(self, call):
        while True:
            responses = []
            try:
                self.make(call, responses)
                outcome = {"status": "OK"}
            except grpc.RpcError as error:
                outcome = failure(error)
            if outcome["status"] != call.get("repeat_while"):
                return {**outcome, "responses": responses}
            time.sleep(0.01)

    def make(self, call, responses):
        name, options = call["call"], dict(call.get("options", {}))
        if name in ("generate", "secure_generate", "text"):
            self.generate(call, responses)
        elif name == "log_request":
            fields = {"prompt": call["prompt"], "response": call["response"], **options}
            request = ParseDict(fields, api.LogRequestRequest())
            responses.append(plain(self.unary("LogRequest", request)))
        elif name == "query_logs":
            if "order" in options:
                options["order"] = "LOG_ORDER_" + options["order"]
            request = ParseDict(options, api.QueryLogsRequest())
            for entry in self.tokenwire.QueryLogs(request, metadata=self.metadata):
                responses.append(plain(entry))
        elif name == "erase_logs":
            request = api.EraseLogsRequest(user_id=call.get("user_id", ""))
            responses.append(plain(self.unary("EraseLogs", request)))
        elif name == "list_models":
            models = self.unary("ListModels", api.ListModelsRequest()).models
            responses.extend(plain(model) for model in models)
        elif name == "count_tokens":
            fields = {}
            set_input(fields, call["input"])
            request = ParseDict(fields, api.CountTokensRequest())
            responses.append(plain(self.unary("CountTokens", request)))
        elif name == "detokenize":
            request = api.DetokenizeRequest(token_ids=call["input"])
            responses.append(plain(self.unary("Detokenize", request)))
        elif name == "health":
            request = health_pb2.HealthCheckRequest(service=call.get("service", ""))
            status = health_pb2_grpc.HealthStub(self.channel).Check(request).status
            responses.append({"status": health_pb2.HealthCheckResponse.ServingStatus.Name(status)})
        elif name == "abort":
            self.abort(call["generation_id"])
        else:
            self.channel.unary_unary(f"/{call['service']}/{call['method']}")(b"")

    def unary(self, method, request):
        return getattr(self.tokenwire, method)(request, metadata=self.metadata)

    def abort(self, generation_id):
        self.unary("Abort", api.AbortRequest(generation_id=generation_id))

    def generate(self, call, responses):
        # As the clients of this project do.
        is_secure = self.metadata is not None or call["call"] == "secure_generate"
        method = self.tokenwire.SecureGenerate if is_secure else self.tokenwire.Generate
        stream = method(
            generate_request(call), metadata=self.metadata, timeout=call.get("timeout")
        )
        text, generation_id = "", None
        for event in stream:
            if event.delta.index == 0:
                text += event.delta.text
            generation_id = event.started.generation_id or generation_id
            if call["call"] != "text":
                responses.append(plain(event))
            if len(responses) == call.get("cancel_after"):
                # The next turn fails with CANCELLED.
                stream.cancel()
            if len(responses) == call.get("abort_after"):
                self.abort(generation_id)
        if call["call"] == "text":
            responses.append({"text": text})


def main():
    for line in sys.stdin:
        case = json.loads(line)
        with open_channel(case["client"]) as channel:
            driver = Driver(channel, case["client"].get("token"))
            outcomes = [driver.repeat(call) for call in case["calls"]]
        print(json.dumps(outcomes), flush=True)


if __name__ == "__main__":
    main()

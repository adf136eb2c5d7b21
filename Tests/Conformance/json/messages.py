"""Prints messages with what protobuf's json_format makes of them, for the tests of TokenwireAPI.

- `written`: random messages as they are on the wire, and as JSON; `all` has the fields with defaults,
  too. Integers of 64 bits below 2^53 are numbers: there the project differs from json_format.
- `read`: JSON that is read, and the message on the wire.
- `refused`: JSON that json_format refuses, too.
"""

import base64
import json
import random

import tokenwire_pb2 as api
from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor as Field

TEXTS = ["", "a", "Grüße 🎌", "\u0000\b\t\n\f\r\"\\/<\u007f\u2028", "é", "e\u0301", "{}", "null", "1"]
INTEGERS = [0, 1, -1, 7, 100000, 2**31 - 1, -(2**31), 2**32 - 1, 2**53 - 1, 2**53, 2**53 + 1, -(2**53),
            1 - 2**53, 2**63 - 1, -(2**63), 2**64 - 1]
FLOATS = [0.0, -0.0, 1.0, -1.5, 0.1, 0.8, 1e-5, 1e8, 16777216.0, 3.4028235e38, 1.1754944e-38, 1e20,
          float("inf"), float("-inf"), float("nan")]
RANGES = {
    Field.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    Field.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    Field.CPPTYPE_UINT32: (0, 2**32 - 1),
    Field.CPPTYPE_UINT64: (0, 2**64 - 1),
}
WIDE = {Field.CPPTYPE_INT64, Field.CPPTYPE_UINT64}


def random_value(field, numbers):
    kind = field.cpp_type
    if kind in RANGES:
        low, high = RANGES[kind]
        return numbers.choice([value for value in INTEGERS if low <= value <= high])
    if kind == Field.CPPTYPE_FLOAT:
        return numbers.choice(FLOATS)
    if kind == Field.CPPTYPE_BOOL:
        return numbers.random() < 0.5
    if kind == Field.CPPTYPE_ENUM:
        return numbers.choice([value.number for value in field.enum_type.values] + [99, -1])
    if field.type == Field.TYPE_BYTES:
        return numbers.randbytes(numbers.randrange(6))
    return numbers.choice(TEXTS)


def fill(message, numbers):
    for field in message.DESCRIPTOR.fields:
        if numbers.random() < 0.3:
            continue
        value = getattr(message, field.name)
        if field.message_type and field.message_type.GetOptions().map_entry:
            for _ in range(numbers.randrange(4)):
                value[numbers.choice(TEXTS)] = numbers.choice(TEXTS)
        elif field.message_type and field.label == Field.LABEL_REPEATED:
            for _ in range(numbers.randrange(4)):
                fill(value.add(), numbers)
        elif field.message_type:
            value.SetInParent()
            fill(value, numbers)
        elif field.label == Field.LABEL_REPEATED:
            value.extend(random_value(field, numbers) for _ in range(numbers.randrange(4)))
        else:
            setattr(message, field.name, random_value(field, numbers))


def as_numbers(value, descriptor):
    """The JSON of a message with integers that are exact in a double as numbers."""
    result = {}
    for name, part in value.items():
        field = descriptor.fields_by_name[name]
        parts = part if isinstance(part, list) else [part]
        if field.message_type and not field.message_type.GetOptions().map_entry:
            parts = [as_numbers(each, field.message_type) for each in parts]
        elif field.cpp_type in WIDE:
            parts = [int(each) if abs(int(each)) < 2**53 else each for each in parts]
        result[name] = parts if isinstance(part, list) else parts[0]
    return result


def as_json(message, **options):
    value = json_format.MessageToDict(message, preserving_proto_field_name=True, **options)
    return json.dumps(as_numbers(value, message.DESCRIPTOR), ensure_ascii=False)


def wire(message):
    return base64.b64encode(message.SerializeToString(deterministic=True)).decode()


def written():
    numbers = random.Random(1)
    for descriptor in api.DESCRIPTOR.message_types_by_name.values():
        for _ in range(6 if descriptor.fields else 1):
            message = getattr(api, descriptor.name)()
            fill(message, numbers)
            yield {
                "message": descriptor.name,
                "wire": wire(message),
                "json": as_json(message),
                "all": as_json(message, always_print_fields_with_no_presence=True),
            }


# The table of https://protobuf.dev/programming-guides/json/, and what it says beside.
READ = [
    ("GenerateRequest", ' { "model" : "m" } '),
    ("GenerateRequest", '{"maxTokens":7,"prompt_token_ids":{"ids":[1,2]},"timeoutNano":"5"}'),
    ("GenerateRequest", '{"max_tokens":7,"promptTokenIds":{"ids":["1",2.0,300]},"timeout_nano":5}'),
    ("GenerateRequest", '{"model":null,"prompt":null,"sampling":null,"stop":null,"metadata":null}'),
    ("GenerateRequest", '{"prompt":null,"messages":{"messages":[{},{"role":"user"}]}}'),
    ("GenerateRequest", '{"prompt":"","max_tokens":0,"sampling":{},"json_schema":""}'),
    ("GenerateRequest", '{"metadata":{"a":"1","\\u00e9":"2","e\\u0301":"3","":""},"stop":["","\\ud83c\\udf8c"]}'),
    ("GenerateRequest", '{"timeout_nano":"-9223372036854775808","max_tokens":1.50e1}'),
    ("GenerateRequest", '{"timeout_nano":9223372036854775807,"max_tokens":-0,"n":"12"}'),
    ("SamplingOptions", '{"temperature":1,"top_p":"0.5","min_p":1e-3,"repeat_penalty":"1e2","seed":4294967295}'),
    ("SamplingOptions", '{"temperature":"NaN","topP":"Infinity","minP":"-Infinity","repeatLastN":-1}'),
    ("SamplingOptions", '{"temperature":3.4028234e38,"top_p":-0.0,"min_p":1e-60,"ignoreEos":true}'),
    ("SamplingOptions", '{"logit_bias":[{"tokenId":1,"bias":-100},{"bias":"0.1"}],"ignore_eos":false}'),
    ("Logprob", '{"token":"AQID/+8=","logprob":-0.25,"token_id":3}'),
    ("Logprob", '{"token":"AQID_-8","tokenId":3}'),
    ("Logprob", '{"token":"_w=="}'),
    ("Logprob", '{"token":""}'),
    ("Finished", '{"finish_reason":"FINISH_REASON_LENGTH","matchedStop":"x","index":2}'),
    ("Finished", '{"finishReason":3,"usage":{"promptTokens":1},"timings":{"queueNano":"9007199254740993"}}'),
    ("Finished", '{"finish_reason":99}'),
    ("Finished", '{"finish_reason":null,"incomplete":null}'),
    ("Model", '{"parameters":18446744073709551615,"sizeBytes":"9007199254740992","state":"MODEL_STATE_READY"}'),
    ("GenerateResponse", '{"seq":"3","completionTokens":4,"delta":{"text":"a","tokenIds":[],"logprobs":[{"chosen":{},"top":[]}]}}'),
    ("AbortResponse", "{}"),
]

REFUSED = [
    ("GenerateRequest", ""),
    ("GenerateRequest", '{"model":"m"'),
    ("GenerateRequest", '{"model":"m"} {}'),
    ("GenerateRequest", '{"model":"m","model":"m"}'),
    ("GenerateRequest", '{"max_tokens":1,"maxTokens":1}'),
    ("GenerateRequest", '{"prompt":"a","messages":{}}'),
    ("GenerateRequest", '{"json_schema":"a","grammar":"b"}'),
    ("GenerateRequest", '{"modle":"m"}'),
    ("GenerateRequest", '{"model":5}'),
    ("GenerateRequest", '{"model":["m"]}'),
    ("GenerateRequest", '{"model":{}}'),
    ("GenerateRequest", '{"max_tokens":"x"}'),
    ("GenerateRequest", '{"max_tokens":""}'),
    ("GenerateRequest", '{"max_tokens":1.5}'),
    ("GenerateRequest", '{"max_tokens":2147483648}'),
    ("GenerateRequest", '{"max_tokens":-2147483649}'),
    ("GenerateRequest", '{"max_tokens":" 1"}'),
    ("GenerateRequest", '{"max_tokens":[1]}'),
    ("GenerateRequest", '{"timeout_nano":9223372036854775808}'),
    ("GenerateRequest", '{"stop":"a"}'),
    ("GenerateRequest", '{"stop":[null]}'),
    ("GenerateRequest", '{"stop":[1]}'),
    ("GenerateRequest", '{"metadata":{"a":1}}'),
    ("GenerateRequest", '{"metadata":{"a":null}}'),
    ("GenerateRequest", '{"metadata":[]}'),
    ("GenerateRequest", '{"echo":"true"}'),
    ("GenerateRequest", '{"echo":1}'),
    ("GenerateRequest", '{"messages":{"messages":[{"role":5}]}}'),
    ("GenerateRequest", '{"messages":{"messages":[null]}}'),
    ("SamplingOptions", '{"seed":-1}'),
    ("SamplingOptions", '{"seed":4294967296}'),
    ("SamplingOptions", '{"temperature":1e39}'),
    ("SamplingOptions", '{"temperature":""}'),
    ("Logprob", '{"token":"A"}'),
    ("Logprob", '{"token":[1]}'),
    ("Finished", '{"finish_reason":"LENGTH"}'),
    ("Finished", '{"finish_reason":[]}'),
]


def parse(name, text):
    return json_format.Parse(text, getattr(api, name)())


def main():
    read = [{"message": name, "json": text, "wire": wire(parse(name, text))} for name, text in READ]
    for name, text in REFUSED:
        try:
            parse(name, text)
        except json_format.ParseError:
            continue
        raise ValueError(f"json_format takes {text} for a {name}")
    refused = [{"message": name, "json": text} for name, text in REFUSED]
    cases = {"written": list(written()), "read": read, "refused": refused}
    print("{")
    for index, (key, values) in enumerate(cases.items()):
        lines = ",\n".join("    " + json.dumps(value, ensure_ascii=True) for value in values)
        print(f'  "{key}": [\n{lines}\n  ]{"," if index + 1 < len(cases) else ""}')
    print("}")


if __name__ == "__main__":
    main()

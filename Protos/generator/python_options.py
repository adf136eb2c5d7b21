"""Makes the options of the Python client's calls (standard output): typed dictionaries of what
requests may say beside what the calls' own parameters do.

Reads a FileDescriptorSet with its comments from standard input, in which the API is the last file.
"""

import sys

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorSet

MESSAGE = 4  # The numbers of FileDescriptorProto's and DescriptorProto's fields, as paths have them.
FIELD = 2
ONEOF = 8

HEADER = '''"""What callers may say about a call, by the names of the API's fields."""
# Generated from Protos/{proto} by `make proto`: do not edit.

from __future__ import annotations

from typing import Any, Iterable, Mapping, TypedDict, Union

from .v1 import tokenwire_pb2 as api
'''

# name, its documentation, and the messages that it is made of, each with the fields that it is not.
OPTIONS = [
    (
        "GenerateOptions",
        "How to generate a text. The server has defaults for what is not given.",
        {
            "GenerateRequest": {
                "prompt", "messages", "prompt_token_ids", "sampling", "access_token", "timeout_nano",
            },
            "SamplingOptions": set(),
        },
    ),
    (
        "LogOptions",
        "What to store beside a prompt and its response.",
        {"LogRequestRequest": {"prompt", "response", "access_token"}},
    ),
    (
        "QueryOptions",
        "Which entries of the log to read.",
        {"QueryLogsRequest": {"access_token"}},
    ),
]

# What the client takes beside the field's own type.
OTHER_FORMS = {"json_schema": "Mapping[str, Any]"}

SCALARS = {
    FieldDescriptorProto.TYPE_STRING: "str",
    FieldDescriptorProto.TYPE_BYTES: "bytes",
    FieldDescriptorProto.TYPE_BOOL: "bool",
    FieldDescriptorProto.TYPE_FLOAT: "float",
    FieldDescriptorProto.TYPE_DOUBLE: "float",
}


def main():
    file = FileDescriptorSet.FromString(sys.stdin.buffer.read()).file[-1]
    comments = {
        tuple(location.path): location.leading_comments for location in file.source_code_info.location
    }
    print(HEADER.format(proto=file.name), end="")
    for name, documentation, sources in OPTIONS:
        print(f'\n\nclass {name}(TypedDict, total=False):\n    """{documentation}"""')
        indexes = {message.name: index for index, message in enumerate(file.message_type)}
        for source, without in sources.items():
            index = indexes[source]
            message = file.message_type[index]
            for position, field in enumerate(message.field):
                if field.name not in without:
                    path = (FIELD, position)
                    if field.HasField("oneof_index") and not comments.get((MESSAGE, index, *path)):
                        path = (ONEOF, field.oneof_index)  # An optional field is alone in one.
                    comment = comments.get((MESSAGE, index, *path), "")
                    print()
                    for line in comment.splitlines():
                        print(f"    #:{line}".rstrip())
                    print(f"    {field.name}: {type_of(field, message)}")


def type_of(field, message):
    for nested in message.nested_type:
        if nested.options.map_entry and field.type_name.endswith(f".{message.name}.{nested.name}"):
            key, value = (type_of(entry, nested) for entry in nested.field)
            return f"Mapping[{key}, {value}]"
    name = field.type_name.rsplit(".", 1)[-1]
    if field.type == FieldDescriptorProto.TYPE_MESSAGE:
        type = f"api.{name}"
    elif field.type == FieldDescriptorProto.TYPE_ENUM:
        type = f"Union[api.{name}, str]"
    else:
        type = SCALARS.get(field.type, "int")
    if field.label == FieldDescriptorProto.LABEL_REPEATED:
        return "Union[str, Iterable[str]]" if type == "str" else f"Iterable[{type}]"
    return f"Union[{type}, {OTHER_FORMS[field.name]}]" if field.name in OTHER_FORMS else type


if __name__ == "__main__":
    main()

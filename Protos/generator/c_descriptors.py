"""Rewrites a FileDescriptorSet (standard input to standard output) for protoc-c.

The wire format stays the same; what changes is the C that protoc-c makes of it:

- `string` becomes `bytes`, because a C string would end at the first NUL that a peer sends;
- enums become `int32`, because a C enum does not hold the values of a newer peer;
- a map becomes the repeated message that it is on the wire, because protoc-c refuses keys of bytes;
- services go, because the calls are Swift's.
"""

import sys

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorSet


def rewrite_message(message):
    for field in message.field:
        if field.type == FieldDescriptorProto.TYPE_STRING:
            field.type = FieldDescriptorProto.TYPE_BYTES
        elif field.type == FieldDescriptorProto.TYPE_ENUM:
            field.type = FieldDescriptorProto.TYPE_INT32
            field.ClearField("type_name")
    del message.enum_type[:]
    message.options.ClearField("map_entry")
    for nested in message.nested_type:
        rewrite_message(nested)


def main():
    descriptors = FileDescriptorSet.FromString(sys.stdin.buffer.read())
    for file in descriptors.file:
        for message in file.message_type:
            rewrite_message(message)
        del file.enum_type[:]
        del file.service[:]
    sys.stdout.buffer.write(descriptors.SerializeToString(deterministic=True))


if __name__ == "__main__":
    main()

"""Makes what server reflection answers with (standard output): the files of a FileDescriptorSet
(standard input) in Swift, each with the names that it defines, so that the server need not read
descriptors.
"""

import base64
import sys

from google.protobuf.descriptor_pb2 import FileDescriptorSet

HEADER = """// Generated from Protos/ by `make proto`: do not edit.
// swift-format-ignore-file

package import Protobuf

extension ProtoFile {
  /// The files of all services, after those that they import.
  package static let all: [ProtoFile] = ["""

WIDTH = 96


def main():
    print(HEADER)
    for file in FileDescriptorSet.FromString(sys.stdin.buffer.read()).file:
        print("\n".join(["    ProtoFile(", *declaration(file), "    ),"]))
    print("  ]\n}")


def declaration(file):
    imports = ", ".join(f'"{name}"' for name in file.dependency)
    text = base64.b64encode(file.SerializeToString(deterministic=True)).decode()
    lines = [f'      "{file.name}",', f"      imports: [{imports}],"]
    lines += ['      symbols: """', *(f"        {name}" for name in symbols(file)), '        """,']
    # The backslashes join the lines.
    parts = [text[start : start + WIDTH] for start in range(0, len(text), WIDTH)]
    lines += ['      base64: """', *(f"        {part}\\" for part in parts[:-1])]
    return lines + [f"        {parts[-1]}", '        """']


def symbols(file):
    """The full names of all that a file defines, as protobuf's descriptor pools know them."""
    for message in file.message_type:
        yield from message_symbols(message, file.package)
    for enum in file.enum_type:
        yield from enum_symbols(enum, file.package)
    for service in file.service:
        name = f"{file.package}.{service.name}"
        yield name
        yield from (f"{name}.{method.name}" for method in service.method)


def message_symbols(message, scope):
    name = f"{scope}.{message.name}"
    yield name
    yield from (f"{name}.{part.name}" for part in [*message.field, *message.oneof_decl])
    for nested in message.nested_type:
        yield from message_symbols(nested, name)
    for enum in message.enum_type:
        yield from enum_symbols(enum, name)


def enum_symbols(enum, scope):
    """The values of an enum are beside it, not in it."""
    yield f"{scope}.{enum.name}"
    yield from (f"{scope}.{value.name}" for value in enum.value)


if __name__ == "__main__":
    main()

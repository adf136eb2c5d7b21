"""Writes Swift value types over protoc-c's structs."""

import names
from fields import SwiftField

# Numbers of the fields of FileDescriptorProto, DescriptorProto and EnumDescriptorProto, of which
# the paths of comments consist.
FILE_MESSAGE, FILE_ENUM, MESSAGE_FIELD, MESSAGE_ENUM, ENUM_VALUE = 4, 5, 2, 4, 2


def indented(lines, depth=1):
    return ["  " * depth + line if line else "" for line in lines]


def file_body(file, schema, comments, visibility):
    """The types of one proto file, as lines."""
    lines = []
    for index, message in enumerate(file.message_type):
        path = (FILE_MESSAGE, index)
        writer = MessageWriter(message, file.package, path, schema, comments, visibility)
        lines += writer.declaration() + [""] + writer.conformance() + [""]
    for index, enum in enumerate(file.enum_type):
        path = (FILE_ENUM, index)
        lines += enum_declaration(enum, path, comments, visibility) + [""]
    return lines[:-1]


def enum_declaration(enum, path, comments, visibility):
    """A struct over the number, so that the values of a newer peer survive."""
    name = names.upper_camel(enum.name)
    lines = comments.lines(*path)
    lines += [f"{visibility}struct {name}: RawRepresentable, Hashable, Sendable {{"]
    lines += [f"  {visibility}var rawValue: Int32", ""]
    lines += [f"  {visibility}init(rawValue: Int32) {{", "    self.rawValue = rawValue", "  }", ""]
    for index, value in enumerate(enum.value):
        lines += indented(comments.lines(*path, ENUM_VALUE, index))
        case = names.enum_case(enum.name, value.name)
        lines += [f"  {visibility}static let {case} = {name}(rawValue: {value.number})"]
    return lines + ["}"]


class OneOf:
    """A oneof: with one member an optional value, with several an enum."""

    def __init__(self, proto, members, message_full_name):
        self.proto = proto
        self.members = members
        self.message_full_name = message_full_name
        self.is_presence = len(members) == 1
        # Of several members, those of the enum compare them.
        self.is_string = self.is_presence and members[0].is_string
        self.default = "nil"
        self.comment = members[0].comment if self.is_presence else []
        self.name = members[0].name if self.is_presence else names.lower_camel(proto.name)
        self.enum_name = names.upper_camel(proto.name)
        self.type = (members[0].element_type if self.is_presence else self.enum_name) + "?"

    def declaration(self, visibility):
        lines = [f"{visibility}enum {self.enum_name}: Hashable, Sendable {{"]
        for member in self.members:
            lines += indented(member.comment)
            lines += [f"  case {names.identifier(member.name)}({member.element_type})"]
        if any(member.is_string for member in self.members):
            lines += [""] + indented(self._comparison(visibility))
        return lines + ["}"]

    def _comparison(self, visibility):
        """Swift's own comparison would take strings for the same that are not the same bytes."""
        lines = [f"{visibility}static func == (left: {self.enum_name}, right: {self.enum_name}) -> Bool {{"]
        lines += ["  switch (left, right) {"]
        for member in self.members:
            lines += [f"  case (.{member.name}(let left), .{member.name}(let right)):"]
            left, right = (f"Identifier({side})" if member.is_string else side for side in ("left", "right"))
            lines += [f"    {left} == {right}"]
        lines += ["  default: false", "  }", "}", ""]
        lines += [f"{visibility}func hash(into hasher: inout Hasher) {{", "  switch self {"]
        for member in self.members:
            value = "Identifier(value)" if member.is_string else "value"
            lines += [f"  case .{member.name}(let value):"]
            lines += [f"    hasher.combine({member.proto.number})", f"    hasher.combine({value})"]
        return lines + ["  }", "}"]

    def reading(self):
        """Statements that set the property from the C struct `c`."""
        lines = [f"switch c.{self.proto.name}_case {{"]
        for member in self.members:
            value = member.from_c()
            if member.is_message:
                value += f".map({self.enum_name}.{member.name})"
            elif not self.is_presence:
                marker = "try " if value.startswith("try ") else ""
                value = f"{marker}.{member.name}({value.removeprefix('try ')})"
            lines += [f"case {self._case(member)}:", f"  self.{self.name} = {value}"]
        return lines + ["default: break", "}"]

    def writing(self):
        """Statements that set the C struct `c` from the property."""
        if self.is_presence:
            lines = [f"if let {self.name} = self.{self.name} {{"]
            return lines + indented(self._writing(self.members[0])) + ["}"]
        lines = [f"switch self.{self.name} {{", "case nil: break"]
        for member in self.members:
            lines += [f"case .{member.name}(let {member.name}):"]
            lines += indented(self._writing(member))
        return lines + ["}"]

    def _writing(self, member):
        return [f"c.{self.proto.name}_case = {self._case(member)}"] + member.to_c(member.name)

    def _case(self, member):
        return names.c_oneof_case(self.message_full_name, self.proto.name, member.proto.name)


class MessageWriter:
    """Writes the Swift type of one message."""

    def __init__(self, message, package, path, schema, comments, visibility):
        self.full_name = f"{package}.{message.name}"
        self.name = schema.swift_name(f".{self.full_name}")
        self.comment = comments.lines(*path)
        self.visibility = visibility
        self.enums = [
            enum_declaration(enum, (*path, MESSAGE_ENUM, index), comments, visibility)
            for index, enum in enumerate(message.enum_type)
        ]
        fields = [
            SwiftField(field, message.name, schema, comments.lines(*path, MESSAGE_FIELD, index))
            for index, field in enumerate(message.field)
        ]
        self.properties = []
        for field in fields:
            if not field.proto.HasField("oneof_index"):
                self.properties.append(field)
            elif all(field not in getattr(known, "members", []) for known in self.properties):
                index = field.proto.oneof_index
                members = [
                    other
                    for other in fields
                    if other.proto.HasField("oneof_index") and other.proto.oneof_index == index
                ]
                self.properties.append(OneOf(message.oneof_decl[index], members, self.full_name))

    @property
    def _oneofs(self):
        return [p for p in self.properties if isinstance(p, OneOf) and not p.is_presence]

    def declaration(self):
        lines = [*self.comment, f"{self.visibility}struct {self.name}: Hashable, Sendable {{"]
        for field in self.properties:
            lines += indented(field.comment)
            wrapper = "@Bytewise " if field.is_string and not getattr(field, "is_map", False) else ""
            lines += [f"  {wrapper}{self.visibility}var {field.name}: {field.type}"]
        lines += [""] if self.properties else []
        lines += indented(self._initializer())
        for oneof in self._oneofs:
            lines += [""] + indented(oneof.declaration(self.visibility))
        for enum in self.enums:
            lines += [""] + indented(enum)
        return lines + ["}"]

    def _initializer(self):
        if not self.properties:
            return [f"{self.visibility}init() {{}}"]
        parameters = [f"{field.name}: {field.type} = {field.default}" for field in self.properties]
        lines = [f"{self.visibility}init("] + indented([f"{p}," for p in parameters])
        lines[-1] = lines[-1].removesuffix(",")
        lines += [") {"]
        return lines + [f"  self.{field.name} = {field.name}" for field in self.properties] + ["}"]

    def conformance(self):
        c_type = names.c_type(self.full_name)
        lines = [f"extension {self.name}: CMessage {{"]
        lines += indented(self._decoding())
        lines += [f"  {self.visibility}func serialize(into buffer: inout ByteBuffer) {{"]
        lines += ["    self.encode(into: &buffer)", "  }", ""]
        lines += ["  public static var descriptor: ProtobufCMessageDescriptor {"]
        lines += [f"    {names.c_function(self.full_name, 'descriptor')}", "  }", ""]
        lines += ["  public static func unpack("]
        lines += ["    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,"]
        lines += ["    _ bytes: UnsafeBufferPointer<UInt8>"]
        lines += [f"  ) -> UnsafeMutablePointer<{c_type}>? {{"]
        unpack = names.c_function(self.full_name, "unpack")
        lines += [f"    {unpack}(allocator, bytes.count, bytes.baseAddress)", "  }", ""]
        lines += [f"  public init(_ c: {c_type}) throws(MessageError) {{"]
        plain = [field for field in self.properties if not isinstance(field, OneOf)]
        # All at once: the compiler's optimizer (Swift 6.3) fails over a property with a wrapper that is
        # given a value that may throw.
        arguments = [f"      {field.name}: {field.from_c()}," for field in plain]
        if arguments:
            lines += ["    self.init(", *arguments[:-1], arguments[-1][:-1], "    )"]
        else:
            lines += ["    self.init()"]
        for field in self.properties:
            if isinstance(field, OneOf):
                lines += indented(field.reading(), 2)
        lines += ["  }", ""]
        lines += [f"  public func copy(to c: inout {c_type}, in arena: inout Arena) {{"]
        lines += [f"    {names.c_function(self.full_name, 'init')}(&c)"]
        for field in self.properties:
            statements = (
                field.writing()
                if isinstance(field, OneOf)
                else field.to_c(f"self.{field.name}")
            )
            lines += indented(statements, 2)
        return lines + ["  }", "}"]

    def _decoding(self):
        lines = []
        for oneof in self._oneofs:
            members = ", ".join(f'{m.proto.number}: "{m.proto.name}"' for m in oneof.members)
            lines += [f"private static let {oneof.name}Members = OneOf([{members}])"]
        lines += [""] if self._oneofs else []
        lines += [f"{self.visibility}init(serialized bytes: ByteBuffer) throws(MessageError) {{"]
        for oneof in self._oneofs:
            lines += [f"  try Self.{oneof.name}Members.check(bytes)"]
        return lines + ["  self = try Self.decode(bytes)", "}", ""]

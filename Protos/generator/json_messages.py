"""Writes how messages are read from JSON and written as JSON, over what Sources/Protobuf/JSON has."""

import names
from fields import SwiftField
from messages import FILE_MESSAGE, MessageWriter, OneOf, indented


def file_body(file, schema, comments):
    """The conformances of one proto file, as lines."""
    lines = []
    for index, message in enumerate(file.message_type):
        writer = MessageWriter(message, file.package, (FILE_MESSAGE, index), schema, comments, "")
        lines += JSONMessage(writer, schema).conformance() + [""]
        for enum in message.enum_type:
            name = f"{writer.name}.{names.upper_camel(enum.name)}"
            lines += enum_conformance(name, enum) + [""]
    for enum in file.enum_type:
        lines += enum_conformance(names.upper_camel(enum.name), enum) + [""]
    return lines[:-1]


def enum_conformance(swift_name, enum):
    prefix = names.enum_prefix(enum.name)
    # Older protos, such as gRPC's, have none.
    if not all(value.name.startswith(prefix) for value in enum.value):
        prefix = ""
    lines = [f"extension {swift_name}: JSONEnum {{"]
    lines += ["  package static let names: [(number: Int32, name: Identifier)] = ["]
    lines += [f'    ({value.number}, "{value.name}"),' for value in enum.value]
    return lines + ["  ]", f'  package static let prefix = "{prefix}"', "}"]


class JSONMessage:
    def __init__(self, writer, schema):
        self.name = writer.name
        self.properties = writer.properties
        self.schema = schema

    def conformance(self):
        lines = [f"extension {self.name}: JSONMessage {{", *indented(self._fields()), ""]
        return lines + indented(self._reading()) + [""] + indented(self._writing()) + ["}"]

    def _fields(self):
        declaration = "package static let fields: [MessageField] = ["
        fields = []
        for property in self.properties:
            if isinstance(property, OneOf):
                one_of = None if property.is_presence else property.proto.name
                fields += [(field, one_of) for field in property.members]
            else:
                fields.append((property, None))
        if not fields:
            return [declaration + "]"]
        return [declaration, *(f"  {self._field(*field)}," for field in fields), "]"]

    def _field(self, field, one_of):
        arguments = [str(field.proto.number), f'"{field.proto.name}"']
        if field.proto.json_name != field.proto.name:
            arguments.append(f'json: "{field.proto.json_name}"')
        if one_of:
            arguments.append(f'oneOf: "{one_of}"')
        if field.is_secret:
            arguments.append("isSecret: true")
        if field.is_message_map or field.is_message and not field.is_map:
            arguments.append(f"message: {field.element_type}.self")
        if field.is_message_map:
            arguments.append("isMap: true")
        if field.is_enum:
            arguments.append(f"enumeration: {field.element_type}.self")
        return f"MessageField({', '.join(arguments)})"

    def _reading(self):
        lines = ["package init(reading json: inout MessageReader) throws(MessageError) {"]
        lines += ["  self.init()", "  try json.beginMessage()"]
        if not self.properties:
            return lines + ["  while try json.nextField(Self.fields) != nil {}", "}"]
        lines += ["  while let number = try json.nextField(Self.fields) {", "    switch number {"]
        for property in self.properties:
            if isinstance(property, OneOf) and not property.is_presence:
                for member in property.members:
                    lines += [f"    case {member.proto.number}: self.{property.name} = "
                              f".{member.name}(try json.value())"]
            else:
                field = property.members[0] if isinstance(property, OneOf) else property
                lines += [f"    case {field.proto.number}: try json.read(&self.{property.name})"]
        return lines + ["    default: break", "    }", "  }", "}"]

    def _writing(self):
        lines = ["package func writeFields(to json: inout MessageWriter) {"]
        for property in self.properties:
            lines += indented(self._write(property))
        return lines + ["}"]

    def _write(self, property):
        if isinstance(property, SwiftField):
            # A message is there or not; all else that is not in a oneof has a default.
            has_presence = property.is_message and not property.is_repeated
            verb = "present" if has_presence else "field"
            return [f'json.{verb}("{property.proto.name}", self.{property.name})']
        if property.is_presence:
            return [f'json.present("{property.members[0].proto.name}", self.{property.name})']
        lines = [f"switch self.{property.name} {{", "case nil: break"]
        for member in property.members:
            lines += [f'case .{member.name}(let value): json.present("{member.proto.name}", value)']
        return lines + ["}"]

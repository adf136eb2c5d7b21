"""How the fields of a message are declared in Swift, and copied from and to C."""

from google.protobuf.descriptor_pb2 import FieldDescriptorProto as Field

import names

# Swift type and default of the types that are plain numbers in C.
NUMBERS = {
    Field.TYPE_DOUBLE: ("Double", "0"),
    Field.TYPE_FLOAT: ("Float", "0"),
    Field.TYPE_INT32: ("Int32", "0"),
    Field.TYPE_SINT32: ("Int32", "0"),
    Field.TYPE_SFIXED32: ("Int32", "0"),
    Field.TYPE_INT64: ("Int64", "0"),
    Field.TYPE_SINT64: ("Int64", "0"),
    Field.TYPE_SFIXED64: ("Int64", "0"),
    Field.TYPE_UINT32: ("UInt32", "0"),
    Field.TYPE_FIXED32: ("UInt32", "0"),
    Field.TYPE_UINT64: ("UInt64", "0"),
    Field.TYPE_FIXED64: ("UInt64", "0"),
}


class SwiftField:
    """A field outside of a oneof, or the value of a member of one."""

    def __init__(self, proto, message_name, schema, comment):
        self.proto = proto
        self.schema = schema
        self.comment = comment
        self.name = names.lower_camel(proto.name)
        self.path = f"{message_name}.{proto.name}"
        self.is_message = proto.type == Field.TYPE_MESSAGE
        self.is_repeated = proto.label == Field.LABEL_REPEATED
        self.is_string = proto.type == Field.TYPE_STRING
        self.is_enum = proto.type == Field.TYPE_ENUM
        self.is_secret = schema.is_secret(message_name, proto)
        entry = schema.map_entry(proto)
        self.is_map = entry is not None
        self.map_value = entry.field[1] if entry else None
        if entry and (
            entry.field[0].type != Field.TYPE_STRING
            or self.map_value.type not in (Field.TYPE_STRING, Field.TYPE_MESSAGE)
        ):
            raise ValueError(f"{self.path}: only maps of strings to strings or messages are supported")

    @property
    def element_type(self):
        """The Swift type of one value; of a map with messages, theirs."""
        if self.is_map:
            return self.schema.swift_name(self.map_value.type_name)
        match self.proto.type:
            case Field.TYPE_BOOL:
                return "Bool"
            case Field.TYPE_STRING:
                return "String"
            case Field.TYPE_BYTES:
                return "ByteBuffer"
            case Field.TYPE_MESSAGE | Field.TYPE_ENUM:
                return self.schema.swift_name(self.proto.type_name)
            case number if number in NUMBERS:
                return NUMBERS[number][0]
        raise ValueError(f"{self.path}: fields of this type are not supported")

    @property
    def is_message_map(self):
        return self.is_map and self.map_value.type == Field.TYPE_MESSAGE

    @property
    def type(self):
        if self.is_message_map:
            return f"[Identifier: {self.element_type}]"
        if self.is_map:
            return "TextMap"
        if self.is_repeated:
            return f"[{self.element_type}]"
        return self.element_type + ("?" if self.is_message else "")

    @property
    def default(self):
        if self.is_map:
            return "[:]"
        if self.is_repeated:
            return "[]"
        match self.proto.type:
            case Field.TYPE_BOOL:
                return "false"
            case Field.TYPE_STRING:
                return '""'
            case Field.TYPE_BYTES:
                return "ByteBuffer()"
            case Field.TYPE_MESSAGE:
                return "nil"
            case Field.TYPE_ENUM:
                return self.schema.default_case(self.proto.type_name)
        return NUMBERS[self.proto.type][1]

    def from_c(self):
        """An expression of the Swift value, given the C struct `c`."""
        value = f"c.{self.proto.name}"
        if self.is_map:
            return self._map_from_c(value)
        if self.is_repeated:
            return self._array_from_c(value)
        match self.proto.type:
            case Field.TYPE_BOOL:
                return f"{value} != 0"
            case Field.TYPE_STRING:
                return f'try CField.string({value}, "{self.path}")'
            case Field.TYPE_BYTES:
                return f"CField.bytes({value})"
            case Field.TYPE_MESSAGE:
                return f"try CField.message({value})"
            case Field.TYPE_ENUM:
                return f"{self.element_type}(rawValue: {value})"
        return value

    def _array_from_c(self, value):
        arguments = f"c.n_{self.proto.name}, {value}"
        match self.proto.type:
            case Field.TYPE_STRING:
                return f'try CField.strings({arguments}, "{self.path}")'
            case Field.TYPE_BYTES:
                return f"CField.buffers({arguments})"
            case Field.TYPE_MESSAGE:
                return f"try CField.messages({arguments})"
            case number if number in NUMBERS:
                return f"CField.numbers({arguments})"
        raise ValueError(f"{self.path}: a repeated field of this type is not supported")

    def _map_from_c(self, value):
        function = "messageMap" if self.is_message_map else "map"
        return f'try CField.{function}(c.n_{self.proto.name}, {value}, "{self.path}") {{ ($0.key, $0.value) }}'

    def to_c(self, value):
        """Statements that put the Swift `value` into the C struct `c`."""
        target = f"c.{self.proto.name}"
        if self.is_map or self.is_repeated:
            return [f"(c.n_{self.proto.name}, {target}) = {self._repeated_to_c(value)}"]
        match self.proto.type:
            case Field.TYPE_BOOL:
                return [f"{target} = {value} ? 1 : 0"]
            case Field.TYPE_STRING | Field.TYPE_BYTES:
                return [f"{target} = arena.bytes({value})"]
            case Field.TYPE_MESSAGE:
                return [f"{target} = arena.message({value})"]
            case Field.TYPE_ENUM:
                return [f"{target} = {value}.rawValue"]
        return [f"{target} = {value}"]

    def _repeated_to_c(self, value):
        if self.is_map:
            init = names.c_function(self.proto.type_name.removeprefix("."), "init")
            function = "messageMap" if self.is_message_map else "map"
            return f"arena.{function}({value}) {{ {init}(&$0); ($0.key, $0.value) = ($1, $2) }}"
        match self.proto.type:
            case Field.TYPE_STRING:
                return f"arena.strings({value})"
            case Field.TYPE_BYTES:
                return f"arena.buffers({value})"
            case Field.TYPE_MESSAGE:
                return f"arena.messages({value})"
        return f"arena.numbers({value})"

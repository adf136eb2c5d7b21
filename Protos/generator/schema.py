"""What the files of a request to the plugin define, by protobuf's full names."""

from google.protobuf.descriptor_pb2 import FieldDescriptorProto

import names

# Numbers of the fields of FileDescriptorProto and DescriptorProto, of which the paths of comments
# consist.
FILE_MESSAGE, MESSAGE_FIELD = 4, 2

# What the comment of a field begins with that holds a secret: it is not shown in errors, and not stored in
# recordings. An option would say the same, but protoc knows `debug_redact` only from version 22 on,
# and one of our own would have everybody who uses these files import its definition.
SECRET = "Secret."


class Schema:
    """Finds the Swift names of types, and the comments of definitions."""

    def __init__(self, files, renames):
        self._swift_names = {}
        self._map_entries = {}
        self._default_cases = {}
        self._fields = {}
        self._secrets = set()
        for file in files:
            comments = Comments(file)
            for index, message in enumerate(file.message_type):
                self._add_secrets(message, (FILE_MESSAGE, index), comments)
            for message in file.message_type:
                self._add_message(message, file.package, "", renames)
            for enum in file.enum_type:
                self._add_enum(enum, file.package, "")
        self._check_secrets(files)

    def swift_name(self, type_name):
        """The name of a message or enum, qualified by the types around it."""
        return self._swift_names[type_name]

    def default_case(self, type_name):
        """The case of an enum whose number is 0."""
        return self._default_cases[type_name]

    def has_field(self, type_name, field):
        """Whether a message has a field of that name."""
        return field in self._fields[type_name]

    def is_secret(self, message_name, field):
        """Whether a field of a message holds what must not be shown or stored."""
        return (message_name, field.name) in self._secrets

    def map_entry(self, field):
        """The message that is an entry of a map field; None for other fields."""
        return self._map_entries.get(field.type_name)

    def _add_secrets(self, message, path, comments):
        for index, field in enumerate(message.field):
            if comments.text(*path, MESSAGE_FIELD, index).split()[:1] == [SECRET]:
                if field.type != FieldDescriptorProto.TYPE_STRING:
                    raise ValueError(f"{message.name}.{field.name}: only texts can be secrets")
                self._secrets.add((message.name, field.name))
            elif field.name == "access_token":
                raise ValueError(f'{message.name}.{field.name}: its comment must begin with "{SECRET}"')

    def _check_secrets(self, files):
        """Recordings look for secrets in the requests themselves, not in messages within."""
        holders = {message for message, _ in self._secrets}
        for file in files:
            for message in file.message_type:
                for field in message.field:
                    if field.type_name.rsplit(".", 1)[-1] in holders:
                        raise ValueError(f"{message.name}.{field.name}: its message has secrets")

    def _add_message(self, message, scope, swift_scope, renames):
        full_name = f"{scope}.{message.name}"
        swift_name = renames.get(full_name, swift_scope + names.upper_camel(message.name))
        self._swift_names[f".{full_name}"] = swift_name
        self._fields[f".{full_name}"] = {field.name for field in message.field}
        for nested in message.nested_type:
            if nested.options.map_entry:
                self._map_entries[f".{full_name}.{nested.name}"] = nested
            else:
                raise ValueError(f"{full_name}.{nested.name}: nested messages are not supported")
        for enum in message.enum_type:
            self._add_enum(enum, full_name, f"{swift_name}.")

    def _add_enum(self, enum, scope, swift_scope):
        self._swift_names[f".{scope}.{enum.name}"] = swift_scope + names.upper_camel(enum.name)
        case = names.enum_case(enum.name, enum.value[0].name)
        self._default_cases[f".{scope}.{enum.name}"] = f".{case}"


class Comments:
    """The comments of one file, by the path of what they stand before."""

    def __init__(self, file):
        self._texts = {
            tuple(location.path): location.leading_comments
            for location in file.source_code_info.location
            if location.leading_comments
        }

    def lines(self, *path):
        """The comment as lines of Swift documentation."""
        return [f"///{line}".rstrip() for line in self.text(*path).splitlines()]

    def text(self, *path):
        return self._texts.get(path, "")

"""What the files of a request to the plugin define, by protobuf's full names."""

import names


class Schema:
    """Finds the Swift names of types, and the comments of definitions."""

    def __init__(self, files, renames):
        self._swift_names = {}
        self._map_entries = {}
        self._default_cases = {}
        self._fields = {}
        for file in files:
            for message in file.message_type:
                self._add_message(message, file.package, "", renames)
            for enum in file.enum_type:
                self._add_enum(enum, file.package, "")

    def swift_name(self, type_name):
        """The name of a message or enum, qualified by the types around it."""
        return self._swift_names[type_name]

    def default_case(self, type_name):
        """The case of an enum whose number is 0."""
        return self._default_cases[type_name]

    def has_field(self, type_name, field):
        """Whether a message has a field of that name."""
        return field in self._fields[type_name]

    def map_entry(self, field):
        """The message that is an entry of a map field; None for other fields."""
        return self._map_entries.get(field.type_name)

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
        text = self._texts.get(path, "")
        return [f"///{line}".rstrip() for line in text.splitlines()]

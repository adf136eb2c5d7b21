"""How protobuf names are written in Swift and in protoc-c's C."""

import re

SWIFT_KEYWORDS = {
    "default", "extension", "func", "import", "in", "init", "internal", "is", "operator", "public",
    "repeat", "return", "self", "static", "switch", "where",
}

# Words that Swift writes in capitals wherever they are not the first.
ABBREVIATIONS = {"id": "ID", "ids": "IDs"}


def lower_camel(snake):
    """token_ids becomes tokenIDs."""
    first, *rest = snake.lower().split("_")
    return first + "".join(ABBREVIATIONS.get(word, word.capitalize()) for word in rest)


def identifier(name):
    return f"`{name}`" if name in SWIFT_KEYWORDS else name


def upper_camel(name):
    """TokenIds becomes TokenIDs, and prompt_token becomes PromptToken."""
    name = "".join(word[:1].upper() + word[1:] for word in name.split("_"))
    return re.sub(r"(?<=[a-z])Id(s?)$", r"ID\1", name)


def enum_case(enum_name, value_name):
    """FINISH_REASON_STOP of FinishReason becomes stop."""
    return identifier(lower_camel(value_name.removeprefix(enum_prefix(enum_name))))


def enum_prefix(enum_name):
    """What the names of FinishReason's values begin with: FINISH_REASON_."""
    return _snake(enum_name).upper() + "_"


def c_type(full_name):
    """tokenwire.v1.GenerateRequest becomes Tokenwire__V1__GenerateRequest."""
    return "__".join(_camel(part) for part in full_name.split("."))


def c_function(full_name, verb):
    """tokenwire.v1.GenerateRequest becomes tokenwire__v1__generate_request__verb."""
    return "__".join([_snake(part) for part in full_name.split(".")] + [verb])


def c_oneof_case(full_name, oneof, field):
    """The constant that says which member of a oneof a C struct holds."""
    message = "__".join(_snake(part).upper() for part in full_name.split("."))
    return f"{message}__{oneof.upper()}_{field.upper()}"


def _camel(name):
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))


def _snake(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()

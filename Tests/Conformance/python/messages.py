"""Messages as the outcomes of cases have them."""


def plain(message):
    """The message as JSON has it, with the fields that are not set, too, and short enum names."""
    fields = {}
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        if field.containing_oneof and not message.HasField(field.name):
            continue
        if field.message_type and field.message_type.GetOptions().map_entry:
            fields[field.name] = dict(value)
        elif field.enum_type:
            name = field.enum_type.values_by_number[value].name
            fields[field.name] = name.removeprefix("FINISH_REASON_").removeprefix("DURABILITY_")
        elif field.message_type and field.is_repeated:
            fields[field.name] = [plain(item) for item in value]
        elif field.message_type:
            fields[field.name] = plain(value)
        elif field.is_repeated:
            fields[field.name] = list(value)
        elif field.type != field.TYPE_BYTES:
            fields[field.name] = value
    return fields

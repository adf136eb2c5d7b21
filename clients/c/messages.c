#include "messages.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  VARINT = 0,
  FIXED64 = 1,
  DELIMITED = 2,
  GROUP = 3,
  GROUP_END = 4,
  FIXED32 = 5,

  MAXIMUM_NUMBER = (1 << 29) - 1,
  MAXIMUM_DEPTH = 100 /* Of groups, as in protobuf; the API's messages nest less. */
};

/* ---- UTF-8 ---- */

size_t tokenwire_decode_utf8(const uint8_t *data, size_t length, uint32_t *code) {
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (length == 0) return 0;
  size_t size = data[0] < 0x80 ? 1 : data[0] < 0xC2 ? 0 : data[0] < 0xE0 ? 2 : data[0] < 0xF0 ? 3
                : data[0] < 0xF5 ? 4 : 0;
  if (size == 0 || size > length) return 0;
  *code = size == 1 ? data[0] : data[0] & (0x7Fu >> size);
  for (size_t i = 1; i < size; i++) {
    if ((data[i] & 0xC0) != 0x80) return 0;
    *code = *code << 6 | (data[i] & 0x3F);
  }
  bool is_surrogate = *code >= 0xD800 && *code <= 0xDFFF;
  return *code < least[size] || is_surrogate || *code > 0x10FFFF ? 0 : size;
}

size_t tokenwire_utf8_length(const uint8_t *data, size_t length) {
  uint32_t code;
  size_t position = 0;
  for (size_t size; (size = tokenwire_decode_utf8(data + position, length - position, &code)) > 0;)
    position += size;
  return position;
}

/* ---- Fields on the wire ---- */

typedef struct {
  const uint8_t *data;
  size_t length;
} bytes;

typedef struct {
  uint32_t number;
  int type;
  bytes whole, payload; /* The payload of length-delimited fields. */
} wire_field;

static bool take_varint(bytes *rest, uint64_t *value) {
  *value = 0;
  for (size_t i = 0; i < rest->length && i < 10; i++) {
    *value |= (uint64_t)(rest->data[i] & 0x7F) << (7 * i);
    if (rest->data[i] & 0x80) continue;
    if (i == 9 && rest->data[i] > 1) return false;
    rest->data += i + 1;
    rest->length -= i + 1;
    return true;
  }
  return false;
}

static bool take_bytes(bytes *rest, uint64_t length, bytes *taken) {
  if (length > rest->length) return false;
  *taken = (bytes){rest->data, (size_t)length};
  rest->data += length;
  rest->length -= (size_t)length;
  return true;
}

/* Takes a field; at the beginning of a group, all of it. The end of a group is a field, too. */
static bool take_field(bytes *rest, wire_field *field, int depth) {
  const uint8_t *begin = rest->data;
  uint64_t key, value;
  bytes ignored;
  if (!take_varint(rest, &key) || key >> 3 == 0 || key >> 3 > MAXIMUM_NUMBER) return false;
  field->number = (uint32_t)(key >> 3);
  field->type = (int)(key & 7);
  field->payload = (bytes){NULL, 0};
  bool is_whole = false;
  switch (field->type) {
    case VARINT: is_whole = take_varint(rest, &value); break;
    case FIXED64: is_whole = take_bytes(rest, 8, &ignored); break;
    case FIXED32: is_whole = take_bytes(rest, 4, &ignored); break;
    case DELIMITED:
      is_whole = take_varint(rest, &value) && take_bytes(rest, value, &field->payload);
      break;
    case GROUP:
      for (wire_field inner = {0}; depth < MAXIMUM_DEPTH && take_field(rest, &inner, depth + 1);) {
        if (inner.type != GROUP_END) continue;
        is_whole = inner.number == field->number;
        break;
      }
      break;
    case GROUP_END: is_whole = depth > 0; break;
    default: break;
  }
  field->whole = (bytes){begin, (size_t)(rest->data - begin)};
  return is_whole;
}

static int wire_type(ProtobufCType type) {
  switch (type) {
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT: return FIXED32;
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE: return FIXED64;
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE: return DELIMITED;
    default: return VARINT;
  }
}

/* The field's descriptor; NULL when the field is unknown or has another wire type. */
static const ProtobufCFieldDescriptor *known(const ProtobufCMessageDescriptor *descriptor,
                                             const wire_field *field) {
  const ProtobufCFieldDescriptor *known =
      protobuf_c_message_descriptor_get_field(descriptor, field->number);
  if (!known) return NULL;
  int type = wire_type(known->type);
  bool is_packed = known->label == PROTOBUF_C_LABEL_REPEATED && type != DELIMITED &&
                   field->type == DELIMITED;
  return type == field->type || is_packed ? known : NULL;
}

static bool is_singular_message(const ProtobufCFieldDescriptor *field) {
  return field->type == PROTOBUF_C_TYPE_MESSAGE && field->label != PROTOBUF_C_LABEL_REPEATED;
}

static bool are_of_one_oneof(const ProtobufCFieldDescriptor *one,
                             const ProtobufCFieldDescriptor *other) {
  return (one->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) && (other->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) &&
         one->quantifier_offset == other->quantifier_offset;
}

/* ---- Reading ---- */

typedef enum { UNREADABLE, AS_IT_IS, REWRITE } verdict;

/* Whether protobuf-c reads a message correctly. */
static verdict look_at(const ProtobufCMessageDescriptor *descriptor, bytes rest) {
  verdict verdict = AS_IT_IS;
  uint64_t seen = 0; /* By the fields' indices: messages of the API have fewer than 64. */
  for (wire_field field; rest.length > 0;) {
    if (!take_field(&rest, &field, 0)) return UNREADABLE;
    const ProtobufCFieldDescriptor *ours = known(descriptor, &field);
    if (!ours) {
      bool is_of_other_type = protobuf_c_message_descriptor_get_field(descriptor, field.number);
      if (field.type == GROUP || is_of_other_type) verdict = REWRITE;
      continue;
    }
    if (ours->type == PROTOBUF_C_TYPE_STRING &&
        tokenwire_utf8_length(field.payload.data, field.payload.length) < field.payload.length)
      return UNREADABLE;
    if (ours->type != PROTOBUF_C_TYPE_MESSAGE) continue;
    uint64_t bit = UINT64_C(1) << ((ours - descriptor->fields) & 63);
    if (is_singular_message(ours) && seen & bit) verdict = REWRITE;
    seen |= bit;
    switch (look_at(ours->descriptor, field.payload)) {
      case UNREADABLE: return UNREADABLE;
      case AS_IT_IS: break;
      case REWRITE: verdict = REWRITE;
    }
  }
  return verdict;
}

typedef struct {
  uint8_t *data;
  size_t length, capacity;
} buffer;

static void put(buffer *buffer, bytes bytes) {
  if (buffer->length + bytes.length > buffer->capacity) {
    buffer->capacity = 2 * (buffer->length + bytes.length);
    buffer->data = realloc(buffer->data, buffer->capacity);
    if (!buffer->data) abort();
  }
  if (bytes.length > 0) memcpy(buffer->data + buffer->length, bytes.data, bytes.length);
  buffer->length += bytes.length;
}

static void put_varint(buffer *buffer, uint64_t value) {
  uint8_t digits[10];
  size_t length = 0;
  do {
    digits[length++] = (uint8_t)((value & 0x7F) | (value > 0x7F ? 0x80 : 0));
    value >>= 7;
  } while (value > 0);
  put(buffer, (bytes){digits, length});
}

static void rewrite(const ProtobufCMessageDescriptor *descriptor, bytes rest, buffer *output);

static void put_message(const ProtobufCFieldDescriptor *field, bytes payload, buffer *output) {
  buffer inner = {0};
  rewrite(field->descriptor, payload, &inner);
  put_varint(output, (uint64_t)field->id << 3 | DELIMITED);
  put_varint(output, inner.length);
  put(output, (bytes){inner.data, inner.length});
  free(inner.data);
}

/* Writes a message that can be read with nothing but what protobuf-c reads right. The parts of a singular
 * message, one behind the other, are the merged message. */
static void rewrite(const ProtobufCMessageDescriptor *descriptor, bytes rest, buffer *output) {
  struct {
    buffer payload;
    bool is_there;
  } *parts = calloc(descriptor->n_fields ? descriptor->n_fields : 1, sizeof *parts);
  if (!parts) abort();
  for (wire_field field; rest.length > 0 && take_field(&rest, &field, 0);) {
    const ProtobufCFieldDescriptor *ours = known(descriptor, &field);
    if (!ours) continue;
    /* Of a oneof, the last member counts. */
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
      const ProtobufCFieldDescriptor *other = &descriptor->fields[i];
      if (other == ours || !are_of_one_oneof(ours, other)) continue;
      parts[i].payload.length = 0;
      parts[i].is_there = false;
    }
    if (is_singular_message(ours)) {
      size_t place = (size_t)(ours - descriptor->fields);
      put(&parts[place].payload, field.payload);
      parts[place].is_there = true;
    } else if (ours->type == PROTOBUF_C_TYPE_MESSAGE) {
      put_message(ours, field.payload, output);
    } else {
      put(output, field.whole);
    }
  }
  for (unsigned i = 0; i < descriptor->n_fields; i++) {
    const buffer *payload = &parts[i].payload;
    if (parts[i].is_there)
      put_message(&descriptor->fields[i], (bytes){payload->data, payload->length}, output);
    free(parts[i].payload.data);
  }
  free(parts);
}

ProtobufCMessage *tokenwire_unpack(const ProtobufCMessageDescriptor *descriptor, const uint8_t *data,
                                   size_t length) {
  bytes message = {data, length};
  buffer output = {0};
  switch (look_at(descriptor, message)) {
    case UNREADABLE: return NULL;
    case AS_IT_IS: return protobuf_c_message_unpack(descriptor, NULL, length, data);
    case REWRITE: break;
  }
  rewrite(descriptor, message, &output);
  ProtobufCMessage *unpacked =
      protobuf_c_message_unpack(descriptor, NULL, output.length, output.data);
  free(output.data);
  return unpacked;
}

/* ---- Checking a program's messages ---- */

typedef struct {
  char *reason;
  size_t size;
} complaint;

__attribute__((format(printf, 3, 4))) static bool complain(const complaint *complaint, const char *path,
                                                           const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = snprintf(complaint->reason, complaint->size, "%s ", path);
  if (length > 0 && (size_t)length < complaint->size)
    vsnprintf(complaint->reason + length, complaint->size - (size_t)length, format, arguments);
  va_end(arguments);
  return false;
}

static bool check_fields(const ProtobufCMessage *message, const char *path,
                         const complaint *complaint);

static bool check_value(const ProtobufCFieldDescriptor *field, const void *member, bool must_be,
                        const char *path, const complaint *complaint) {
  if (field->type == PROTOBUF_C_TYPE_FLOAT) {
    float number;
    memcpy(&number, member, sizeof number);
    return isfinite(number) || complain(complaint, path, "is no finite number");
  }
  if (field->type == PROTOBUF_C_TYPE_BYTES) {
    const ProtobufCBinaryData *data = member;
    return data->data || data->len == 0 || complain(complaint, path, "is NULL, but its len is not 0");
  }
  if (field->type != PROTOBUF_C_TYPE_STRING && field->type != PROTOBUF_C_TYPE_MESSAGE) return true;
  const void *value;
  memcpy(&value, member, sizeof value);
  if (!value) return !must_be || complain(complaint, path, "is NULL");
  if (field->type == PROTOBUF_C_TYPE_MESSAGE) return check_fields(value, path, complaint);
  size_t length = strlen(value), valid = tokenwire_utf8_length(value, length);
  return valid == length || complain(complaint, path, "is not UTF-8, at byte %zu", valid);
}

static size_t size_of(const ProtobufCFieldDescriptor *field) {
  switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE: return sizeof(void *);
    case PROTOBUF_C_TYPE_BYTES: return sizeof(ProtobufCBinaryData);
    default: return sizeof(uint32_t); /* Only strings, messages, bytes and floats are checked. */
  }
}

static bool check_fields(const ProtobufCMessage *message, const char *path,
                         const complaint *complaint) {
  if (!message->descriptor || message->descriptor->magic != PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC)
    return complain(complaint, *path ? path : "The request",
                    "is no message: begin with the INIT of its type");
  for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
    const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
    const char *quantifier = (const char *)message + field->quantifier_offset;
    const char *member = (const char *)message + field->offset;
    bool is_of_oneof = field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF;
    char name[256];
    snprintf(name, sizeof name, "%s%s%s", path, *path ? "." : "", field->name);
    if (is_of_oneof && *(const uint32_t *)(const void *)quantifier != field->id) continue;
    if (field->label != PROTOBUF_C_LABEL_REPEATED) {
      if (!check_value(field, member, is_of_oneof, name, complaint)) return false;
      continue;
    }
    size_t count = *(const size_t *)(const void *)quantifier;
    const char *items;
    memcpy(&items, member, sizeof items);
    if (!items && count > 0) return complain(complaint, name, "is NULL, but there are %zu of it", count);
    for (size_t j = 0; j < count; j++) {
      char item[300];
      snprintf(item, sizeof item, "%s[%zu]", name, j);
      if (!check_value(field, items + j * size_of(field), true, item, complaint)) return false;
    }
  }
  return true;
}

bool tokenwire_check(const ProtobufCMessage *message, char *reason, size_t size) {
  const complaint complaint = {reason, size};
  if (!message) return complain(&complaint, "The request", "is NULL");
  return check_fields(message, "", &complaint);
}

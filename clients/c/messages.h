/* Parts of protobuf that protobuf-c lacks, for tokenwire.c. */
#ifndef TOKENWIRE_MESSAGES_H
#define TOKENWIRE_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

/*
 * Unpacks a message as protobuf says, where protobuf-c does not: a singular message that comes in several
 * parts is merged; groups, and fields of another type than ours, are skipped; text is UTF-8.
 *
 * Returns NULL for bytes that are no such message, else what protobuf_c_message_free_unpacked frees.
 */
__attribute__((visibility("hidden"))) ProtobufCMessage *tokenwire_unpack(
    const ProtobufCMessageDescriptor *descriptor, const uint8_t *data, size_t length);

/*
 * Checks that a program's message can be packed: pointers are not NULL where there must be something, text is
 * UTF-8, numbers are finite.
 *
 * Returns whether it can; if not, `reason` names the field, cut to `size` bytes.
 */
__attribute__((visibility("hidden"))) bool tokenwire_check(const ProtobufCMessage *message,
                                                           char *reason, size_t size);

/* The number of bytes of the UTF-8 character that the bytes begin with, and its code; 0 when there is none. */
__attribute__((visibility("hidden"))) size_t tokenwire_decode_utf8(const uint8_t *data,
                                                                   size_t length, uint32_t *code);

/* Where the bytes stop being UTF-8: their length when they do not. */
__attribute__((visibility("hidden"))) size_t tokenwire_utf8_length(const uint8_t *data, size_t length);

#endif

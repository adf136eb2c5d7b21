/* The only way to print text from others on a terminal: see tokenwire_print in tokenwire.h. */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "messages.h"
#include "tokenwire.h"

/* Whether a character controls a terminal, or changes the order of others: C0 but tab
 * and line feed, DEL, C1; marks, overrides and isolates of the direction; line and paragraph separators. */
static bool is_active(uint32_t code) {
  return (code < 0x20 && code != '\t' && code != '\n') || (code >= 0x7F && code <= 0x9F) ||
         code == 0x061C || code == 0x200E || code == 0x200F || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}

bool tokenwire_print(FILE *stream, const char *text) {
  if (!stream || !text) return false;
  if (!isatty(fileno(stream))) return fputs(text, stream) >= 0 && fflush(stream) == 0;
  const uint8_t *rest = (const uint8_t *)text;
  for (size_t length = strlen(text); length > 0;) {
    uint32_t code;
    size_t size = tokenwire_decode_utf8(rest, length, &code);
    if (size == 0) {
      fprintf(stream, "\\x%02x", (unsigned)*rest); /* Not UTF-8, or an incomplete character. */
      size = 1;
    } else if (is_active(code)) {
      fprintf(stream, code < 0x80 ? "\\x%02x" : "\\u%04x", (unsigned)code);
    } else {
      fwrite(rest, 1, size, stream);
    }
    rest += size;
    length -= size;
  }
  return fflush(stream) == 0 && !ferror(stream);
}

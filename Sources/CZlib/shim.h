#include <zlib.h>

// A macro, which Swift does not import: reads gzip alone (RFC 1952), with its largest window.
static inline int zlib_inflate_init_gzip(z_stream *stream) {
  return inflateInit2(stream, 16 + MAX_WBITS);
}

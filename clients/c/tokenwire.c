/* See tokenwire.h, and Protos/WIRE.md for the protocol, whose sections are cited here. */
#define _POSIX_C_SOURCE 200809L
#define _DEFAULT_SOURCE

#include "tokenwire.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "messages.h"
#include "tokenwire/wire/messages.pb-c.h"

enum {
  HEADER_SIZE = 10,
  MAXIMUM_DATA_LENGTH = 4194304,
  CHUNK = 65536,

  FRAME_REQUEST = 0x01,
  FRAME_RESPONSE = 0x02,
  FRAME_DATA = 0x03,
  FRAME_SETTINGS = 0xE0,
  FRAME_CANCEL = 0xE1,
  FRAME_PING = 0xE2,
  FRAME_PONG = 0xE3,
  FRAME_WINDOW = 0xE4,
  FRAME_GOAWAY = 0xE5,

  FLAG_REMOTE_CLOSED = 0x01,
  FLAG_NO_DATA = 0x04,
  FLAG_OFFERS_EXTENSION = 0x80,

  SETTING_VERSION = 1,
  SETTING_INITIAL_WINDOW = 3,
  SETTING_MIN_PING_INTERVAL = 5,

  /* The least time between two PINGs of a server, and how many in a row may be earlier. */
  MIN_PING_INTERVAL_MS = 1000,
  MAXIMUM_EARLY_PINGS = 3,

  /* How often TCP probes a silent server within the keepalive timeout. */
  KEEPALIVE_PROBES = 3
};

/* The stream id of the extension's frames (section 4). */
static const uint32_t EXTENSION_STREAM = UINT32_MAX;

/* The waits between attempts, in seconds. */
static const double INITIAL_BACKOFF = 0.2, MAXIMUM_BACKOFF = 5, BACKOFF_JITTER = 0.2;

/* How many seconds an address has before the next one is tried, too, as in RFC 8305. */
static const double ATTEMPT_DELAY = 0.25;

/* More seconds than this mean no limit. */
static const double FOREVER = 1e9;

const char *tokenwire_version(void) { return TOKENWIRE_VERSION; }

typedef struct {
  uint8_t *data;
  size_t length, capacity;
} buffer;

struct tokenwire_call {
  tokenwire_call *next;
  uint32_t id;
  const tokenwire_method *method;
  tokenwire_callbacks callbacks;
  double timeout, deadline; /* 0: none. */
  uint64_t consumed, granted;
  bool has_response, has_ended;
  tokenwire_code untold; /* Why the call was cancelled, if the server must still be told. */
  bool *was_refused; /* Set when the server has not processed the call; may be NULL. */
};

struct tokenwire_client {
  tokenwire_options options;
  char *host, *port; /* The host is a path when there is no port. */
  SSL_CTX *tls_context;

  int fd; /* -1: there is no connection, and the fields below are unused. */
  pid_t process; /* The process that opened the connection. */
  SSL *ssl;
  BIO *from_server, *to_server;
  buffer input, output, sealed; /* sealed is the output, encrypted. */
  uint32_t to_discard;
  enum { OFFERING, STOCK, AGREED } agreement;
  uint32_t next_id;
  bool is_ending;
  tokenwire_error ending;
  double last_bytes, ping_sent, ping_interval, last_ping;
  int early_pings;

  tokenwire_call *calls;
  bool is_busy; /* In a step: callbacks may be running. */
  unsigned failures;
  double not_before; /* When the next attempt to connect may begin. */
};

/* ---- Memory, time, errors ---- */

static void *allocate(size_t size) {
  void *memory = calloc(1, size ? size : 1);
  if (!memory) abort();
  return memory;
}

static char *copy_text(const char *text) {
  return text ? strcpy(allocate(strlen(text) + 1), text) : NULL;
}

static void append(buffer *buffer, const void *data, size_t length) {
  if (buffer->length + length > buffer->capacity) {
    buffer->capacity = 2 * (buffer->length + length);
    buffer->data = realloc(buffer->data, buffer->capacity);
    if (!buffer->data) abort();
  }
  if (length) memcpy(buffer->data + buffer->length, data, length);
  buffer->length += length;
}

static void drop(buffer *buffer, size_t length) {
  buffer->length -= length;
  if (buffer->length) memmove(buffer->data, buffer->data + length, buffer->length);
}

static void clear(buffer *buffer) {
  free(buffer->data);
  memset(buffer, 0, sizeof *buffer);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static const char *const CODE_NAMES[] = {
    "OK",        "CANCELLED",         "UNKNOWN",           "INVALID_ARGUMENT", "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS",    "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE",      "UNIMPLEMENTED",    "INTERNAL",
    "UNAVAILABLE", "DATA_LOSS",       "UNAUTHENTICATED"};

const char *tokenwire_code_name(tokenwire_code code) {
  size_t count = sizeof CODE_NAMES / sizeof *CODE_NAMES;
  return (size_t)code < count ? CODE_NAMES[code] : "UNKNOWN";
}

__attribute__((format(printf, 3, 4))) static tokenwire_code fail(tokenwire_error *error,
                                                                 tokenwire_code code,
                                                                 const char *format, ...) {
  if (!error) return code;
  memset(error, 0, sizeof *error);
  error->code = code;
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(error->message, sizeof error->message, format, arguments);
  va_end(arguments);
  if (length >= (int)sizeof error->message) { /* Do not cut within a character. */
    size_t whole = tokenwire_utf8_length((const uint8_t *)error->message, sizeof error->message - 1);
    error->message[whole] = '\0';
  }
  return code;
}

static tokenwire_code succeed(tokenwire_error *error) {
  return fail(error, TOKENWIRE_OK, "%s", "");
}

static tokenwire_code give(tokenwire_error *error, const tokenwire_error *reason) {
  if (error) *error = *reason;
  return reason->code;
}

static tokenwire_code violation(tokenwire_error *error, const char *what) {
  return fail(error, TOKENWIRE_INTERNAL, "The server %s: it does not follow ttrpc", what);
}

/* Seconds as all clients print them: with a point, and the shortest exact digits. */
typedef struct {
  char text[64];
} seconds_text;

static seconds_text text_of_seconds(double seconds) {
  seconds_text printed;
  for (int digits = 1; digits <= 17; digits++) {
    snprintf(printed.text, sizeof printed.text, "%.*f", digits, seconds);
    if (strtod(printed.text, NULL) == seconds) break;
  }
  return printed;
}

static tokenwire_code deadline_exceeded(tokenwire_error *error, double timeout) {
  if (timeout < 0)
    return fail(error, TOKENWIRE_DEADLINE_EXCEEDED, "The call's time was over before it began");
  return fail(error, TOKENWIRE_DEADLINE_EXCEEDED,
              "The call took longer than the %s seconds that its caller gave it",
              text_of_seconds(timeout).text);
}

/* Milliseconds to poll for, from 0 to INT_MAX. */
static int milliseconds(double seconds) { return (int)fmin(fmax(ceil(seconds * 1e3), 0), INT_MAX); }

/* Whether a timeout is valid; one without limit becomes 0. */
static tokenwire_code check_timeout(double *timeout, tokenwire_error *error) {
  if (isnan(*timeout))
    return fail(error, TOKENWIRE_INVALID_ARGUMENT, "timeout is no number of seconds");
  if (*timeout < 0) return deadline_exceeded(error, *timeout);
  if (*timeout > FOREVER) *timeout = 0;
  return TOKENWIRE_OK;
}

static tokenwire_code unreachable(tokenwire_error *error) {
  return fail(error, TOKENWIRE_DEADLINE_EXCEEDED,
              "The server could not be reached within the call's timeout");
}

/* ---- Frames (sections 1 and 4) ---- */

static void put_u32(uint8_t *bytes, uint32_t value) {
  for (int i = 0; i < 4; i++) bytes[i] = (uint8_t)(value >> (24 - 8 * i));
}

static uint32_t get_u32(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void put_frame(tokenwire_client *client, uint32_t stream, uint8_t type, uint8_t flags,
                      const uint8_t *data, size_t length) {
  uint8_t header[HEADER_SIZE];
  put_u32(header, (uint32_t)length);
  put_u32(header + 4, stream);
  header[8] = type;
  header[9] = flags;
  append(&client->output, header, sizeof header);
  append(&client->output, data, length);
}

static void put_extension_frame(tokenwire_client *client, uint8_t type, const uint8_t *data,
                                size_t length) {
  put_frame(client, EXTENSION_STREAM, type, 0, data, length);
}

static void put_settings(tokenwire_client *client) {
  const uint32_t settings[][2] = {{SETTING_VERSION, 1},
                                  {SETTING_INITIAL_WINDOW, client->options.window},
                                  {SETTING_MIN_PING_INTERVAL, MIN_PING_INTERVAL_MS}};
  uint8_t data[6 * 3] = {0};
  for (size_t i = 0; i < 3; i++) {
    data[6 * i + 1] = (uint8_t)settings[i][0];
    put_u32(data + 6 * i + 2, settings[i][1]);
  }
  put_extension_frame(client, FRAME_SETTINGS, data, sizeof data);
}

static void put_cancel(tokenwire_client *client, uint32_t stream, tokenwire_code code) {
  uint8_t data[8];
  put_u32(data, stream);
  put_u32(data + 4, code);
  put_extension_frame(client, FRAME_CANCEL, data, sizeof data);
}

static void put_window(tokenwire_client *client, uint32_t stream, uint64_t max_offset) {
  uint8_t data[12];
  put_u32(data, stream);
  put_u32(data + 4, (uint32_t)(max_offset >> 32));
  put_u32(data + 8, (uint32_t)max_offset);
  put_extension_frame(client, FRAME_WINDOW, data, sizeof data);
}

/* ---- Calls ---- */

static void end_call(tokenwire_call *call, const tokenwire_error *reason) {
  if (call->has_ended) return;
  call->has_ended = true;
  if (call->callbacks.on_end) call->callbacks.on_end(reason, call->callbacks.context);
}

/* Tells the server that a call was cancelled. If the extension is not negotiated yet, the server is told
 * later: the call stays in the list until then. */
static void abandon_call(tokenwire_client *client, tokenwire_call *call,
                         const tokenwire_error *reason) {
  if (call->has_ended) return;
  if (client->agreement == AGREED) put_cancel(client, call->id, reason->code);
  if (client->agreement == OFFERING) call->untold = reason->code;
  end_call(call, reason);
}

/* Frees the calls that have ended; not while callbacks run, which may use them. */
static void sweep_calls(tokenwire_client *client) {
  for (tokenwire_call **link = &client->calls; *link;) {
    tokenwire_call *call = *link;
    bool must_be_told = call->untold && client->agreement == OFFERING;
    if (call->has_ended && !must_be_told) {
      *link = call->next;
      free(call);
    } else {
      link = &call->next;
    }
  }
}

static tokenwire_call *find_call(tokenwire_client *client, uint32_t id) {
  for (tokenwire_call *call = client->calls; call; call = call->next)
    if (call->id == id && !call->has_ended) return call;
  return NULL;
}

static bool has_calls(const tokenwire_client *client) {
  for (tokenwire_call *call = client->calls; call; call = call->next)
    if (!call->has_ended) return true;
  return false;
}

static void take_message(tokenwire_client *client, tokenwire_call *call, const uint8_t *data,
                         size_t length) {
  tokenwire_error error;
  ProtobufCMessage *message = tokenwire_unpack(call->method->response, data, length);
  if (!message) {
    violation(&error, "sends a message that cannot be read");
    abandon_call(client, call, &error);
    return;
  }
  bool goes_on =
      !call->callbacks.on_message || call->callbacks.on_message(message, call->callbacks.context);
  protobuf_c_message_free_unpacked(message, NULL);
  if (call->has_ended) return; /* The callback cancelled it. */
  if (!goes_on) {
    fail(&error, TOKENWIRE_CANCELLED, "The call was cancelled");
    abandon_call(client, call, &error);
  }
}

static void read_retry_after(const Tokenwire__Wire__Status *status, tokenwire_error *error) {
  for (size_t i = 0; i < status->n_details; i++) {
    const Tokenwire__Wire__Any *detail = status->details[i];
    if (strcmp(detail->type_url, "type.googleapis.com/google.rpc.RetryInfo") != 0) continue;
    Tokenwire__Wire__RetryInfo *info = (Tokenwire__Wire__RetryInfo *)tokenwire_unpack(
        &tokenwire__wire__retry_info__descriptor, detail->value.data, detail->value.len);
    if (info && info->retry_delay)
      error->retry_after =
          fmax(0, (double)info->retry_delay->seconds + info->retry_delay->nanos / 1e9);
    tokenwire__wire__retry_info__free_unpacked(info, NULL);
  }
}

static void receive_response(tokenwire_client *client, tokenwire_call *call, const uint8_t *data,
                             size_t length) {
  tokenwire_error error;
  Tokenwire__Wire__Response *response = (Tokenwire__Wire__Response *)tokenwire_unpack(
      &tokenwire__wire__response__descriptor, data, length);
  if (!response) {
    violation(&error, "sends a Response that cannot be read");
  } else if (response->status && response->status->code != 0) {
    int32_t code = response->status->code;
    bool is_known = code > 0 && code <= TOKENWIRE_UNAUTHENTICATED;
    fail(&error, is_known ? (tokenwire_code)code : TOKENWIRE_UNKNOWN, "%s",
         response->status->message);
    read_retry_after(response->status, &error);
    if (error.code == TOKENWIRE_UNAVAILABLE && !call->has_response && call->was_refused)
      *call->was_refused = true;
  } else {
    succeed(&error);
    if (!call->method->is_streaming)
      take_message(client, call, response->payload.data, response->payload.len);
  }
  tokenwire__wire__response__free_unpacked(response, NULL);
  end_call(call, &error);
}

static void receive_data(tokenwire_client *client, tokenwire_call *call, uint8_t flags,
                         const uint8_t *data, size_t length) {
  tokenwire_error error;
  if (!call->method->is_streaming) {
    violation(&error, "streams responses to a call that has one");
    abandon_call(client, call, &error);
    return;
  }
  call->has_response = true;
  if (!(flags & FLAG_NO_DATA)) take_message(client, call, data, length);
  if (call->has_ended) return;
  if (flags & FLAG_REMOTE_CLOSED) {
    succeed(&error);
    end_call(call, &error);
    return;
  }
  call->consumed += HEADER_SIZE + length;
  uint64_t max_offset = call->consumed + client->options.window;
  if (client->agreement == AGREED && max_offset > call->granted &&
      max_offset - call->granted >= client->options.window / 2) {
    call->granted = max_offset;
    put_window(client, call->id, max_offset);
  }
}

/* ---- The extension (section 4) ---- */

static tokenwire_code agree(tokenwire_client *client, const uint8_t *data, size_t length,
                            tokenwire_error *error) {
  if (client->agreement != OFFERING) return TOKENWIRE_OK;
  if (length % 6 != 0) return violation(error, "sends SETTINGS that cannot be read");
  for (size_t i = 0; i < length; i += 6) {
    if (data[i] == 0 && data[i + 1] == SETTING_MIN_PING_INTERVAL)
      client->ping_interval = fmax(client->ping_interval, get_u32(data + i + 2) / 1e3);
  }
  put_settings(client);
  for (tokenwire_call *call = client->calls; call; call = call->next)
    if (call->untold) put_cancel(client, call->id, call->untold);
  client->agreement = AGREED;
  return TOKENWIRE_OK;
}

static tokenwire_code receive_ping(tokenwire_client *client, const uint8_t *data, size_t length,
                                   tokenwire_error *error) {
  if (length != 8) return violation(error, "sends a PING that cannot be read");
  double time = now();
  bool is_early = client->last_ping > 0 && time - client->last_ping < MIN_PING_INTERVAL_MS / 1e3;
  client->early_pings = is_early ? client->early_pings + 1 : 0;
  client->last_ping = time;
  if (client->early_pings >= MAXIMUM_EARLY_PINGS) return violation(error, "sends too many PINGs");
  put_extension_frame(client, FRAME_PONG, data, length);
  return TOKENWIRE_OK;
}

static tokenwire_code receive_goaway(tokenwire_client *client, const uint8_t *data, size_t length,
                                     tokenwire_error *error) {
  if (length < 12) return violation(error, "sends a GOAWAY that cannot be read");
  int text_length = (int)(length - 12);
  if (!client->is_ending && text_length > 0)
    fail(&client->ending, TOKENWIRE_UNAVAILABLE, "%.*s", text_length, (const char *)data + 12);
  else if (!client->is_ending)
    fail(&client->ending, TOKENWIRE_UNAVAILABLE, "The connection is ending");
  client->is_ending = true;
  uint32_t last_stream = get_u32(data);
  for (tokenwire_call *call = client->calls; call; call = call->next) {
    if (call->id <= last_stream || call->has_ended) continue;
    if (call->was_refused) *call->was_refused = !call->has_response;
    end_call(call, &client->ending);
  }
  return TOKENWIRE_OK;
}

/* Returns TOKENWIRE_OK, or why the connection must end. */
static tokenwire_code receive_frame(tokenwire_client *client, uint32_t stream, uint8_t type,
                                    uint8_t flags, const uint8_t *data, size_t length,
                                    tokenwire_error *error) {
  if (stream == EXTENSION_STREAM && type == FRAME_SETTINGS)
    return agree(client, data, length, error);
  if (client->agreement == OFFERING) client->agreement = STOCK;
  if (stream == EXTENSION_STREAM && client->agreement == AGREED) {
    if (type == FRAME_PING) return receive_ping(client, data, length, error);
    if (type == FRAME_GOAWAY) return receive_goaway(client, data, length, error);
    return TOKENWIRE_OK;
  }
  tokenwire_call *call = find_call(client, stream);
  if (!call) return TOKENWIRE_OK; /* A late frame: the call was cancelled before the server knew. */
  if (type == FRAME_RESPONSE) receive_response(client, call, data, length);
  if (type == FRAME_DATA) receive_data(client, call, flags, data, length);
  return TOKENWIRE_OK;
}

static void receive_oversized(tokenwire_client *client, uint32_t stream, uint32_t length) {
  if (client->agreement == OFFERING) client->agreement = STOCK;
  tokenwire_call *call = find_call(client, stream);
  if (!client || !call) return;
  tokenwire_error error;
  fail(&error, TOKENWIRE_RESOURCE_EXHAUSTED, "message length %u exceed maximum message size of %d",
       (unsigned)length, MAXIMUM_DATA_LENGTH);
  end_call(call, &error);
}

/* Handles the complete frames. */
static tokenwire_code receive_frames(tokenwire_client *client, tokenwire_error *error) {
  size_t position = 0;
  tokenwire_code code = TOKENWIRE_OK;
  while (code == TOKENWIRE_OK) {
    const uint8_t *data = client->input.data + position;
    size_t length = client->input.length - position;
    if (client->to_discard) {
      size_t discarded = length < client->to_discard ? length : client->to_discard;
      client->to_discard -= (uint32_t)discarded;
      position += discarded;
      if (client->to_discard) break;
      continue;
    }
    if (length > 0 && data[0] != 0) {
      code = violation(error, "sends bytes that are not frames");
      break;
    }
    if (length < HEADER_SIZE) break;
    uint32_t data_length = get_u32(data), stream = get_u32(data + 4);
    if (data_length > MAXIMUM_DATA_LENGTH) {
      receive_oversized(client, stream, data_length);
      client->to_discard = data_length;
      position += HEADER_SIZE;
      continue;
    }
    if (length - HEADER_SIZE < data_length) break;
    code = receive_frame(client, stream, data[8], data[9], data + HEADER_SIZE, data_length, error);
    position += HEADER_SIZE + data_length;
  }
  drop(&client->input, position);
  return code;
}

/* ---- TLS ---- */

static const char WITHOUT_TLS[] =
    "the server ended the TLS handshake, as one without TLS does: connect without TLS if it has none";
static const char REFUSED_CLIENT[] =
    "the server does not accept this client's certificate: give one by an authority that it trusts";

static const struct {
  int reason;
  const char *text;
} TLS_REASONS[] = {
    {SSL_R_WRONG_VERSION_NUMBER, WITHOUT_TLS},
    {SSL_R_UNEXPECTED_EOF_WHILE_READING, WITHOUT_TLS},
    {SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, "the server does not speak TLS 1.2 or 1.3: update it"},
    {SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED,
     "the server requires a certificate of clients: give one"},
    {SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE,
     "the server refuses the TLS handshake: it may require a certificate of clients"},
    {SSL_R_TLSV1_ALERT_UNKNOWN_CA, REFUSED_CLIENT},
    {SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, REFUSED_CLIENT},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, REFUSED_CLIENT},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, REFUSED_CLIENT},
};

static const char *server_name(const tokenwire_client *client) {
  return client->options.tls_server_name ? client->options.tls_server_name : client->host;
}

static void explain_verification(const tokenwire_client *client, long result, char *text,
                                 size_t size) {
  switch (result) {
    case X509_V_ERR_CERT_NOT_YET_VALID:
      snprintf(text, size,
               "the server's certificate is not valid yet: compare the clocks of both machines");
      break;
    case X509_V_ERR_CERT_HAS_EXPIRED:
      snprintf(text, size,
               "the server's certificate has expired: whoever runs the server must renew it");
      break;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      snprintf(text, size,
               "the server's certificate is not for %s: give a name that it is for as the server name",
               server_name(client));
      break;
    default:
      snprintf(text, size,
               "the server's certificate is not trusted, because no authority %s%s has signed it: give "
               "the file of the authority that has",
               client->options.tls_ca ? "in " : "that this machine trusts",
               client->options.tls_ca ? client->options.tls_ca : "");
  }
}

/* Says why TLS failed, and empties OpenSSL's error queue. */
static void explain_tls(const tokenwire_client *client, char *text, size_t size) {
  unsigned long error = ERR_peek_error();
  long verification = client->ssl ? SSL_get_verify_result(client->ssl) : X509_V_OK;
  if (verification != X509_V_OK) {
    explain_verification(client, verification, text, size);
  } else {
    const char *reason = error ? ERR_reason_error_string(error) : WITHOUT_TLS;
    for (size_t i = 0; i < sizeof TLS_REASONS / sizeof *TLS_REASONS; i++)
      if (ERR_GET_REASON(error) == TLS_REASONS[i].reason) reason = TLS_REASONS[i].text;
    snprintf(text, size, "%s", reason ? reason : "TLS failed");
  }
  ERR_clear_error();
}

static tokenwire_code make_tls_context(tokenwire_client *client, tokenwire_error *error) {
  const tokenwire_options *options = &client->options;
  if (!options->tls_certificate != !options->tls_key)
    return fail(error, TOKENWIRE_INVALID_ARGUMENT,
                "tls_certificate and tls_key belong together: give both or neither");
  if (!client->port && !options->tls_server_name)
    return fail(error, TOKENWIRE_INVALID_ARGUMENT,
                "a certificate is not for a socket file: give the server's name");
  client->tls_context = SSL_CTX_new(TLS_client_method());
  if (!client->tls_context) abort();
  SSL_CTX_set_min_proto_version(client->tls_context, TLS1_2_VERSION);
  SSL_CTX_set_verify(client->tls_context, SSL_VERIFY_PEER, NULL);
  static const uint8_t protocols[] = "\x0btokenwire/1\x09ttrpc/1.2";
  SSL_CTX_set_alpn_protos(client->tls_context, protocols, sizeof protocols - 1);
  char reason[256];
  if (options->tls_ca ? !SSL_CTX_load_verify_locations(client->tls_context, options->tls_ca, NULL)
                      : !SSL_CTX_set_default_verify_paths(client->tls_context)) {
    explain_tls(client, reason, sizeof reason);
    return fail(error, TOKENWIRE_INVALID_ARGUMENT, "%s is no file of authorities: %s",
                options->tls_ca ? options->tls_ca : "The machine's", reason);
  }
  if (options->tls_certificate &&
      (SSL_CTX_use_certificate_chain_file(client->tls_context, options->tls_certificate) != 1 ||
       SSL_CTX_use_PrivateKey_file(client->tls_context, options->tls_key, SSL_FILETYPE_PEM) != 1)) {
    explain_tls(client, reason, sizeof reason);
    return fail(error, TOKENWIRE_INVALID_ARGUMENT, "%s and %s are no certificate and its key: %s",
                options->tls_certificate, options->tls_key, reason);
  }
  return TOKENWIRE_OK;
}

/* TLS uses memory buffers, so that writing to the socket raises no SIGPIPE. */
static void begin_tls(tokenwire_client *client) {
  client->ssl = SSL_new(client->tls_context);
  client->from_server = BIO_new(BIO_s_mem());
  client->to_server = BIO_new(BIO_s_mem());
  if (!client->ssl || !client->from_server || !client->to_server) abort();
  BIO_set_mem_eof_return(client->from_server, -1);
  SSL_set_bio(client->ssl, client->from_server, client->to_server);
  SSL_set_connect_state(client->ssl);
  X509_VERIFY_PARAM *parameters = SSL_get0_param(client->ssl);
  const char *name = server_name(client);
  if (X509_VERIFY_PARAM_set1_ip_asc(parameters, name) != 1) {
    ERR_clear_error(); /* It is a name, not an address. */
    SSL_set_tlsext_host_name(client->ssl, name);
    SSL_set1_host(client->ssl, name);
  }
}

/* ---- Sockets ---- */

static void seal_output(tokenwire_client *client) {
  if (!client->ssl) {
    append(&client->sealed, client->output.data, client->output.length);
    drop(&client->output, client->output.length);
    return;
  }
  while (client->output.length > 0) {
    int length = client->output.length > CHUNK ? CHUNK : (int)client->output.length;
    int written = SSL_write(client->ssl, client->output.data, length);
    if (written <= 0) break; /* Memory is never full: TLS waits for bytes from the server. */
    drop(&client->output, (size_t)written);
  }
  uint8_t chunk[CHUNK];
  for (int length; (length = BIO_read(client->to_server, chunk, sizeof chunk)) > 0;)
    append(&client->sealed, chunk, (size_t)length);
}

/* Sends what it can without waiting. Returns 0, or errno. */
static int send_output(tokenwire_client *client) {
  seal_output(client);
  while (client->sealed.length > 0) {
    ssize_t sent = send(client->fd, client->sealed.data, client->sealed.length, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : errno;
    drop(&client->sealed, (size_t)sent);
  }
  return 0;
}

static const char *explain_socket(int error) {
  switch (error) {
    case ECONNREFUSED: return "nothing listens there";
    case ETIMEDOUT: return "it does not answer";
    case EADDRNOTAVAIL: return "it is not an address of this machine";
    case EAGAIN: return "too many others wait for it: try again";
    case ENOENT: return "there is no such file";
    case EACCES: return "this user may not; socket files have permissions";
    default: return strerror(error);
  }
}

/* Waits for the socket. Returns 0, or errno. */
static int wait_for_socket(int fd, short events, double deadline) {
  while (true) {
    double left = deadline - now();
    if (left <= 0) return ETIMEDOUT;
    struct pollfd poll_fd = {.fd = fd, .events = events};
    int count = poll(&poll_fd, 1, milliseconds(left));
    if (count > 0) return 0;
    if (count < 0 && errno != EINTR) return errno;
  }
}

static void tune_socket(const tokenwire_client *client, int fd) {
  const double keepalive = client->options.keepalive;
  const double interval = client->options.keepalive_interval;
  const double longest = 32767; /* The kernel's limit. */
  const int options[][2] = {
      {TCP_NODELAY, 1},
      {TCP_KEEPIDLE, (int)ceil(fmin(interval, longest))},
      {TCP_KEEPINTVL, (int)ceil(fmin(keepalive / KEEPALIVE_PROBES, longest))},
      {TCP_KEEPCNT, KEEPALIVE_PROBES},
      {TCP_USER_TIMEOUT, milliseconds(interval + keepalive)},
  };
  const int on = 1;
  /* Without these options, a lost server is noticed later. */
  (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  for (size_t i = 0; i < sizeof options / sizeof *options; i++)
    (void)setsockopt(fd, IPPROTO_TCP, options[i][0], &options[i][1], sizeof(int));
}

/* Begins to connect. Returns the socket, whose errors come later, or -1 with errno. */
static int begin_connect(int family, const struct sockaddr *address, socklen_t length) {
  int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0 || connect(fd, address, length) == 0 || errno == EINPROGRESS) return fd;
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}

/* The errors of the attempts, in words, without duplicates. */
typedef struct {
  char text[512];
} reasons;

static void add_reason(reasons *reasons, const char *reason) {
  size_t length = strlen(reasons->text);
  if (strstr(reasons->text, reason)) return;
  snprintf(reasons->text + length, sizeof reasons->text - length, "%s%s", length ? "; " : "", reason);
}

/* The addresses of a server, each of which is tried when the one before has failed or has had its share of
 * the time; all go on until one is connected (RFC 8305). */
typedef struct {
  struct addrinfo *list;
  struct addrinfo **addresses; /* With the families in turns. */
  struct pollfd *attempts; /* fd is -1 for those that have not started or have ended. */
  size_t count, next;
  double next_start;
} race;

/* Returns false when no address is known. */
static bool begin_race(race *race, const char *host, const char *port) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
  memset(race, 0, sizeof *race);
  if (getaddrinfo(host, port, &hints, &race->list) != 0) return false;
  size_t first = 0;
  for (struct addrinfo *address = race->list; address; address = address->ai_next) {
    race->count++;
    first += address->ai_family == race->list->ai_family;
  }
  race->addresses = allocate(race->count * sizeof *race->addresses);
  race->attempts = allocate(race->count * sizeof *race->attempts);
  for (size_t i = 0; i < race->count; i++) race->attempts[i].fd = -1;
  /* Those of the first family are at 0, 2, ..., as long as there are others between them. */
  size_t others = race->count - first, pairs = first < others ? first : others;
  size_t of_first = 0, of_others = 0;
  for (struct addrinfo *address = race->list; address; address = address->ai_next) {
    bool is_first = address->ai_family == race->list->ai_family;
    size_t rank = is_first ? of_first++ : of_others++;
    size_t place = rank < pairs ? 2 * rank + !is_first : pairs + rank;
    race->addresses[place] = address;
  }
  return true;
}

static void end_race(race *race) {
  for (size_t i = 0; i < race->count; i++)
    if (race->attempts[i].fd >= 0) close(race->attempts[i].fd);
  free(race->addresses);
  free(race->attempts);
  if (race->list) freeaddrinfo(race->list);
}

static bool is_under_way(const race *race) {
  for (size_t i = 0; i < race->count; i++)
    if (race->attempts[i].fd >= 0) return true;
  return false;
}

static void start_next(race *race, double time, reasons *reasons) {
  const struct addrinfo *address = race->addresses[race->next];
  struct pollfd *attempt = &race->attempts[race->next++];
  attempt->events = POLLOUT;
  attempt->fd = begin_connect(address->ai_family, address->ai_addr, address->ai_addrlen);
  race->next_start = attempt->fd >= 0 ? time + ATTEMPT_DELAY : time;
  if (attempt->fd < 0) add_reason(reasons, explain_socket(errno));
}

/* Returns the next connected socket; -1 when there is none in time. */
static int next_connected(race *race, double deadline, reasons *reasons) {
  while (race->next < race->count || is_under_way(race)) {
    double time = now();
    if (time >= deadline) {
      add_reason(reasons, explain_socket(ETIMEDOUT));
      return -1;
    }
    bool has_next = race->next < race->count;
    if (has_next && (time >= race->next_start || !is_under_way(race))) {
      start_next(race, time, reasons);
      continue;
    }
    double until = has_next ? fmin(race->next_start, deadline) : deadline;
    if (poll(race->attempts, race->count, milliseconds(until - time)) <= 0) continue;
    for (size_t i = 0; i < race->count; i++) {
      struct pollfd *attempt = &race->attempts[i];
      if (attempt->fd < 0 || !attempt->revents) continue;
      int fd = attempt->fd, error = 0;
      socklen_t size = sizeof error;
      attempt->fd = -1;
      if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0) return fd;
      close(fd);
      add_reason(reasons, explain_socket(error));
      race->next_start = time;
    }
  }
  return -1;
}

/* Returns whether the handshake succeeded; if not, adds the reason. */
static bool shake_hands(tokenwire_client *client, double deadline, reasons *reasons) {
  char reason[512];
  begin_tls(client);
  while (true) {
    int result = SSL_do_handshake(client->ssl);
    bool needs_input = result != 1 && SSL_get_error(client->ssl, result) == SSL_ERROR_WANT_READ;
    if (result != 1 && !needs_input) {
      explain_tls(client, reason, sizeof reason);
      (void)send_output(client); /* The alert, for the server's log. */
      break;
    }
    int failure = send_output(client);
    if (failure == 0 && result == 1) return true;
    if (failure == 0) {
      short events = client->sealed.length > 0 ? POLLIN | POLLOUT : POLLIN;
      failure = wait_for_socket(client->fd, events, deadline);
    }
    uint8_t chunk[CHUNK];
    ssize_t length = failure == 0 ? recv(client->fd, chunk, sizeof chunk, 0) : -1;
    if (length > 0) {
      BIO_write(client->from_server, chunk, (int)length);
    } else if (failure == ETIMEDOUT) {
      snprintf(reason, sizeof reason, "%s", explain_socket(ETIMEDOUT));
      break;
    } else if (failure != 0 || length == 0 || (errno != EAGAIN && errno != EINTR)) {
      snprintf(reason, sizeof reason, "%s", WITHOUT_TLS);
      break;
    }
  }
  add_reason(reasons, reason);
  return false;
}

/* Closes the socket, and frees its TLS state. */
static void leave_socket(tokenwire_client *client) {
  if (client->fd >= 0) close(client->fd);
  client->fd = -1;
  SSL_free(client->ssl); /* And its BIOs. Nothing is sent. */
  client->ssl = NULL;
  clear(&client->input);
  clear(&client->output);
  clear(&client->sealed);
}

/* Returns whether the client has a connected socket, with TLS if requested. */
static bool open_unix_socket(tokenwire_client *client, double deadline, reasons *reasons) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(client->host) >= sizeof address.sun_path) {
    add_reason(reasons, "the path of a socket has at most 107 bytes");
    return false;
  }
  strcpy(address.sun_path, client->host);
  client->fd = begin_connect(AF_UNIX, (const struct sockaddr *)&address, sizeof address);
  if (client->fd < 0) add_reason(reasons, explain_socket(errno));
  if (client->fd < 0) return false;
  if (!client->tls_context || shake_hands(client, deadline, reasons)) return true;
  leave_socket(client);
  return false;
}

static bool open_tcp_socket(tokenwire_client *client, double deadline, reasons *reasons) {
  race race;
  if (!begin_race(&race, client->host, client->port)) {
    add_reason(reasons, "no address is known for that name");
    return false;
  }
  while (client->fd < 0 && (client->fd = next_connected(&race, deadline, reasons)) >= 0) {
    tune_socket(client, client->fd);
    /* A handshake has half of the time, if there is another address for the other half. */
    bool has_others = race.next < race.count || is_under_way(&race);
    double limit = has_others ? (now() + deadline) / 2 : deadline;
    if (client->tls_context && !shake_hands(client, limit, reasons)) leave_socket(client);
  }
  end_race(&race);
  return client->fd >= 0;
}

/* Reads what has arrived. Returns TOKENWIRE_OK, or why the connection has ended. */
static tokenwire_code receive_input(tokenwire_client *client, tokenwire_error *error) {
  uint8_t chunk[CHUNK];
  ssize_t length = recv(client->fd, chunk, sizeof chunk, 0);
  if (length < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
    return fail(error, TOKENWIRE_UNAVAILABLE, "The connection failed: %s", explain_socket(errno));
  if (length == 0) return fail(error, TOKENWIRE_UNAVAILABLE, "The connection is closed");
  if (length > 0) client->last_bytes = now(), client->ping_sent = 0;
  if (!client->ssl) {
    if (length > 0) append(&client->input, chunk, (size_t)length);
    return TOKENWIRE_OK;
  }
  if (length > 0) BIO_write(client->from_server, chunk, (int)length);
  int plain;
  while ((plain = SSL_read(client->ssl, chunk, sizeof chunk)) > 0)
    append(&client->input, chunk, (size_t)plain);
  int state = SSL_get_error(client->ssl, plain);
  if (state == SSL_ERROR_WANT_READ) return TOKENWIRE_OK;
  if (state == SSL_ERROR_ZERO_RETURN)
    return fail(error, TOKENWIRE_UNAVAILABLE, "The connection is closed");
  char reason[512];
  explain_tls(client, reason, sizeof reason);
  return fail(error, TOKENWIRE_UNAVAILABLE, "The connection failed: %s", reason);
}

/* ---- Connections ---- */

/* Ends the connection, if there is one, and its calls. Their callbacks may start calls on another. */
static void disconnect(tokenwire_client *client, const tokenwire_error *reason) {
  leave_socket(client);
  tokenwire_error error = client->is_ending ? client->ending : *reason;
  client->is_ending = false;
  tokenwire_call *calls = client->calls;
  client->calls = NULL;
  for (tokenwire_call *call = calls; call; call = call->next) end_call(call, &error);
  while (calls) {
    tokenwire_call *call = calls;
    calls = call->next;
    free(call);
  }
}

/* Adds random jitter. */
static double jittered(double seconds) {
  double chance = fmod(now() * 1e6, 1e3) / 500 - 1;
  return seconds * (1 + BACKOFF_JITTER * chance);
}

static double backoff(unsigned failures) {
  return jittered(fmin(INITIAL_BACKOFF * exp2(failures - 1.0), MAXIMUM_BACKOFF));
}

static tokenwire_code open_connection(tokenwire_client *client, double timeout,
                                      tokenwire_error *error) {
  double deadline = now() + fmin(timeout, FOREVER);
  reasons reasons = {0};
  if (!(client->port ? open_tcp_socket(client, deadline, &reasons)
                     : open_unix_socket(client, deadline, &reasons))) {
    client->failures++;
    client->not_before = now() + backoff(client->failures);
    return fail(error, TOKENWIRE_UNAVAILABLE, "Cannot connect to %s: %s", client->options.server,
                reasons.text);
  }
  client->process = getpid();
  client->failures = 0;
  client->to_discard = 0;
  client->agreement = OFFERING;
  client->next_id = 1;
  client->last_bytes = now();
  client->ping_sent = client->last_ping = 0;
  client->ping_interval = client->options.keepalive_interval;
  client->early_pings = 0;
  return TOKENWIRE_OK;
}

static tokenwire_code check_options(const tokenwire_options *options, tokenwire_error *error) {
  const struct {
    const char *name;
    double value;
  } numbers[] = {{"connect_timeout", options->connect_timeout},
                 {"keepalive_interval", options->keepalive_interval},
                 {"keepalive", options->keepalive},
                 {"window", options->window},
                 {"maximum_attempts", options->maximum_attempts}};
  if (!options->server)
    return fail(error, TOKENWIRE_INVALID_ARGUMENT,
                "server is NULL: begin with TOKENWIRE_OPTIONS_INIT");
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    if (!(numbers[i].value > 0))
      return fail(error, TOKENWIRE_INVALID_ARGUMENT,
                  "%s is %g, but must be above 0: begin with TOKENWIRE_OPTIONS_INIT", numbers[i].name,
                  numbers[i].value);
  return TOKENWIRE_OK;
}

/* Skips white space and byte-order marks around the access token. Error messages do not contain it, because it
 * is secret. */
static tokenwire_code check_token(tokenwire_client *client, tokenwire_error *error) {
  static const char MARK[] = "\xEF\xBB\xBF", BLANKS[] = " \t\r\n\v\f";
  char *token = (char *)client->options.token;
  if (!token) return TOKENWIRE_OK;
  char *begin = token, *end = token + strlen(token);
  for (size_t skipped = 1; skipped > 0; begin += skipped)
    skipped = strncmp(begin, MARK, 3) == 0 ? 3 : strspn(begin, BLANKS);
  while (end > begin && (strchr(BLANKS, end[-1]) || (end - begin >= 3 && !memcmp(end - 3, MARK, 3))))
    end -= strchr(BLANKS, end[-1]) ? 1 : 3;
  memmove(token, begin, (size_t)(end - begin));
  token[end - begin] = '\0';
  if (*token == '\0')
    return fail(error, TOKENWIRE_INVALID_ARGUMENT, "token is empty: give NULL to call without one");
  for (const char *place = token; *place; place++)
    if (*place <= ' ' || *place > '~')
      return fail(error, TOKENWIRE_INVALID_ARGUMENT,
                  "token has blanks, control characters or others that no token has: it must be one "
                  "word, as it was issued");
  return TOKENWIRE_OK;
}

static tokenwire_code parse_server(tokenwire_client *client, tokenwire_error *error) {
  const char *server = client->options.server;
  if (strncmp(server, "unix:/", 6) == 0) {
    client->host = copy_text(server + 5);
    return TOKENWIRE_OK;
  }
  const char *colon = strrchr(server, ':');
  size_t length = colon ? (size_t)(colon - server) : 0;
  bool is_bracketed = length > 2 && server[0] == '[' && server[length - 1] == ']';
  const char *host = is_bracketed ? server + 1 : server;
  if (is_bracketed) length -= 2;
  char *end = NULL;
  long port = colon && colon[1] >= '0' && colon[1] <= '9' ? strtol(colon + 1, &end, 10) : -1;
  bool has_blanks = strpbrk(server, " \t\r\n\v\f") != NULL;
  if (length == 0 || has_blanks || port < 0 || port > 65535 || *end != '\0' ||
      (!is_bracketed && memchr(host, ':', length)))
    return fail(error, TOKENWIRE_INVALID_ARGUMENT,
                "\"%s\" is no server: give host:port, such as 127.0.0.1:7437, or unix:/path", server);
  client->host = allocate(length + 1);
  memcpy(client->host, host, length);
  client->port = copy_text(colon + 1);
  return TOKENWIRE_OK;
}

tokenwire_client *tokenwire_connect(const tokenwire_options *options, tokenwire_error *error) {
  if (!options) {
    fail(error, TOKENWIRE_INVALID_ARGUMENT, "options is NULL: begin with TOKENWIRE_OPTIONS_INIT");
    return NULL;
  }
  tokenwire_client *client = allocate(sizeof *client);
  client->fd = -1;
  client->options = *options;
  client->options.server = copy_text(options->server);
  client->options.token = copy_text(options->token);
  client->options.tls_ca = copy_text(options->tls_ca);
  client->options.tls_certificate = copy_text(options->tls_certificate);
  client->options.tls_key = copy_text(options->tls_key);
  client->options.tls_server_name = copy_text(options->tls_server_name);
  if (check_options(options, error) == TOKENWIRE_OK &&
      check_token(client, error) == TOKENWIRE_OK && parse_server(client, error) == TOKENWIRE_OK &&
      (!options->tls || make_tls_context(client, error) == TOKENWIRE_OK) &&
      open_connection(client, options->connect_timeout, error) == TOKENWIRE_OK) {
    succeed(error);
    return client;
  }
  tokenwire_close(client);
  return NULL;
}

void tokenwire_close(tokenwire_client *client) {
  if (!client) return;
  tokenwire_error error;
  fail(&error, TOKENWIRE_UNAVAILABLE, "The connection is closed");
  client->is_busy = true; /* No callback opens another one. */
  disconnect(client, &error);
  SSL_CTX_free(client->tls_context);
  free((char *)client->options.server);
  free((char *)client->options.token);
  free((char *)client->options.tls_ca);
  free((char *)client->options.tls_certificate);
  free((char *)client->options.tls_key);
  free((char *)client->options.tls_server_name);
  free(client->host);
  free(client->port);
  free(client);
}

/* ---- Steps ---- */

/* In a forked process, leaves the connection to the parent, and ends its calls here. */
static bool was_forked(tokenwire_client *client, tokenwire_error *error) {
  if (client->fd < 0 || client->process == getpid()) return false;
  fail(error, TOKENWIRE_UNAVAILABLE,
       "The process was forked while the call was under way: it belongs to the parent; make another one "
       "here");
  client->is_ending = false;
  return true;
}

int tokenwire_fd(const tokenwire_client *client) { return client ? client->fd : -1; }

short tokenwire_poll_events(const tokenwire_client *client) {
  return client && client->sealed.length + client->output.length > 0 ? POLLIN | POLLOUT : POLLIN;
}

/* When to send a PING, or to treat the server as dead; 0 is never. */
static double next_check(const tokenwire_client *client) {
  if (client->fd < 0 || client->agreement != AGREED) return 0;
  return client->ping_sent > 0 ? client->ping_sent + client->options.keepalive
                               : client->last_bytes + client->ping_interval;
}

int tokenwire_poll_timeout(const tokenwire_client *client) {
  if (!client) return -1;
  double first = next_check(client);
  for (tokenwire_call *call = client->calls; call; call = call->next)
    if (!call->has_ended && call->deadline > 0 && (first <= 0 || call->deadline < first))
      first = call->deadline;
  return first <= 0 ? -1 : milliseconds(first - now());
}

static tokenwire_code check_times(tokenwire_client *client, tokenwire_error *error) {
  double time = now();
  for (tokenwire_call *call = client->calls; call; call = call->next) {
    if (call->has_ended || call->deadline <= 0 || call->deadline > time) continue;
    tokenwire_error late;
    deadline_exceeded(&late, call->timeout);
    abandon_call(client, call, &late);
  }
  double check = next_check(client);
  if (check <= 0 || check > time) return TOKENWIRE_OK;
  if (client->ping_sent > 0)
    return fail(error, TOKENWIRE_UNAVAILABLE, "The server has not answered a PING for %s seconds",
                text_of_seconds(client->options.keepalive).text);
  static const uint8_t opaque[8] = {0};
  put_extension_frame(client, FRAME_PING, opaque, sizeof opaque);
  client->ping_sent = time;
  return TOKENWIRE_OK;
}

tokenwire_code tokenwire_step(tokenwire_client *client, tokenwire_error *error) {
  if (!client) return fail(error, TOKENWIRE_INVALID_ARGUMENT, "client is NULL");
  if (client->is_busy)
    return fail(error, TOKENWIRE_FAILED_PRECONDITION, "tokenwire_step was called from a callback");
  if (client->fd < 0) return fail(error, TOKENWIRE_UNAVAILABLE, "The connection is closed");
  tokenwire_error reason;
  if (was_forked(client, &reason)) {
    disconnect(client, &reason);
    return give(error, &reason);
  }
  client->is_busy = true;
  int failure = send_output(client);
  tokenwire_code code = receive_input(client, &reason);
  /* Frames before the end count, too. */
  tokenwire_error broken;
  tokenwire_code received = receive_frames(client, &broken);
  if (code == TOKENWIRE_OK && received != TOKENWIRE_OK) code = give(&reason, &broken);
  if (code == TOKENWIRE_OK && failure != 0)
    code = fail(&reason, TOKENWIRE_UNAVAILABLE, "The connection failed: %s",
                explain_socket(failure));
  tokenwire_error forked;
  if (was_forked(client, &forked)) code = give(&reason, &forked); /* By a callback. */
  if (code == TOKENWIRE_OK) code = check_times(client, &reason);
  if (code == TOKENWIRE_OK) (void)send_output(client); /* The next step reports a failure. */
  client->is_busy = false;
  if (code != TOKENWIRE_OK) {
    if (client->is_ending) reason = client->ending;
    disconnect(client, &reason);
    return give(error, &reason);
  }
  sweep_calls(client);
  return succeed(error);
}

/* ---- Starting calls ---- */

const tokenwire_method tokenwire_method_generate = {
    "tokenwire.v1.Tokenwire", "Generate", &tokenwire__v1__generate_response__descriptor, true};
const tokenwire_method tokenwire_method_secure_generate = {
    "tokenwire.v1.Tokenwire", "SecureGenerate", &tokenwire__v1__generate_response__descriptor,
    true};
const tokenwire_method tokenwire_method_log_request = {
    "tokenwire.v1.Tokenwire", "LogRequest", &tokenwire__v1__log_request_response__descriptor,
    false};
const tokenwire_method tokenwire_method_query_logs = {
    "tokenwire.v1.Tokenwire", "QueryLogs", &tokenwire__v1__log_entry__descriptor, true};
const tokenwire_method tokenwire_method_erase_logs = {
    "tokenwire.v1.Tokenwire", "EraseLogs", &tokenwire__v1__erase_logs_response__descriptor, false};
const tokenwire_method tokenwire_method_list_models = {
    "tokenwire.v1.Tokenwire", "ListModels", &tokenwire__v1__list_models_response__descriptor,
    false};
const tokenwire_method tokenwire_method_count_tokens = {
    "tokenwire.v1.Tokenwire", "CountTokens", &tokenwire__v1__count_tokens_response__descriptor,
    false};
const tokenwire_method tokenwire_method_detokenize = {
    "tokenwire.v1.Tokenwire", "Detokenize", &tokenwire__v1__detokenize_response__descriptor,
    false};
const tokenwire_method tokenwire_method_abort = {
    "tokenwire.v1.Tokenwire", "Abort", &tokenwire__v1__abort_response__descriptor, false};
static const tokenwire_method method_check_health = {
    "grpc.health.v1.Health", "Check", &tokenwire__wire__health_check_response__descriptor, false};

static uint8_t *pack(const ProtobufCMessage *message, size_t *length) {
  *length = protobuf_c_message_get_packed_size(message);
  uint8_t *data = allocate(*length);
  protobuf_c_message_pack(message, data);
  return data;
}

static tokenwire_code put_request(tokenwire_client *client, const tokenwire_method *method,
                                  const ProtobufCMessage *request, double timeout,
                                  tokenwire_error *error) {
  Tokenwire__Wire__Request envelope = TOKENWIRE__WIRE__REQUEST__INIT;
  Tokenwire__Wire__KeyValue authorization = TOKENWIRE__WIRE__KEY_VALUE__INIT;
  Tokenwire__Wire__KeyValue *metadata[] = {&authorization};
  envelope.service = (char *)method->service;
  envelope.method = (char *)method->name;
  envelope.payload.data = pack(request, &envelope.payload.len);
  if (timeout > 0) envelope.timeout_nano = (int64_t)fmax(1, fmin(timeout, 1e9) * 1e9);
  if (client->options.token) {
    size_t size = strlen("Bearer ") + strlen(client->options.token) + 1;
    authorization.key = (char *)"authorization";
    authorization.value = allocate(size);
    snprintf(authorization.value, size, "Bearer %s", client->options.token);
    envelope.metadata = metadata;
    envelope.n_metadata = 1;
  }
  size_t length;
  uint8_t *data = pack(&envelope.base, &length);
  free(envelope.payload.data);
  if (client->options.token) free(authorization.value);
  uint8_t flags = method->is_streaming ? FLAG_REMOTE_CLOSED : 0;
  if (client->agreement == OFFERING) flags |= FLAG_OFFERS_EXTENSION;
  if (length <= MAXIMUM_DATA_LENGTH)
    put_frame(client, client->next_id, FRAME_REQUEST, flags, data, length);
  free(data);
  if (length <= MAXIMUM_DATA_LENGTH) return TOKENWIRE_OK;
  return fail(error, TOKENWIRE_RESOURCE_EXHAUSTED,
              "message length %zu exceed maximum message size of %d", length, MAXIMUM_DATA_LENGTH);
}

static tokenwire_call *start(tokenwire_client *client, const tokenwire_method *method,
                             const ProtobufCMessage *request, double timeout,
                             tokenwire_callbacks callbacks, bool *was_refused,
                             tokenwire_error *error) {
  tokenwire_error forked;
  if (was_forked(client, &forked) && !client->is_busy) disconnect(client, &forked);
  /* This id is reserved for the extension's frames. */
  bool is_usable = client->fd >= 0 && !client->is_ending && client->next_id < EXTENSION_STREAM;
  if (!is_usable && (client->is_busy || has_calls(client))) {
    fail(error, TOKENWIRE_UNAVAILABLE, "The connection is ending: call again when its calls have ended");
    return NULL;
  }
  if (!is_usable) {
    const tokenwire_error closed = {.code = TOKENWIRE_UNAVAILABLE};
    disconnect(client, &closed);
    double limit = client->options.connect_timeout;
    if (timeout > 0 && timeout < limit) limit = timeout;
    if (open_connection(client, limit, error) != TOKENWIRE_OK) return NULL;
  }
  if (put_request(client, method, request, timeout, error) != TOKENWIRE_OK) return NULL;
  tokenwire_call *call = allocate(sizeof *call);
  call->id = client->next_id;
  call->method = method;
  call->callbacks = callbacks;
  call->timeout = timeout;
  call->deadline = timeout > 0 ? now() + timeout : 0;
  call->granted = client->options.window;
  call->was_refused = was_refused;
  call->next = client->calls;
  client->calls = call;
  client->next_id += 2;
  return call;
}

/* Whether the program's arguments are valid. */
static tokenwire_code check_call(const tokenwire_client *client, const tokenwire_method *method,
                                 const ProtobufCMessage *request, double *timeout,
                                 tokenwire_error *error) {
  char reason[512];
  if (!client || !method)
    return fail(error, TOKENWIRE_INVALID_ARGUMENT, "%s is NULL", client ? "method" : "client");
  if (!tokenwire_check(request, reason, sizeof reason))
    return fail(error, TOKENWIRE_INVALID_ARGUMENT, "%s", reason);
  return check_timeout(timeout, error);
}

tokenwire_call *tokenwire_start(tokenwire_client *client, const tokenwire_method *method,
                                const ProtobufCMessage *request, double timeout,
                                tokenwire_callbacks callbacks, tokenwire_error *error) {
  if (check_call(client, method, request, &timeout, error) != TOKENWIRE_OK) return NULL;
  tokenwire_call *call = start(client, method, request, timeout, callbacks, NULL, error);
  if (call) succeed(error);
  return call;
}

void tokenwire_cancel(tokenwire_client *client, tokenwire_call *call) {
  if (!client || !call) return;
  tokenwire_error error;
  fail(&error, TOKENWIRE_CANCELLED, "The call was cancelled");
  memset(&call->callbacks, 0, sizeof call->callbacks);
  abandon_call(client, call, &error);
  if (!client->is_busy) sweep_calls(client);
}

/* ---- Calls that wait ---- */

typedef struct {
  bool has_ended, was_sent, was_refused;
  tokenwire_error error;
  bool (*on_message)(const ProtobufCMessage *message, void *context);
  void *context;
} waiting_call;

static bool pass_message(const ProtobufCMessage *message, void *context) {
  waiting_call *call = context;
  return !call->on_message || call->on_message(message, call->context);
}

static void note_end(const tokenwire_error *error, void *context) {
  waiting_call *call = context;
  call->error = *error;
  call->has_ended = true;
}

/* Waits at most that many seconds for something to do, and does it. */
static void wait_and_step(tokenwire_client *client, double seconds) {
  int timeout = client->fd >= 0 ? tokenwire_poll_timeout(client) : -1;
  if (seconds >= 0 && (timeout < 0 || seconds * 1e3 < timeout)) timeout = milliseconds(seconds);
  struct pollfd poll_fd = {.fd = client->fd};
  if (client->fd >= 0) poll_fd.events = tokenwire_poll_events(client);
  (void)poll(&poll_fd, 1, timeout); /* The step finds the reason of a failure. */
  if (client->fd >= 0) (void)tokenwire_step(client, NULL); /* The calls get the error. */
}

/* Other calls on the connection continue meanwhile. Returns whether there was enough time. */
static bool wait_until(tokenwire_client *client, double time, double deadline) {
  if (deadline > 0 && deadline <= time) return false;
  for (double left; (left = time - now()) > 0;) wait_and_step(client, left);
  return true;
}

/* Makes a call once. */
static void attempt(tokenwire_client *client, const tokenwire_method *method,
                    const ProtobufCMessage *request, double timeout, double deadline,
                    waiting_call *call) {
  call->has_ended = call->was_sent = call->was_refused = false;
  if (client->fd >= 0) (void)tokenwire_step(client, NULL); /* It may be closed by now. */
  if (client->fd < 0 && !wait_until(client, client->not_before, deadline)) {
    unreachable(&call->error);
    return;
  }
  double left = deadline > 0 ? deadline - now() : 0;
  if (deadline > 0 && left <= 0) {
    deadline_exceeded(&call->error, timeout);
    return;
  }
  tokenwire_callbacks callbacks = {pass_message, note_end, call};
  tokenwire_call *started =
      start(client, method, request, left, callbacks, &call->was_refused, &call->error);
  if (!started) {
    call->was_refused = true;
    return;
  }
  call->was_sent = true;
  started->timeout = timeout;
  while (!call->has_ended) wait_and_step(client, -1);
}

/* A call with a timeout is retried until then, because a server refuses calls while it loads its model. So is
 * a call that the server asks to retry. */
static bool may_try_again(const tokenwire_client *client, const waiting_call *call, unsigned attempts,
                          double deadline) {
  unsigned maximum = client->options.maximum_attempts;
  if (!call->was_refused || call->error.code != TOKENWIRE_UNAVAILABLE || maximum == 1) return false;
  bool is_awaited = call->was_sent && (deadline > 0 || call->error.retry_after > 0);
  return is_awaited || attempts < maximum;
}

tokenwire_code tokenwire_run(tokenwire_client *client, const tokenwire_method *method,
                             const ProtobufCMessage *request, double timeout,
                             bool (*on_message)(const ProtobufCMessage *message, void *context),
                             void *context, tokenwire_error *error) {
  tokenwire_code checked = check_call(client, method, request, &timeout, error);
  if (checked != TOKENWIRE_OK) return checked;
  if (client->is_busy)
    return fail(error, TOKENWIRE_FAILED_PRECONDITION,
                "A call that waits was made from a callback: use tokenwire_start there");
  double deadline = timeout > 0 ? now() + timeout : 0;
  waiting_call call = {.on_message = on_message, .context = context};
  for (unsigned attempts = 1;; attempts++) {
    attempt(client, method, request, timeout, deadline, &call);
    if (!may_try_again(client, &call, attempts, deadline)) return give(error, &call.error);
    /* Attempts to connect have their own backoff. */
    if (!call.was_sent || client->fd < 0) continue;
    double wait = call.error.retry_after > 0 ? fmax(call.error.retry_after, INITIAL_BACKOFF)
                                             : backoff(attempts);
    if (!wait_until(client, now() + wait, deadline)) {
      fail(error, TOKENWIRE_DEADLINE_EXCEEDED, "The server refused the call until its timeout: %s",
           call.error.message);
      if (error) error->retry_after = call.error.retry_after;
      return TOKENWIRE_DEADLINE_EXCEEDED;
    }
  }
}

typedef struct {
  tokenwire_on_response on_response;
  tokenwire_on_entry on_entry;
  void *context;
} reader;

static bool read_response(const ProtobufCMessage *message, void *context) {
  const reader *reader = context;
  return !reader->on_response || reader->on_response((const Tokenwire__V1__GenerateResponse *)message, reader->context);
}

static bool read_entry(const ProtobufCMessage *message, void *context) {
  const reader *reader = context;
  return !reader->on_entry || reader->on_entry((const Tokenwire__V1__LogEntry *)message, reader->context);
}

static bool append_text(const Tokenwire__V1__GenerateResponse *response, void *context) {
  if (response->event_case == TOKENWIRE__V1__GENERATE_RESPONSE__EVENT_DELTA &&
      response->delta->index == 0)
    append(context, response->delta->text, strlen(response->delta->text));
  return true;
}

/* Keeps a copy of a response, as it was on the wire. */
static bool keep_response(const ProtobufCMessage *message, void *context) {
  size_t length;
  uint8_t *data = pack(message, &length);
  if (*(ProtobufCMessage **)context) protobuf_c_message_free_unpacked(*(ProtobufCMessage **)context, NULL);
  *(ProtobufCMessage **)context = tokenwire_unpack(message->descriptor, data, length);
  free(data);
  return true;
}

static tokenwire_code run_unary(tokenwire_client *client, const tokenwire_method *method,
                                const ProtobufCMessage *request, double timeout, void *response,
                                tokenwire_error *error) {
  ProtobufCMessage *kept = NULL;
  tokenwire_code code = tokenwire_run(client, method, request, timeout, keep_response, &kept, error);
  if (code == TOKENWIRE_OK && response) {
    memcpy(response, &kept, sizeof kept);
  } else if (kept) {
    protobuf_c_message_free_unpacked(kept, NULL);
  }
  return code;
}

tokenwire_code tokenwire_generate(tokenwire_client *client,
                                  const Tokenwire__V1__GenerateRequest *request, double timeout,
                                  tokenwire_on_response on_response, void *context,
                                  tokenwire_error *error) {
  reader reader = {.on_response = on_response, .context = context};
  const tokenwire_method *method =
      client && client->options.token ? &tokenwire_method_secure_generate : &tokenwire_method_generate;
  return tokenwire_run(client, method, (const ProtobufCMessage *)request, timeout, read_response, &reader, error);
}

tokenwire_code tokenwire_secure_generate(tokenwire_client *client,
                                         const Tokenwire__V1__GenerateRequest *request,
                                         double timeout, tokenwire_on_response on_response,
                                         void *context, tokenwire_error *error) {
  reader reader = {.on_response = on_response, .context = context};
  return tokenwire_run(client, &tokenwire_method_secure_generate, (const ProtobufCMessage *)request, timeout,
                       read_response, &reader, error);
}

tokenwire_code tokenwire_text(tokenwire_client *client,
                              const Tokenwire__V1__GenerateRequest *request, double timeout,
                              char **text, tokenwire_error *error) {
  buffer joined = {0};
  if (text) *text = NULL;
  tokenwire_code code = tokenwire_generate(client, request, timeout, append_text, &joined, error);
  if (code == TOKENWIRE_OK && text) {
    append(&joined, "", 1);
    *text = (char *)joined.data;
  } else {
    clear(&joined);
  }
  return code;
}

tokenwire_code tokenwire_abort(tokenwire_client *client, const char *generation_id, double timeout,
                               tokenwire_error *error) {
  Tokenwire__V1__AbortRequest request = TOKENWIRE__V1__ABORT_REQUEST__INIT;
  if (!generation_id) return fail(error, TOKENWIRE_INVALID_ARGUMENT, "generation_id is NULL");
  request.generation_id = (char *)generation_id;
  return run_unary(client, &tokenwire_method_abort, &request.base, timeout, NULL, error);
}

tokenwire_code tokenwire_log_request(tokenwire_client *client,
                                     const Tokenwire__V1__LogRequestRequest *request,
                                     double timeout,
                                     Tokenwire__V1__LogRequestResponse **response,
                                     tokenwire_error *error) {
  return run_unary(client, &tokenwire_method_log_request, (const ProtobufCMessage *)request, timeout, response, error);
}

tokenwire_code tokenwire_query_logs(tokenwire_client *client,
                                    const Tokenwire__V1__QueryLogsRequest *request, double timeout,
                                    tokenwire_on_entry on_entry, void *context,
                                    tokenwire_error *error) {
  reader reader = {.on_entry = on_entry, .context = context};
  return tokenwire_run(client, &tokenwire_method_query_logs, (const ProtobufCMessage *)request, timeout, read_entry,
                       &reader, error);
}

tokenwire_code tokenwire_erase_logs(tokenwire_client *client, const char *user_id, double timeout,
                                    Tokenwire__V1__EraseLogsResponse **response,
                                    tokenwire_error *error) {
  Tokenwire__V1__EraseLogsRequest request = TOKENWIRE__V1__ERASE_LOGS_REQUEST__INIT;
  if (!user_id) return fail(error, TOKENWIRE_INVALID_ARGUMENT, "user_id is NULL");
  request.user_id = (char *)user_id;
  return run_unary(client, &tokenwire_method_erase_logs, &request.base, timeout, response, error);
}

tokenwire_code tokenwire_list_models(tokenwire_client *client, double timeout,
                                     Tokenwire__V1__ListModelsResponse **response,
                                     tokenwire_error *error) {
  Tokenwire__V1__ListModelsRequest request = TOKENWIRE__V1__LIST_MODELS_REQUEST__INIT;
  return run_unary(client, &tokenwire_method_list_models, &request.base, timeout, response, error);
}

tokenwire_code tokenwire_count_tokens(tokenwire_client *client,
                                      const Tokenwire__V1__CountTokensRequest *request,
                                      double timeout,
                                      Tokenwire__V1__CountTokensResponse **response,
                                      tokenwire_error *error) {
  return run_unary(client, &tokenwire_method_count_tokens, (const ProtobufCMessage *)request, timeout, response, error);
}

tokenwire_code tokenwire_detokenize(tokenwire_client *client,
                                    const Tokenwire__V1__DetokenizeRequest *request,
                                    double timeout,
                                    Tokenwire__V1__DetokenizeResponse **response,
                                    tokenwire_error *error) {
  return run_unary(client, &tokenwire_method_detokenize, (const ProtobufCMessage *)request, timeout, response, error);
}

tokenwire_code tokenwire_health(tokenwire_client *client, const char *service, double timeout,
                                bool *is_serving, tokenwire_error *error) {
  Tokenwire__Wire__HealthCheckRequest request = TOKENWIRE__WIRE__HEALTH_CHECK_REQUEST__INIT;
  Tokenwire__Wire__HealthCheckResponse *response = NULL;
  if (!service) return fail(error, TOKENWIRE_INVALID_ARGUMENT, "service is NULL");
  request.service = (char *)service;
  tokenwire_code code =
      run_unary(client, &method_check_health, &request.base, timeout, &response, error);
  if (code != TOKENWIRE_OK) return code;
  if (is_serving)
    *is_serving =
        response->status == TOKENWIRE__WIRE__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVING;
  tokenwire__wire__health_check_response__free_unpacked(response, NULL);
  return code;
}

/*
 * Tests what the conformance suite does not: calls with an event loop, several at a time, callbacks that
 * start and cancel calls, servers that refuse, go away or are silent. Runs against servers of its own,
 * which play a script, and against the one at the address that it is given.
 */
#undef NDEBUG

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <math.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "messages.h"
#include "tokenwire.h"
#include "tokenwire/wire/messages.pb-c.h"

static const char *server;

static Tokenwire__V1__GenerateRequest prompt(int max_tokens) {
  Tokenwire__V1__GenerateRequest request = TOKENWIRE__V1__GENERATE_REQUEST__INIT;
  request.input_case = TOKENWIRE__V1__GENERATE_REQUEST__INPUT_PROMPT;
  request.prompt = (char *)"go";
  request.max_tokens_presence_case =
      TOKENWIRE__V1__GENERATE_REQUEST__MAX_TOKENS_PRESENCE_MAX_TOKENS;
  request.max_tokens = max_tokens;
  return request;
}

static tokenwire_client *connect_to(const char *address, tokenwire_options options) {
  tokenwire_error error;
  options.server = address;
  tokenwire_client *client = tokenwire_connect(&options, &error);
  if (!client) fprintf(stderr, "%s\n", error.message);
  assert(client);
  return client;
}

static const tokenwire_options defaults = TOKENWIRE_OPTIONS_INIT;

/* ---- A server that plays a script ---- */

typedef struct {
  int listener, connections, requests;
  char address[32];
  pthread_t thread;
  /* Answers a request on a stream; false closes the connection. */
  bool (*answer)(int fd, uint32_t stream, int number);
} fake_server;

static void send_frame(int fd, uint32_t stream, uint8_t type, uint8_t flags, const void *data,
                       uint32_t length) {
  uint8_t header[10] = {length >> 24,       length >> 16,       length >> 8,       length, stream >> 24,
                        stream >> 16 & 255, stream >> 8 & 255, stream & 255, type,   flags};
  if (send(fd, header, sizeof header, MSG_NOSIGNAL) > 0 && length > 0)
    (void)!send(fd, data, length, MSG_NOSIGNAL);
}

static void send_status(int fd, uint32_t stream, int code, const char *message) {
  Tokenwire__Wire__Status status = TOKENWIRE__WIRE__STATUS__INIT;
  Tokenwire__Wire__Response response = TOKENWIRE__WIRE__RESPONSE__INIT;
  status.code = code;
  status.message = (char *)message;
  response.status = &status;
  uint8_t data[256];
  size_t length = tokenwire__wire__response__pack(&response, data);
  send_frame(fd, stream, 2, 0, data, (uint32_t)length);
}

static void send_erased(int fd, uint32_t stream, int64_t entries, int64_t bytes) {
  Tokenwire__V1__EraseLogsResponse erased = TOKENWIRE__V1__ERASE_LOGS_RESPONSE__INIT;
  Tokenwire__Wire__Response response = TOKENWIRE__WIRE__RESPONSE__INIT;
  erased.entries = entries;
  erased.bytes = bytes;
  uint8_t payload[256], data[256];
  response.payload.data = payload;
  response.payload.len = tokenwire__v1__erase_logs_response__pack(&erased, payload);
  size_t length = tokenwire__wire__response__pack(&response, data);
  send_frame(fd, stream, 2, 0, data, (uint32_t)length);
}

static void send_text(int fd, uint32_t stream, const char *text, bool is_last) {
  Tokenwire__V1__Delta delta = TOKENWIRE__V1__DELTA__INIT;
  Tokenwire__V1__GenerateResponse response = TOKENWIRE__V1__GENERATE_RESPONSE__INIT;
  delta.text = (char *)text;
  response.event_case = TOKENWIRE__V1__GENERATE_RESPONSE__EVENT_DELTA;
  response.delta = &delta;
  uint8_t data[256];
  size_t length = tokenwire__v1__generate_response__pack(&response, data);
  send_frame(fd, stream, 3, 0, data, (uint32_t)length);
  if (is_last) send_frame(fd, stream, 3, 5, NULL, 0);
}

static bool read_exactly(int fd, void *data, size_t length) {
  return length == 0 || recv(fd, data, length, MSG_WAITALL) == (ssize_t)length;
}

static char authorization[128];

/* Remembers what a request says of its caller. */
static void note_token(const uint8_t *data, size_t length) {
  Tokenwire__Wire__Request *request = tokenwire__wire__request__unpack(NULL, length, data);
  assert(request && request->n_metadata <= 1);
  snprintf(authorization, sizeof authorization, "%s",
           request->n_metadata ? request->metadata[0]->value : "");
  if (request->n_metadata) assert(strcmp(request->metadata[0]->key, "authorization") == 0);
  tokenwire__wire__request__free_unpacked(request, NULL);
}

static void *serve(void *argument) {
  fake_server *fake = argument;
  for (int fd; (fd = accept(fake->listener, NULL, NULL)) >= 0; close(fd)) {
    fake->connections++;
    uint8_t header[10], data[65536];
    while (read_exactly(fd, header, sizeof header)) {
      uint32_t length, stream;
      memcpy(&length, header, 4);
      memcpy(&stream, header + 4, 4);
      if (ntohl(length) > sizeof data || !read_exactly(fd, data, ntohl(length))) break;
      if (header[8] == 1) note_token(data, ntohl(length));
      if (header[8] == 1 && !fake->answer(fd, ntohl(stream), ++fake->requests)) break;
    }
  }
  return NULL;
}

static void start_server_at(fake_server *fake, const char *host, bool (*answer)(int, uint32_t, int)) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  socklen_t size = sizeof address;
  assert(inet_pton(AF_INET, host, &address.sin_addr) == 1);
  memset(fake, 0, sizeof *fake);
  fake->answer = answer;
  fake->listener = socket(AF_INET, SOCK_STREAM, 0);
  assert(bind(fake->listener, (struct sockaddr *)&address, size) == 0);
  assert(listen(fake->listener, 8) == 0);
  assert(getsockname(fake->listener, (struct sockaddr *)&address, &size) == 0);
  snprintf(fake->address, sizeof fake->address, "%s:%d", host, ntohs(address.sin_port));
  assert(pthread_create(&fake->thread, NULL, serve, fake) == 0);
}

static void start_server(fake_server *fake, bool (*answer)(int, uint32_t, int)) {
  start_server_at(fake, "127.0.0.1", answer);
}

static void stop_server(fake_server *fake) {
  shutdown(fake->listener, SHUT_RDWR);
  pthread_join(fake->thread, NULL);
  close(fake->listener);
}

/* Asks a server that plays a script for a text. */
static tokenwire_code ask(fake_server *fake, tokenwire_options options, char **text,
                          tokenwire_error *error) {
  tokenwire_client *client = connect_to(fake->address, options);
  Tokenwire__V1__GenerateRequest request = prompt(1);
  tokenwire_code code = tokenwire_text(client, &request, 0, text, error);
  tokenwire_close(client);
  stop_server(fake);
  return code;
}

static bool refuse_twice(int fd, uint32_t stream, int number) {
  if (number < 3) send_status(fd, stream, TOKENWIRE_UNAVAILABLE, "The model is loading");
  if (number == 3) send_text(fd, stream, "at last", true);
  return true;
}

static void test_a_refused_call_is_made_again(void) {
  fake_server fake;
  start_server(&fake, refuse_twice);
  char *text;
  tokenwire_error error;
  assert(ask(&fake, defaults, &text, &error) == TOKENWIRE_OK);
  assert(strcmp(text, "at last") == 0 && fake.requests == 3 && fake.connections == 1);
  free(text);
}

static bool always_refuse(int fd, uint32_t stream, int number) {
  (void)number;
  send_status(fd, stream, TOKENWIRE_UNAVAILABLE, "The model is loading");
  return true;
}

static void test_a_call_is_not_made_more_often_than_the_options_say(void) {
  fake_server fake;
  start_server(&fake, always_refuse);
  tokenwire_options options = defaults;
  options.maximum_attempts = 2;
  char *text;
  tokenwire_error error;
  assert(ask(&fake, options, &text, &error) == TOKENWIRE_UNAVAILABLE);
  assert(!text && strcmp(error.message, "The model is loading") == 0 && fake.requests == 2);
}

static bool go_away_first(int fd, uint32_t stream, int number) {
  if (number == 1) {
    static const uint8_t goaway[] = "\0\0\0\0\0\0\0\0\0\0\0\0The server stops";
    send_frame(fd, UINT32_MAX, 0xE0, 0, NULL, 0);
    send_frame(fd, UINT32_MAX, 0xE5, 0, goaway, sizeof goaway - 1);
    return true; /* A close with unread frames of the client would be a reset, and lose the above. */
  }
  send_text(fd, stream, "elsewhere", true);
  return true;
}

static void test_a_call_that_came_too_late_goes_to_another_connection(void) {
  fake_server fake;
  start_server(&fake, go_away_first);
  char *text;
  tokenwire_error error;
  assert(ask(&fake, defaults, &text, &error) == TOKENWIRE_OK);
  assert(strcmp(text, "elsewhere") == 0 && fake.connections == 2);
  free(text);
}

static bool hang_up(int fd, uint32_t stream, int number) {
  if (number == 1) send_text(fd, stream, "half a", false);
  return false;
}

static void test_a_call_that_has_begun_is_not_made_again(void) {
  fake_server fake;
  start_server(&fake, hang_up);
  char *text;
  tokenwire_error error;
  assert(ask(&fake, defaults, &text, &error) == TOKENWIRE_UNAVAILABLE);
  assert(fake.requests == 1);
}

static bool be_silent(int fd, uint32_t stream, int number) {
  (void)stream, (void)number;
  send_frame(fd, UINT32_MAX, 0xE0, 0, NULL, 0);
  return true;
}

static void test_a_server_that_does_not_answer_a_ping_is_gone(void) {
  fake_server fake;
  start_server(&fake, be_silent);
  tokenwire_options options = defaults;
  options.keepalive_interval = 0.1;
  options.keepalive = 0.2;
  char *text;
  tokenwire_error error;
  assert(ask(&fake, options, &text, &error) == TOKENWIRE_UNAVAILABLE);
  assert(strcmp(error.message, "The server has not answered a PING for 0.2 seconds") == 0);
}

static bool speak_http(int fd, uint32_t stream, int number) {
  (void)stream, (void)number;
  static const char answer[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
  (void)!send(fd, answer, sizeof answer - 1, MSG_NOSIGNAL);
  return false;
}

static void test_a_deadline_is_told_as_by_other_clients(void) {
  const double timeouts[] = {0.1, 0.0625, 1};
  const char *const texts[] = {"0.1", "0.0625", "1.0"};
  for (int i = 0; i < 3; i++) {
    fake_server fake;
    start_server(&fake, be_silent);
    tokenwire_client *client = connect_to(fake.address, defaults);
    Tokenwire__V1__GenerateRequest request = prompt(1);
    tokenwire_error error;
    char *text, expected[128];
    assert(tokenwire_text(client, &request, timeouts[i], &text, &error) ==
           TOKENWIRE_DEADLINE_EXCEEDED);
    snprintf(expected, sizeof expected,
             "The call took longer than the %s seconds that its caller gave it", texts[i]);
    assert(strcmp(error.message, expected) == 0);
    tokenwire_close(client);
    stop_server(&fake);
  }
}

static void test_an_answer_that_is_no_ttrpc_is_told(void) {
  fake_server fake;
  start_server(&fake, speak_http);
  char *text;
  tokenwire_error error;
  assert(ask(&fake, defaults, &text, &error) == TOKENWIRE_INTERNAL);
  assert(strstr(error.message, "does not follow ttrpc"));
}

static bool erase_then_refuse(int fd, uint32_t stream, int number) {
  if (number == 1) send_erased(fd, stream, 2, INT64_C(3000000000));
  if (number > 1) send_status(fd, stream, TOKENWIRE_PERMISSION_DENIED, "admin");
  return true;
}

static void test_what_was_erased_is_told(void) {
  fake_server fake;
  start_server(&fake, erase_then_refuse);
  tokenwire_client *client = connect_to(fake.address, defaults);
  Tokenwire__V1__EraseLogsResponse *erased;
  assert(tokenwire_erase_logs(client, "alice", 0, &erased, NULL) == TOKENWIRE_OK);
  assert(erased->entries == 2 && erased->bytes == INT64_C(3000000000));
  tokenwire__v1__erase_logs_response__free_unpacked(erased, NULL);
  tokenwire_error error;
  assert(tokenwire_erase_logs(client, "alice", 0, NULL, &error) == TOKENWIRE_PERMISSION_DENIED);
  assert(strcmp(error.message, "admin") == 0);
  tokenwire_close(client);
  stop_server(&fake);
}

typedef struct {
  tokenwire_client *client;
  tokenwire_call *other;
  int messages, ends;
  tokenwire_code code;
} loop_state;

static bool count_message(const ProtobufCMessage *message, void *context) {
  assert(message->descriptor == &tokenwire__v1__generate_response__descriptor);
  ((loop_state *)context)->messages++;
  return true;
}

static void count_end(const tokenwire_error *error, void *context) {
  ((loop_state *)context)->ends++;
  ((loop_state *)context)->code = error->code;
}

static tokenwire_call *start_text(tokenwire_client *client, loop_state *state, int max_tokens,
                                  double timeout,
                                  bool (*on_message)(const ProtobufCMessage *, void *)) {
  Tokenwire__V1__GenerateRequest request = prompt(max_tokens);
  tokenwire_callbacks callbacks = {on_message, count_end, state};
  state->client = client;
  return tokenwire_start(client, &tokenwire_method_generate, &request.base, timeout, callbacks, NULL);
}

/* ---- What was certainly not processed ---- */

static double seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void send_refusal(int fd, uint32_t stream, int64_t retry_seconds, int32_t retry_nanos) {
  Tokenwire__Wire__Duration delay = TOKENWIRE__WIRE__DURATION__INIT;
  Tokenwire__Wire__RetryInfo info = TOKENWIRE__WIRE__RETRY_INFO__INIT;
  Tokenwire__Wire__Any detail = TOKENWIRE__WIRE__ANY__INIT, *details[] = {&detail};
  Tokenwire__Wire__Status status = TOKENWIRE__WIRE__STATUS__INIT;
  Tokenwire__Wire__Response response = TOKENWIRE__WIRE__RESPONSE__INIT;
  uint8_t value[64], data[256];
  delay.seconds = retry_seconds;
  delay.nanos = retry_nanos;
  info.retry_delay = &delay;
  detail.type_url = (char *)"type.googleapis.com/google.rpc.RetryInfo";
  detail.value.data = value;
  detail.value.len = tokenwire__wire__retry_info__pack(&info, value);
  status.code = TOKENWIRE_UNAVAILABLE;
  status.message = (char *)"The model is loading";
  status.details = details;
  status.n_details = 1;
  response.status = &status;
  send_frame(fd, stream, 2, 0, data, (uint32_t)tokenwire__wire__response__pack(&response, data));
}

static bool load_at_once(int fd, uint32_t stream, int number) {
  (void)number;
  send_text(fd, stream, "here", true);
  return true;
}

static bool load(int fd, uint32_t stream, int number) {
  if (number < 4) send_status(fd, stream, TOKENWIRE_UNAVAILABLE, "The model is loading");
  if (number == 4) send_text(fd, stream, "at last", true);
  return true;
}

static void test_a_caller_with_time_waits_while_the_model_loads(void) {
  fake_server fake;
  start_server(&fake, load);
  tokenwire_options options = defaults;
  options.maximum_attempts = 2;
  tokenwire_client *client = connect_to(fake.address, options);
  Tokenwire__V1__GenerateRequest request = prompt(1);
  char *text;
  assert(tokenwire_text(client, &request, 60, &text, NULL) == TOKENWIRE_OK);
  assert(strcmp(text, "at last") == 0 && fake.requests == 4);
  free(text);
  tokenwire_close(client);
  stop_server(&fake);
}

static void test_a_caller_waits_no_longer_than_its_time(void) {
  fake_server fake;
  start_server(&fake, always_refuse);
  tokenwire_client *client = connect_to(fake.address, defaults);
  Tokenwire__V1__GenerateRequest request = prompt(1);
  tokenwire_error error;
  assert(tokenwire_text(client, &request, 0.5, NULL, &error) == TOKENWIRE_DEADLINE_EXCEEDED);
  assert(strcmp(error.message,
                "The server refused the call until its timeout: The model is loading") == 0);
  tokenwire_close(client);
  stop_server(&fake);
}

static bool load_and_say_how_long(int fd, uint32_t stream, int number) {
  if (number < 5) send_refusal(fd, stream, 0, 1000);
  if (number == 5) send_text(fd, stream, "at last", true);
  return true;
}

static void test_a_caller_waits_when_the_server_says_how_long(void) {
  fake_server fake;
  start_server(&fake, load_and_say_how_long);
  tokenwire_options options = defaults;
  options.maximum_attempts = 2;
  char *text;
  tokenwire_error error;
  assert(ask(&fake, options, &text, &error) == TOKENWIRE_OK && strcmp(text, "at last") == 0);
  free(text);
}

static bool want_it_yesterday(int fd, uint32_t stream, int number) {
  (void)number;
  send_refusal(fd, stream, -5, 0);
  return true;
}

static void test_a_time_before_now_is_not_known(void) {
  fake_server fake;
  start_server(&fake, want_it_yesterday);
  tokenwire_options options = defaults;
  options.maximum_attempts = 1;
  tokenwire_error error;
  assert(ask(&fake, options, NULL, &error) == TOKENWIRE_UNAVAILABLE && error.retry_after == 0);
}

/* ---- Messages as protobuf has them, and as it has not ---- */

static const char *message;
static size_t message_length;

static bool send_message(int fd, uint32_t stream, int number) {
  (void)number;
  send_frame(fd, stream, 3, 0, message, (uint32_t)message_length);
  send_frame(fd, stream, 3, 5, NULL, 0);
  return true;
}

/* The text that a message of the server comes to. */
static tokenwire_code read_text(const char *bytes, size_t length, char **text, tokenwire_error *error) {
  fake_server fake;
  message = bytes;
  message_length = length;
  start_server(&fake, send_message);
  return ask(&fake, defaults, text, error);
}
#define READ_TEXT(bytes, text, error) read_text(bytes, sizeof bytes - 1, text, error)

static void test_a_message_that_comes_in_parts_is_one(void) {
  char *text;
  tokenwire_error error;
  /* delta { text } and delta { index }, which would be another text's if it were lost or not 0. */
  assert(READ_TEXT("\x22\x07\x0a\x05" "hello" "\x22\x02\x20\x00", &text, &error) == TOKENWIRE_OK);
  assert(strcmp(text, "hello") == 0);
  free(text);
  assert(READ_TEXT("\x22\x00\x22\x00\x22\x07\x0a\x05" "hello", &text, &error) == TOKENWIRE_OK);
  assert(strcmp(text, "hello") == 0);
  free(text);
  /* What is repeated comes in its order, the packed numbers and the others. */
  ProtobufCMessage *halves = tokenwire_unpack(
      &tokenwire__v1__delta__descriptor, (const uint8_t *)"\x12\x02\x01\x02\x10\x03\x12\x01\x04", 9);
  const Tokenwire__V1__Delta *delta = (const Tokenwire__V1__Delta *)halves;
  assert(delta && delta->n_token_ids == 4);
  for (int i = 0; i < 4; i++) assert(delta->token_ids[i] == i + 1);
  protobuf_c_message_free_unpacked(halves, NULL);
  const char in_parts[] = "\x22\x04\x12\x02\x01\x02\x22\x02\x10\x03\x22\x03\x12\x01\x04";
  ProtobufCMessage *response = tokenwire_unpack(&tokenwire__v1__generate_response__descriptor,
                                                (const uint8_t *)in_parts, sizeof in_parts - 1);
  assert(response);
  delta = ((Tokenwire__V1__GenerateResponse *)response)->delta;
  assert(delta->n_token_ids == 4);
  for (int i = 0; i < 4; i++) assert(delta->token_ids[i] == i + 1);
  protobuf_c_message_free_unpacked(response, NULL);
  /* A started between them: only the second delta counts. */
  assert(READ_TEXT("\x22\x03\x0a\x01" "a" "\x1a\x00\x22\x02\x20\x00", &text, &error) ==
         TOKENWIRE_OK);
  assert(strcmp(text, "") == 0);
  free(text);
  /* A delta, then a started: it is none any more. */
  assert(READ_TEXT("\x22\x03\x0a\x01" "a" "\x22\x00\x1a\x00", &text, &error) == TOKENWIRE_OK);
  assert(strcmp(text, "") == 0);
  free(text);
}

static void test_what_is_not_known_is_skipped(void) {
  char *text;
  tokenwire_error error;
  const char *const wanted = "hello";
  /* Groups: beside the delta, within it, within each other. */
  assert(READ_TEXT("\x4b\x08\x01\x43\x0a\x01x\x44\x4c\x22\x0b\x0a\x05" "hello" "\x4b\x08\x01\x4c",
                   &text, &error) == TOKENWIRE_OK);
  assert(strcmp(text, wanted) == 0);
  free(text);
  /* A delta that is a number, a seq that is a text, a field of 2^29 - 1. */
  assert(READ_TEXT("\x20\x05\x0a\x01x\xf8\xff\xff\xff\x0f\x01\x22\x07\x0a\x05" "hello", &text, &error) ==
         TOKENWIRE_OK);
  assert(strcmp(text, wanted) == 0);
  free(text);
}

static void test_a_message_that_cannot_be_read_is_told(void) {
  const struct {
    const char *bytes;
    size_t length;
  } cases[] = {
      {"\x22\x01\xff", 3},             /* No field. */
      {"\x22\x03\x0a\x01\xff", 5},     /* Not UTF-8. */
      {"\x22\x04\x0a\x02\xc2\x41", 6}, /* Neither. */
      {"\x4b\x08\x01", 3},             /* A group without its end. */
      {"\x4b\x54", 2},                 /* With another one's. */
      {"\x4c", 1},                     /* Without its beginning. */
      {"\x22\xff\xff\xff\x7f", 5},     /* Longer than what is there. */
      {"\x00\x00", 2},                 /* Of the field 0. */
      {"\x0f", 1},                     /* Of a type that there is not. */
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    tokenwire_error error;
    char *text;
    assert(read_text(cases[i].bytes, cases[i].length, &text, &error) == TOKENWIRE_INTERNAL);
    assert(!text && strstr(error.message, "sends a message that cannot be read"));
  }
  char deep[300];
  memset(deep, 0x4b, sizeof deep);
  tokenwire_error error;
  assert(read_text(deep, sizeof deep, NULL, &error) == TOKENWIRE_INTERNAL);
}

/* ---- What a program gives ---- */

static void expect_refusal(const Tokenwire__V1__GenerateRequest *request, const char *reason) {
  tokenwire_client *client = connect_to(server, defaults);
  tokenwire_error error;
  loop_state state = {0};
  tokenwire_callbacks callbacks = {count_message, count_end, &state};
  const ProtobufCMessage *base = (const ProtobufCMessage *)request;
  assert(tokenwire_text(client, request, 0, NULL, &error) == TOKENWIRE_INVALID_ARGUMENT);
  assert(strcmp(error.message, reason) == 0);
  assert(!tokenwire_start(client, &tokenwire_method_generate, base, 0, callbacks, &error));
  assert(error.code == TOKENWIRE_INVALID_ARGUMENT && strcmp(error.message, reason) == 0);
  assert(tokenwire_poll_events(client) == POLLIN && state.ends == 0); /* Nothing is to be sent. */
  tokenwire_close(client);
}

static void test_a_request_that_cannot_be_sent_is_told(void) {
  expect_refusal(NULL, "The request is NULL");
  Tokenwire__V1__GenerateRequest request = {0};
  expect_refusal(&request, "The request is no message: begin with the INIT of its type");
  request = prompt(1);
  request.prompt = NULL;
  expect_refusal(&request, "prompt is NULL");
  request.prompt = (char *)"a\xff";
  expect_refusal(&request, "prompt is not UTF-8, at byte 1");
  request.prompt = (char *)"\xed\xa0\x80";
  expect_refusal(&request, "prompt is not UTF-8, at byte 0");
  request = prompt(1);
  request.n_stop = 1;
  expect_refusal(&request, "stop is NULL, but there are 1 of it");
  char *stop[] = {(char *)"a", NULL};
  request.stop = stop;
  request.n_stop = 2;
  expect_refusal(&request, "stop[1] is NULL");
  request = prompt(1);
  Tokenwire__V1__SamplingOptions sampling = TOKENWIRE__V1__SAMPLING_OPTIONS__INIT;
  sampling.temperature_presence_case =
      TOKENWIRE__V1__SAMPLING_OPTIONS__TEMPERATURE_PRESENCE_TEMPERATURE;
  sampling.temperature = NAN;
  request.sampling = &sampling;
  expect_refusal(&request, "sampling.temperature is no finite number");
  Tokenwire__V1__ChatMessage hi = TOKENWIRE__V1__CHAT_MESSAGE__INIT, *list[] = {&hi};
  Tokenwire__V1__ChatMessages messages = TOKENWIRE__V1__CHAT_MESSAGES__INIT;
  messages.messages = list;
  messages.n_messages = 1;
  hi.content = (char *)"\x80";
  request = prompt(1);
  request.input_case = TOKENWIRE__V1__GENERATE_REQUEST__INPUT_MESSAGES;
  request.messages = &messages;
  expect_refusal(&request, "messages.messages[0].content is not UTF-8, at byte 0");
  list[0] = NULL;
  expect_refusal(&request, "messages.messages[0] is NULL");
}

static void test_nothing_is_given(void) {
  tokenwire_client *client = connect_to(server, defaults);
  Tokenwire__V1__GenerateRequest request = prompt(2);
  tokenwire_error error;
  assert(!tokenwire_connect(NULL, &error) && error.code == TOKENWIRE_INVALID_ARGUMENT);
  assert(tokenwire_text(NULL, &request, 0, NULL, &error) == TOKENWIRE_INVALID_ARGUMENT);
  assert(strcmp(error.message, "client is NULL") == 0);
  assert(tokenwire_run(client, NULL, &request.base, 0, NULL, NULL, &error) ==
         TOKENWIRE_INVALID_ARGUMENT);
  assert(tokenwire_abort(client, NULL, 0, &error) == TOKENWIRE_INVALID_ARGUMENT);
  assert(strcmp(error.message, "generation_id is NULL") == 0);
  assert(tokenwire_erase_logs(client, NULL, 0, NULL, NULL) == TOKENWIRE_INVALID_ARGUMENT);
  assert(tokenwire_health(client, NULL, 0, NULL, NULL) == TOKENWIRE_INVALID_ARGUMENT);
  assert(tokenwire_count_tokens(client, NULL, 0, NULL, NULL) == TOKENWIRE_INVALID_ARGUMENT);
  assert(tokenwire_detokenize(client, NULL, 0, NULL, NULL) == TOKENWIRE_INVALID_ARGUMENT);
  assert(tokenwire_log_request(client, NULL, 0, NULL, NULL) == TOKENWIRE_INVALID_ARGUMENT);
  assert(tokenwire_query_logs(client, NULL, 0, NULL, NULL, NULL) == TOKENWIRE_INVALID_ARGUMENT);
  /* Nobody wants to know. */
  assert(tokenwire_generate(client, &request, 0, NULL, NULL, NULL) == TOKENWIRE_OK);
  assert(tokenwire_text(client, &request, 0, NULL, NULL) == TOKENWIRE_OK);
  assert(tokenwire_list_models(client, 0, NULL, NULL) == TOKENWIRE_OK);
  assert(tokenwire_health(client, "", 0, NULL, NULL) == TOKENWIRE_OK);
  tokenwire_cancel(client, NULL);
  assert(tokenwire_step(NULL, NULL) == TOKENWIRE_INVALID_ARGUMENT && tokenwire_fd(NULL) == -1);
  assert(strcmp(tokenwire_version(), TOKENWIRE_VERSION) == 0);
  tokenwire_close(client);
}

static void test_a_timeout_is_any_time(void) {
  tokenwire_options options = defaults;
  options.connect_timeout = INFINITY;
  options.keepalive_interval = 1e10;
  options.keepalive = INFINITY;
  tokenwire_client *client = connect_to(server, options);
  Tokenwire__V1__GenerateRequest request = prompt(1);
  tokenwire_error error;
  const double long_times[] = {0, INFINITY, 1e10, 1e300, 1e9};
  for (size_t i = 0; i < sizeof long_times / sizeof *long_times; i++)
    assert(tokenwire_text(client, &request, long_times[i], NULL, &error) == TOKENWIRE_OK);
  const double over[] = {-1, -0.001, -1e300, -INFINITY};
  for (size_t i = 0; i < sizeof over / sizeof *over; i++) {
    assert(tokenwire_text(client, &request, over[i], NULL, &error) == TOKENWIRE_DEADLINE_EXCEEDED);
    assert(strcmp(error.message, "The call's time was over before it began") == 0);
    loop_state state = {0};
    assert(!start_text(client, &state, 1, over[i], count_message) && state.ends == 0);
  }
  assert(tokenwire_text(client, &request, NAN, NULL, &error) == TOKENWIRE_INVALID_ARGUMENT);
  assert(strcmp(error.message, "timeout is no number of seconds") == 0);
  tokenwire_close(client);
}

static bool answer_with_nothing(int fd, uint32_t stream, int number) {
  (void)number;
  send_erased(fd, stream, 0, 0); /* An empty answer is one to any call. */
  return true;
}

static void test_a_token_is_what_is_between_the_blanks_and_goes_with_each_call(void) {
  fake_server fake;
  start_server(&fake, answer_with_nothing);
  const char *const good[] = {"abc", "abc\n", "abc\r\n", " abc\t", "\xEF\xBB\xBF" "abc\n", "\xEF\xBB\xBF abc"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    tokenwire_options options = defaults;
    options.token = good[i];
    tokenwire_client *client = connect_to(fake.address, options);
    Tokenwire__V1__CountTokensRequest request = TOKENWIRE__V1__COUNT_TOKENS_REQUEST__INIT;
    for (int call = 0; call < 4; call++) {
      authorization[0] = '\0';
      if (call == 0) assert(tokenwire_list_models(client, 0, NULL, NULL) == TOKENWIRE_OK);
      if (call == 1) assert(tokenwire_count_tokens(client, &request, 0, NULL, NULL) == TOKENWIRE_OK);
      if (call == 2) assert(tokenwire_abort(client, "gen-1", 0, NULL) == TOKENWIRE_OK);
      if (call == 3) assert(tokenwire_health(client, "", 0, NULL, NULL) == TOKENWIRE_OK);
      assert(strcmp(authorization, "Bearer abc") == 0);
    }
    tokenwire_close(client);
  }
  stop_server(&fake);
  const char *const bad[] = {"", " \r\n", "a b", "a\nb", "a\x1b[2J", "a\xC2\xA0", "Bearer abc"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    tokenwire_options options = defaults;
    tokenwire_error error;
    options.token = bad[i];
    assert(!tokenwire_connect(&options, &error) && error.code == TOKENWIRE_INVALID_ARGUMENT);
    assert(strncmp(error.message, "token ", 6) == 0 && !strstr(error.message, "abc"));
  }
}

/* ---- Texts that others wrote ---- */

static void expect_on_terminal(const char *text, const char *shown) {
  int ours, theirs;
  assert(openpty(&ours, &theirs, NULL, NULL, NULL) == 0);
  FILE *terminal = fdopen(theirs, "w");
  assert(terminal && tokenwire_print(terminal, text));
  char output[256] = {0};
  for (size_t length = 0; length < strlen(shown); length = strlen(output))
    assert(read(ours, output + length, sizeof output - 1 - length) > 0);
  assert(strcmp(output, shown) == 0);
  fclose(terminal);
  close(ours);
}

static void test_a_terminal_is_not_told_what_to_do(void) {
  expect_on_terminal("Gr\xC3\xBC\xC3\x9F" "e\t\xF0\x9F\x98\x80", "Gr\xC3\xBC\xC3\x9F" "e\t\xF0\x9F\x98\x80");
  expect_on_terminal("a\x1b[2J\x07\rb\x7f", "a\\x1b[2J\\x07\\x0db\\x7f");
  expect_on_terminal("\xC2\x9B" "2J", "\\u009b2J");
  expect_on_terminal("\xE2\x80\xAE\xE2\x81\xA6\xE2\x80\x8F\xD8\x9C\xE2\x80\xA8", "\\u202e\\u2066\\u200f\\u061c\\u2028");
  expect_on_terminal("\x9b\xff\xC0\x9B\xE0\x82\x9B\xED\xA0\x80\xF4\x90\x80\x80",
                     "\\x9b\\xff\\xc0\\x9b\\xe0\\x82\\x9b\\xed\\xa0\\x80\\xf4\\x90\\x80\\x80");
  /* Split between two texts. */
  expect_on_terminal("\xC2", "\\xc2");
  expect_on_terminal("\x9B", "\\x9b");
}

static void test_a_pipe_gets_every_byte(void) {
  static const char text[] = "a\x1b[2J\x07\rb\xC2\x9B\xff\xE2\x80\xAE";
  int ends[2];
  assert(pipe(ends) == 0);
  FILE *pipe = fdopen(ends[1], "w");
  assert(pipe && tokenwire_print(pipe, text));
  char output[sizeof text] = {0};
  assert(read(ends[0], output, sizeof output) == (ssize_t)strlen(text) && strcmp(output, text) == 0);
  fclose(pipe);
  close(ends[0]);
  assert(!tokenwire_print(NULL, "a") && !tokenwire_print(stdout, NULL));
}

static bool refuse_at_length(int fd, uint32_t stream, int number) {
  (void)number;
  /* 1023 bytes would end within the last of these. */
  char text[1201] = {0};
  for (size_t i = 0; i < 1200; i += 3) memcpy(text + i, "\xE2\x82\xAC", 3);
  text[0] = text[1] = text[2] = 'x';
  Tokenwire__Wire__Status status = TOKENWIRE__WIRE__STATUS__INIT;
  Tokenwire__Wire__Response response = TOKENWIRE__WIRE__RESPONSE__INIT;
  status.code = 3;
  status.message = text + 2;
  response.status = &status;
  uint8_t data[1300];
  send_frame(fd, stream, 2, 0, data, (uint32_t)tokenwire__wire__response__pack(&response, data));
  return true;
}

static void test_a_long_error_is_cut_between_characters(void) {
  fake_server fake;
  start_server(&fake, refuse_at_length);
  tokenwire_error error;
  assert(ask(&fake, defaults, NULL, &error) == TOKENWIRE_INVALID_ARGUMENT);
  assert(strlen(error.message) == 1021 && strcmp(error.message + 1018, "\xE2\x82\xAC") == 0);
}

/* ---- Names with several addresses ---- */

static const char *hosts[8]; /* Of the name "many.test". */

/* In place of the system's. */
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **list) {
  (void)hints;
  const char *const one[] = {node, NULL}, *const *names = strcmp(node, "many.test") ? one : hosts;
  *list = NULL;
  for (struct addrinfo **end = list; *names; names++, end = &(*end)->ai_next) {
    struct sockaddr_in *address = calloc(1, sizeof *address);
    *end = calloc(1, sizeof **end);
    assert(address && *end);
    address->sin_family = AF_INET;
    address->sin_port = htons((uint16_t)atoi(service));
    if (inet_pton(AF_INET, *names, &address->sin_addr) != 1) {
      free(address), free(*end), *end = NULL;
      return EAI_NONAME;
    }
    (*end)->ai_family = AF_INET;
    (*end)->ai_socktype = SOCK_STREAM;
    (*end)->ai_addr = (struct sockaddr *)address;
    (*end)->ai_addrlen = sizeof *address;
  }
  return 0;
}

void freeaddrinfo(struct addrinfo *list) {
  while (list) {
    struct addrinfo *next = list->ai_next;
    free(list->ai_addr);
    free(list);
    list = next;
  }
}

static void set_hosts(const char *one, const char *two, const char *three) {
  hosts[0] = one, hosts[1] = two, hosts[2] = three, hosts[3] = NULL;
}

/* A server at 127.0.0.2, and a listener at 127.0.0.1 on the same port, which another process may have: then
 * another port is tried. */
static int start_server_beside_listener(fake_server *fake, int backlog) {
  for (int tries = 0; tries < 100; tries++) {
    start_server_at(fake, "127.0.0.2", load_at_once);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    address.sin_port = htons((uint16_t)atoi(strchr(fake->address, ':') + 1));
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    assert(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && listen(listener, backlog) == 0)
      return listener;
    assert(errno == EADDRINUSE);
    close(listener);
    stop_server(fake);
  }
  assert(!"every port is taken");
  return -1;
}

/* Makes a listener not answer: more clients wait for it than may. */
static void make_silent(int listener, int sockets[4]) {
  struct sockaddr_in address;
  socklen_t length = sizeof address;
  assert(getsockname(listener, (struct sockaddr *)&address, &length) == 0);
  for (int i = 0; i < 4; i++) {
    sockets[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    (void)!connect(sockets[i], (struct sockaddr *)&address, sizeof address);
  }
}

static void test_a_dead_address_costs_a_share_of_the_time(void) {
  fake_server fake;
  int sockets[4];
  char address[32];
  int listener = start_server_beside_listener(&fake, 0);
  int port = atoi(strchr(fake.address, ':') + 1);
  make_silent(listener, sockets);
  snprintf(address, sizeof address, "many.test:%d", port);
  set_hosts("127.0.0.1", "127.0.0.1", "127.0.0.2");
  tokenwire_options options = defaults;
  options.connect_timeout = 60;
  double begin = seconds();
  tokenwire_client *client = connect_to(address, options);
  assert(seconds() - begin < 30); /* It would be 60 or more. */
  Tokenwire__V1__GenerateRequest request = prompt(1);
  assert(tokenwire_text(client, &request, 0, NULL, NULL) == TOKENWIRE_OK);
  tokenwire_close(client);
  /* The time to connect is that of all addresses together. */
  set_hosts("127.0.0.1", "127.0.0.1", "127.0.0.1");
  options.server = address;
  options.connect_timeout = 0.3;
  tokenwire_error error;
  assert(!tokenwire_connect(&options, &error) && error.code == TOKENWIRE_UNAVAILABLE);
  assert(strstr(error.message, ": it does not answer"));
  for (int i = 0; i < 4; i++) close(sockets[i]);
  close(listener);
  stop_server(&fake);
}

static void test_an_address_that_is_silent_in_the_handshake_is_passed_over(void) {
  fake_server fake; /* Does not speak TLS, and closes. */
  int silent = start_server_beside_listener(&fake, 8);
  int port = atoi(strchr(fake.address, ':') + 1);
  char name[32];
  snprintf(name, sizeof name, "many.test:%d", port);
  set_hosts("127.0.0.1", "127.0.0.2", NULL);
  tokenwire_options options = defaults;
  tokenwire_error error;
  options.server = name;
  options.tls = true;
  options.connect_timeout = 2;
  assert(!tokenwire_connect(&options, &error) && error.code == TOKENWIRE_UNAVAILABLE);
  assert(strstr(error.message, "it does not answer; the server ended the TLS handshake"));
  close(silent);
  stop_server(&fake);
}

static void test_all_addresses_may_fail(void) {
  tokenwire_options options = defaults;
  tokenwire_error error;
  set_hosts("127.0.0.1", "127.0.0.2", NULL);
  options.server = "many.test:1";
  assert(!tokenwire_connect(&options, &error) && error.code == TOKENWIRE_UNAVAILABLE);
  assert(strcmp(error.message, "Cannot connect to many.test:1: nothing listens there") == 0);
  options.server = "none.test:1";
  assert(!tokenwire_connect(&options, &error));
  assert(strstr(error.message, "no address is known for that name"));
  options.server = "unix:/nowhere/socket";
  assert(!tokenwire_connect(&options, &error) && strstr(error.message, "there is no such file"));
}

/* ---- A process that is forked ---- */

static pid_t child;
static int forks;

static bool fork_once(const Tokenwire__V1__GenerateResponse *response, void *context) {
  (void)response, (void)context;
  if (forks++ == 0) child = fork();
  return true;
}

static void test_a_process_may_fork_in_the_middle_of_a_stream(void) {
  tokenwire_client *client = connect_to(server, defaults);
  Tokenwire__V1__GenerateRequest request = prompt(50);
  tokenwire_error error;
  char *text;
  forks = 0;
  tokenwire_code code = tokenwire_generate(client, &request, 0, fork_once, NULL, &error);
  bool is_right = code == TOKENWIRE_OK;
  if (child == 0) is_right = code == TOKENWIRE_UNAVAILABLE && strstr(error.message, "was forked");
  /* Both go on, each with a connection of its own. */
  is_right = is_right && tokenwire_text(client, &request, 10, &text, NULL) == TOKENWIRE_OK;
  if (is_right) free(text);
  tokenwire_close(client);
  if (child == 0) _exit(is_right ? 0 : 1);
  int status;
  assert(is_right && waitpid(child, &status, 0) == child && status == 0);
}

/* ---- A real server ---- */

static void run_loop(tokenwire_client *client, const int *ends, int wanted) {
  while (*ends < wanted) {
    struct pollfd poll_fd = {tokenwire_fd(client), tokenwire_poll_events(client), 0};
    assert(poll(&poll_fd, 1, tokenwire_poll_timeout(client)) >= 0);
    assert(tokenwire_step(client, NULL) == TOKENWIRE_OK);
  }
}

static void test_a_loop_makes_many_calls_at_once(void) {
  tokenwire_client *client = connect_to(server, defaults);
  loop_state states[20] = {0}, total = {0};
  for (int i = 0; i < 20; i++) assert(start_text(client, &states[i], 10 + i, 0, count_message));
  for (int i = 0; i < 20; i++) run_loop(client, &states[i].ends, 1);
  for (int i = 0; i < 20; i++) total.messages += states[i].messages, total.ends += states[i].ends;
  for (int i = 0; i < 20; i++) assert(states[i].code == TOKENWIRE_OK);
  assert(total.ends == 20 && total.messages >= 3 * 20);
  tokenwire_close(client);
}

static void test_a_call_of_a_loop_ends_by_its_timeout(void) {
  tokenwire_client *client = connect_to(server, defaults);
  loop_state state = {0};
  assert(start_text(client, &state, 100000000, 0.1, count_message));
  run_loop(client, &state.ends, 1);
  assert(state.code == TOKENWIRE_DEADLINE_EXCEEDED);
  tokenwire_close(client);
}

static bool cancel_other(const ProtobufCMessage *message, void *context) {
  (void)message;
  loop_state *state = context;
  Tokenwire__V1__GenerateRequest request = prompt(1);
  char *text;
  assert(tokenwire_text(state->client, &request, 0, &text, NULL) ==
         TOKENWIRE_FAILED_PRECONDITION);
  if (state->other) tokenwire_cancel(state->client, state->other);
  state->other = NULL;
  state->messages++;
  return true;
}

static void test_a_callback_may_cancel_another_call(void) {
  tokenwire_client *client = connect_to(server, defaults);
  loop_state endless = {0}, state = {0};
  state.other = start_text(client, &endless, 100000000, 0, count_message);
  assert(start_text(client, &state, 5, 0, cancel_other));
  run_loop(client, &state.ends, 1);
  assert(state.code == TOKENWIRE_OK && !state.other && endless.ends == 0);
  tokenwire_close(client);
}

static bool cancel_itself(const ProtobufCMessage *message, void *context) {
  (void)message;
  loop_state *state = context;
  state->messages++;
  tokenwire_cancel(state->client, state->other);
  return true;
}

static void test_a_callback_may_cancel_its_own_call(void) {
  tokenwire_client *client = connect_to(server, defaults);
  loop_state state = {0}, next = {0};
  state.other = start_text(client, &state, 100000000, 0, cancel_itself);
  assert(start_text(client, &next, 5, 0, count_message));
  run_loop(client, &next.ends, 1);
  assert(state.messages == 1 && state.ends == 0);
  tokenwire_close(client);
}

static void test_a_call_that_is_cancelled_at_once_comes_to_nothing(void) {
  tokenwire_client *client = connect_to(server, defaults);
  loop_state state = {0}, next = {0};
  tokenwire_cancel(client, start_text(client, &state, 100000000, 0, count_message));
  assert(start_text(client, &next, 5, 0, count_message));
  run_loop(client, &next.ends, 1);
  assert(state.messages == 0 && state.ends == 0 && next.code == TOKENWIRE_OK);
  tokenwire_close(client);
}

static void test_closing_a_client_ends_its_calls(void) {
  tokenwire_client *client = connect_to(server, defaults);
  loop_state state = {0};
  assert(start_text(client, &state, 100000000, 0, count_message));
  tokenwire_close(client);
  assert(state.ends == 1 && state.code == TOKENWIRE_UNAVAILABLE);
}

static void test_options_that_cannot_be_used_are_told(void) {
  tokenwire_error error;
  const char *servers[] = {"", "localhost", "host:65536", "::1:7437", "unix:socket", ":1", "a:b"};
  tokenwire_options options = defaults;
  for (size_t i = 0; i < sizeof servers / sizeof *servers; i++) {
    options.server = servers[i];
    assert(!tokenwire_connect(&options, &error) && error.code == TOKENWIRE_INVALID_ARGUMENT);
  }
  const tokenwire_options nothing = {0};
  assert(!tokenwire_connect(&nothing, &error) && error.code == TOKENWIRE_INVALID_ARGUMENT);
  assert(strstr(error.message, "begin with TOKENWIRE_OPTIONS_INIT"));
  options = defaults;
  options.keepalive = -1;
  assert(!tokenwire_connect(&options, &error) && error.code == TOKENWIRE_INVALID_ARGUMENT);
  options = defaults;
  options.tls = true;
  options.tls_ca = "/nowhere";
  assert(!tokenwire_connect(&options, &error) && error.code == TOKENWIRE_INVALID_ARGUMENT);
  assert(strstr(error.message, "/nowhere is no file of authorities"));
  options.tls_ca = NULL;
  options.tls_key = "key";
  assert(!tokenwire_connect(&options, &error) && strstr(error.message, "belong together"));
}

#define RUN(test) (test(), printf("ok %s\n", #test), fflush(stdout), passed++)

static void add_piece(tokenwire_answer *answer, const char *text, const char *thought, int call,
                      const char *id, const char *arguments) {
  Tokenwire__V1__Delta delta = TOKENWIRE__V1__DELTA__INIT;
  Tokenwire__V1__ToolCallDelta piece = TOKENWIRE__V1__TOOL_CALL_DELTA__INIT, *pieces[] = {&piece};
  delta.text = (char *)text;
  delta.reasoning_text = (char *)thought;
  delta.index = 1;
  piece.index = call;
  piece.id = piece.name = (char *)id;
  piece.arguments = (char *)arguments;
  delta.tool_calls = pieces;
  delta.n_tool_calls = call < 0 ? 0 : 1;
  assert(tokenwire_answer_add(answer, &delta));
  delta.index = 0;
  assert(tokenwire_answer_add(answer, &delta));
}

static void test_an_answer_is_joined_from_its_deltas(void) {
  tokenwire_answer *answer = tokenwire_answer_new(1);
  const Tokenwire__V1__ChatMessage *message = tokenwire_answer_message(answer);
  assert(strcmp(message->role, "assistant") == 0 && !*message->content && !message->n_tool_calls);
  add_piece(answer, "", "Hm, ", -1, "", "");
  add_piece(answer, "", "well.", -1, "", "");
  add_piece(answer, "I look.", "", 1, "b", "{}");
  add_piece(answer, "", "", 0, "a", "{\"at\":");
  for (int i = 0; i < 100; i++) add_piece(answer, "", "", 0, "", " ");
  add_piece(answer, "", "", 0, "", "1}");
  message = tokenwire_answer_message(answer);
  assert(strcmp(message->content, "I look.") == 0);
  assert(strcmp(message->reasoning_text, "Hm, well.") == 0);
  assert(message->n_tool_calls == 2);
  assert(strcmp(message->tool_calls[0]->id, "a") == 0);
  assert(strlen(message->tool_calls[0]->arguments) == strlen("{\"at\":1}") + 100);
  assert(strcmp(message->tool_calls[1]->name, "b") == 0);
  assert(strcmp(message->tool_calls[1]->arguments, "{}") == 0);
  uint8_t data[512];
  assert(tokenwire__v1__chat_message__pack(message, data) > 0);
  tokenwire_answer_free(answer);
  tokenwire_answer_free(NULL);
}

int main(int count, char **arguments) {
  assert(count == 2);
  server = arguments[1];
  int passed = 0;
  RUN(test_a_refused_call_is_made_again);
  RUN(test_a_call_is_not_made_more_often_than_the_options_say);
  RUN(test_a_call_that_came_too_late_goes_to_another_connection);
  RUN(test_a_call_that_has_begun_is_not_made_again);
  RUN(test_a_server_that_does_not_answer_a_ping_is_gone);
  RUN(test_a_deadline_is_told_as_by_other_clients);
  RUN(test_an_answer_that_is_no_ttrpc_is_told);
  RUN(test_what_was_erased_is_told);
  RUN(test_a_caller_with_time_waits_while_the_model_loads);
  RUN(test_a_caller_waits_no_longer_than_its_time);
  RUN(test_a_caller_waits_when_the_server_says_how_long);
  RUN(test_a_time_before_now_is_not_known);
  RUN(test_a_message_that_comes_in_parts_is_one);
  RUN(test_what_is_not_known_is_skipped);
  RUN(test_a_message_that_cannot_be_read_is_told);
  RUN(test_a_request_that_cannot_be_sent_is_told);
  RUN(test_an_answer_is_joined_from_its_deltas);
  RUN(test_nothing_is_given);
  RUN(test_a_timeout_is_any_time);
  RUN(test_a_token_is_what_is_between_the_blanks_and_goes_with_each_call);
  RUN(test_a_terminal_is_not_told_what_to_do);
  RUN(test_a_pipe_gets_every_byte);
  RUN(test_a_long_error_is_cut_between_characters);
  RUN(test_a_dead_address_costs_a_share_of_the_time);
  RUN(test_an_address_that_is_silent_in_the_handshake_is_passed_over);
  RUN(test_all_addresses_may_fail);
  RUN(test_a_process_may_fork_in_the_middle_of_a_stream);
  RUN(test_a_loop_makes_many_calls_at_once);
  RUN(test_a_call_of_a_loop_ends_by_its_timeout);
  RUN(test_a_callback_may_cancel_another_call);
  RUN(test_a_callback_may_cancel_its_own_call);
  RUN(test_a_call_that_is_cancelled_at_once_comes_to_nothing);
  RUN(test_closing_a_client_ends_its_calls);
  RUN(test_options_that_cannot_be_used_are_told);
  printf("%d passed, 0 failed\n", passed);
  return 0;
}

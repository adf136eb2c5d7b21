/*
 * Tests what the conformance suite does not: calls with an event loop, several at a time, callbacks that
 * start and cancel calls, servers that refuse, go away or are silent. Runs against servers of its own,
 * which play a script, and against the one at the address that it is given.
 */
#undef NDEBUG

#include <arpa/inet.h>
#include <assert.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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

static void *serve(void *argument) {
  fake_server *fake = argument;
  for (int fd; (fd = accept(fake->listener, NULL, NULL)) >= 0; close(fd)) {
    fake->connections++;
    uint8_t header[10], data[65536];
    while (read_exactly(fd, header, sizeof header)) {
      uint32_t length, stream;
      memcpy(&length, header, 4);
      memcpy(&stream, header + 4, 4);
      if (!read_exactly(fd, data, ntohl(length))) break;
      if (header[8] == 1 && !fake->answer(fd, ntohl(stream), ++fake->requests)) break;
    }
  }
  return NULL;
}

static void start_server(fake_server *fake, bool (*answer)(int, uint32_t, int)) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  memset(fake, 0, sizeof *fake);
  fake->answer = answer;
  fake->listener = socket(AF_INET, SOCK_STREAM, 0);
  assert(bind(fake->listener, (struct sockaddr *)&address, size) == 0);
  assert(listen(fake->listener, 8) == 0);
  assert(getsockname(fake->listener, (struct sockaddr *)&address, &size) == 0);
  snprintf(fake->address, sizeof fake->address, "127.0.0.1:%d", ntohs(address.sin_port));
  assert(pthread_create(&fake->thread, NULL, serve, fake) == 0);
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

/* ---- A real server ---- */

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

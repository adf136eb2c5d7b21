/*
 * Gives the client bytes of hostile servers, under a sanitizer or valgrind: hostile SEED COUNT
 * The calls may fail in any way that has a code; they must end, and nothing may be read or written that is not
 * the client's.
 */
#undef NDEBUG

#include <arpa/inet.h>
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "messages.h"
#include "tokenwire.h"
#include "tokenwire/wire/messages.pb-c.h"

static uint64_t state;

/* Below the limit; the same numbers for the same seed. */
static uint32_t chance(uint32_t limit) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (uint32_t)(state >> 32) % limit;
}

/* Puts a message of the API into `data`, with some of its bytes changed, left out or repeated. */
static size_t mutated_message(uint8_t *data) {
  Tokenwire__V1__Logprob chosen = TOKENWIRE__V1__LOGPROB__INIT;
  Tokenwire__V1__Logprob *top[] = {&chosen, &chosen};
  Tokenwire__V1__TokenLogprobs logprobs = TOKENWIRE__V1__TOKEN_LOGPROBS__INIT;
  Tokenwire__V1__TokenLogprobs *all[] = {&logprobs};
  Tokenwire__V1__Delta delta = TOKENWIRE__V1__DELTA__INIT;
  Tokenwire__V1__Started started = TOKENWIRE__V1__STARTED__INIT;
  Tokenwire__V1__Usage usage = TOKENWIRE__V1__USAGE__INIT;
  Tokenwire__V1__Finished finished = TOKENWIRE__V1__FINISHED__INIT;
  Tokenwire__V1__GenerateResponse response = TOKENWIRE__V1__GENERATE_RESPONSE__INIT;
  int32_t ids[] = {1, 2, 300};
  chosen.token.data = (uint8_t *)"ab";
  chosen.token.len = 2;
  logprobs.chosen = &chosen;
  logprobs.top = top;
  logprobs.n_top = 2;
  delta.text = (char *)"Gr\xC3\xBC\xC3\x9F" "e";
  delta.token_ids = ids;
  delta.n_token_ids = 3;
  delta.logprobs = all;
  delta.n_logprobs = 1;
  started.generation_id = (char *)"gen-1";
  finished.usage = &usage;
  usage.prompt_tokens = 5;
  response.event_case = TOKENWIRE__V1__GENERATE_RESPONSE__EVENT_STARTED + chance(3);
  response.started = &started;
  if (response.event_case == TOKENWIRE__V1__GENERATE_RESPONSE__EVENT_DELTA) response.delta = &delta;
  if (response.event_case == TOKENWIRE__V1__GENERATE_RESPONSE__EVENT_FINISHED)
    response.finished = &finished;
  size_t length = tokenwire__v1__generate_response__pack(&response, data);
  for (uint32_t changes = chance(4); changes > 0; changes--) {
    size_t place = chance((uint32_t)length + 1);
    switch (chance(4)) {
      case 0: data[place % (length + 1)] = (uint8_t)chance(256); break;
      case 1: length = place; break;
      case 2: /* Twice, so that fields are. */
        memcpy(data + length, data, length);
        length *= 2;
        break;
      default: data[place] ^= (uint8_t)(1 << chance(8));
    }
  }
  return length;
}

static void read_mutated_messages(int count) {
  int readable = 0;
  for (int i = 0; i < count; i++) {
    uint8_t buffer[4096] = {0};
    size_t length = mutated_message(buffer);
    uint8_t *exactly = malloc(length ? length : 1); /* So that one byte too far is seen. */
    assert(exactly);
    memcpy(exactly, buffer, length);
    ProtobufCMessage *message =
        tokenwire_unpack(&tokenwire__v1__generate_response__descriptor, exactly, length);
    free(exactly);
    readable += message != NULL;
    if (message) protobuf_c_message_free_unpacked(message, NULL);
  }
  assert(readable > 0 && readable < count);
  printf("ok %d of %d changed messages could be read\n", readable, count);
}

static void send_bytes(int fd, const void *data, size_t length) {
  if (length > 0) (void)!send(fd, data, length, MSG_NOSIGNAL);
}

static void send_random_frame(int fd) {
  static const uint8_t types[] = {1, 2, 3, 3, 3, 0xE0, 0xE1, 0xE2, 0xE3, 0xE4, 0xE5};
  static const uint8_t flags[] = {0, 0, 0, 1, 4, 5, 255};
  static const uint32_t streams[] = {1, 1, 1, 1, 3, UINT32_MAX, UINT32_MAX, 0, 2};
  uint8_t data[4096] = {0};
  size_t length = chance(3) ? mutated_message(data) : chance(64);
  uint32_t stated = chance(30) ? (uint32_t)length
                               : (const uint32_t[]){4194304, 4194305, UINT32_MAX, 1u << 31}[chance(4)];
  uint8_t header[10];
  uint32_t stream = chance(20) ? streams[chance(9)] : chance(UINT32_MAX);
  for (int i = 0; i < 4; i++) header[i] = (uint8_t)(stated >> (24 - 8 * i));
  for (int i = 0; i < 4; i++) header[4 + i] = (uint8_t)(stream >> (24 - 8 * i));
  header[8] = chance(20) ? types[chance(11)] : (uint8_t)chance(256);
  header[9] = flags[chance(7)];
  send_bytes(fd, header, chance(50) ? sizeof header : chance(10));
  send_bytes(fd, data, length);
}

static void *serve(void *argument) {
  int listener = *(int *)argument;
  for (int fd; (fd = accept(listener, NULL, NULL)) >= 0; close(fd)) {
    uint8_t ignored[4096];
    if (recv(fd, ignored, sizeof ignored, 0) <= 0) continue;
    static const uint8_t settings[] = {0, 0, 0, 0, 255, 255, 255, 255, 0xE0, 0};
    if (chance(2)) send_bytes(fd, settings, sizeof settings);
    for (uint32_t frames = chance(40); frames > 0; frames--) send_random_frame(fd);
    shutdown(fd, SHUT_WR);
    while (recv(fd, ignored, sizeof ignored, 0) > 0) continue;
  }
  return NULL;
}

static void call_hostile_servers(int count) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0), codes[17] = {0};
  assert(bind(listener, (struct sockaddr *)&address, size) == 0 && listen(listener, 8) == 0);
  assert(getsockname(listener, (struct sockaddr *)&address, &size) == 0);
  pthread_t thread;
  assert(pthread_create(&thread, NULL, serve, &listener) == 0);
  char server[32];
  snprintf(server, sizeof server, "127.0.0.1:%d", ntohs(address.sin_port));
  for (int i = 0; i < count; i++) {
    tokenwire_options options = TOKENWIRE_OPTIONS_INIT;
    options.server = server;
    options.maximum_attempts = 1;
    tokenwire_client *client = tokenwire_connect(&options, NULL);
    assert(client);
    Tokenwire__V1__GenerateRequest request = TOKENWIRE__V1__GENERATE_REQUEST__INIT;
    request.input_case = TOKENWIRE__V1__GENERATE_REQUEST__INPUT_PROMPT;
    request.prompt = (char *)"go";
    char *text = NULL;
    tokenwire_error error;
    tokenwire_code code;
    if (i % 3 == 2) {
      Tokenwire__V1__ListModelsResponse *models = NULL;
      code = tokenwire_list_models(client, 60, &models, &error);
      if (models) tokenwire__v1__list_models_response__free_unpacked(models, NULL);
    } else {
      code = tokenwire_text(client, &request, 60, &text, &error);
    }
    assert(code <= TOKENWIRE_UNAUTHENTICATED && code != TOKENWIRE_DEADLINE_EXCEEDED);
    assert(code == error.code);
    codes[code]++;
    free(text);
    tokenwire_close(client);
  }
  shutdown(listener, SHUT_RDWR);
  pthread_join(thread, NULL);
  close(listener);
  printf("ok %d calls of hostile servers:", count);
  for (int code = 0; code <= TOKENWIRE_UNAUTHENTICATED; code++)
    if (codes[code]) printf(" %s %d", tokenwire_code_name(code), codes[code]);
  printf("\n");
}

int main(int count, char **arguments) {
  assert(count == 3);
  int number = atoi(arguments[2]);
  state = (uint64_t)atoi(arguments[1]) * UINT64_C(0x9E3779B97F4A7C15) + 1;
  read_mutated_messages(100 * number);
  call_hostile_servers(number);
  return 0;
}

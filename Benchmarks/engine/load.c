// Puts callers on a server that streams texts, and takes the time of every message.
//
//	load tokenwire|openai HOST:PORT CALLERS TEXTS TOKENS [SCHEMA] < PROMPTS
//
// Each caller has a connection and a thread, and asks for TEXTS greedy texts of TOKENS tokens, one
// after the other, JSON that satisfies SCHEMA if there is one; standard input has a prompt a line for
// each. Prints one JSON object: how many
// tokens in how many seconds, and in milliseconds how long each text's first message took and each
// later one took from that before it.
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tokenwire.h"

enum { kLongestLine = 64 * 1024 };

typedef struct {
  double begin, last;
  int tokens, firstCount, gapCount;
  double *firsts, *gaps;
} Times;

typedef struct {
  pthread_t thread;
  char** prompts;
  Times times;
} Caller;

static const char *server, *schema;
static int texts, length;
static pthread_barrier_t connected;

static void Check(int isFine, const char* what) {
  if (isFine) return;
  fprintf(stderr, "load: %s\n", what);
  exit(1);
}

static double Milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void Begin(Times* times) {
  times->begin = Milliseconds();
  times->last = 0;
}

static void TakeMessage(Times* times, int tokens) {
  double now = Milliseconds();
  times->tokens += tokens;
  if (times->last == 0) {
    times->firsts[times->firstCount++] = now - times->begin;
  } else {
    times->gaps[times->gapCount++] = now - times->last;
  }
  times->last = now;
}

// Tokenwire.

static bool TakeResponse(const Tokenwire__V1__GenerateResponse* response, void* times) {
  if (response->event_case == TOKENWIRE__V1__GENERATE_RESPONSE__EVENT_DELTA) {
    TakeMessage(times, (int)response->delta->n_token_ids);
  }
  return true;
}

static void* CallTokenwire(void* argument) {
  Caller* caller = argument;
  tokenwire_options options = TOKENWIRE_OPTIONS_INIT;
  options.server = server;
  tokenwire_error error;
  tokenwire_client* client = tokenwire_connect(&options, &error);
  Check(client != NULL, error.message);
  pthread_barrier_wait(&connected);
  for (int text = 0; text < texts; ++text) {
    Tokenwire__V1__SamplingOptions sampling = TOKENWIRE__V1__SAMPLING_OPTIONS__INIT;
    sampling.temperature_presence_case = TOKENWIRE__V1__SAMPLING_OPTIONS__TEMPERATURE_PRESENCE_TEMPERATURE;
    sampling.temperature = 0;
    sampling.ignore_eos = 1;
    Tokenwire__V1__GenerateRequest request = TOKENWIRE__V1__GENERATE_REQUEST__INIT;
    request.input_case = TOKENWIRE__V1__GENERATE_REQUEST__INPUT_PROMPT;
    request.prompt = caller->prompts[text];
    request.sampling = &sampling;
    request.max_tokens_presence_case = TOKENWIRE__V1__GENERATE_REQUEST__MAX_TOKENS_PRESENCE_MAX_TOKENS;
    request.max_tokens = length;
    if (schema) {
      request.constraint_case = TOKENWIRE__V1__GENERATE_REQUEST__CONSTRAINT_JSON_SCHEMA;
      request.json_schema = (char*)schema;
    }
    Begin(&caller->times);
    Check(!tokenwire_generate(client, &request, 0, TakeResponse, &caller->times, &error), error.message);
  }
  tokenwire_close(client);
  return NULL;
}

// What OpenAI's API calls completions: server-sent events, one for each token.

static FILE* Connect(void) {
  char host[256];
  Check(sscanf(server, "%255[^:]", host) == 1, "the address is not HOST:PORT");
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
  Check(getaddrinfo(host, strchr(server, ':') + 1, &hints, &found) == 0, "the host is not known");
  int descriptor = socket(found->ai_family, SOCK_STREAM, 0);
  Check(connect(descriptor, found->ai_addr, found->ai_addrlen) == 0, "the server cannot be reached");
  freeaddrinfo(found);
  FILE* stream = fdopen(descriptor, "r+");
  Check(stream != NULL, "fdopen failed");
  return stream;
}

// The text as it is written in a JSON string; lines of standard input have no control characters.
static char* Escaped(const char* text) {
  char *escaped = malloc(2 * strlen(text) + 1), *end = escaped;
  Check(escaped != NULL, "there is too little memory");
  for (; *text; ++text) {
    if (*text == '"' || *text == '\\') *end++ = '\\';
    *end++ = *text;
  }
  *end = 0;
  return escaped;
}

static void Complete(FILE* stream, const char* prompt, Times* times) {
  static const char* format =
    "{\"prompt\": \"%s\", \"max_tokens\": %d, \"temperature\": 0, \"stream\": true, \"ignore_eos\": true%s%s}";
  const char *constraint = schema ? ", \"json_schema\": " : "", *given = schema ? schema : "";
  char* escaped = Escaped(prompt);
  int size = snprintf(NULL, 0, format, escaped, length, constraint, given);
  fprintf(stream, "POST /v1/completions HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n", server);
  fprintf(stream, "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n", size);
  fprintf(stream, format, escaped, length, constraint, given);
  free(escaped);
  Begin(times);
  Check(fflush(stream) == 0, "the server does not read");
  char* line = malloc(kLongestLine);
  Check(fgets(line, kLongestLine, stream) && strstr(line, " 200 "), "the server refused a request");
  while (fgets(line, kLongestLine, stream)) {
    char* text = strstr(line, "\"text\":");
    if (strncmp(line, "data: ", 6) != 0 || !text) continue;
    // The last event tells why the text has ended, and is no token.
    if (strstr(line, "\"text\":\"\"") || strstr(line, "\"text\": \"\"")) continue;
    TakeMessage(times, 1);
  }
  free(line);
}

static void* CallOpenAI(void* argument) {
  Caller* caller = argument;
  pthread_barrier_wait(&connected);
  for (int text = 0; text < texts; ++text) {
    FILE* stream = Connect();
    Complete(stream, caller->prompts[text], &caller->times);
    fclose(stream);
  }
  return NULL;
}

static void PrintTimes(const char* name, Caller* callers, int count, bool isFirst) {
  const char* separator = "";
  printf(", \"%s\": [", name);
  for (int index = 0; index < count; ++index) {
    Times* times = &callers[index].times;
    int timeCount = isFirst ? times->firstCount : times->gapCount;
    for (int time = 0; time < timeCount; ++time) {
      printf("%s%.3f", separator, (isFirst ? times->firsts : times->gaps)[time]);
      separator = ", ";
    }
  }
  printf("]");
}

int main(int argc, char** argv) {
  Check(argc == 6 || argc == 7, "usage: load tokenwire|openai HOST:PORT CALLERS TEXTS TOKENS [SCHEMA]");
  void* (*call)(void*) = strcmp(argv[1], "tokenwire") == 0 ? CallTokenwire : CallOpenAI;
  server = argv[2];
  int count = atoi(argv[3]);
  texts = atoi(argv[4]);
  length = atoi(argv[5]);
  schema = argv[6];
  Caller* callers = calloc((size_t)count, sizeof *callers);
  for (int index = 0; index < count; ++index) {
    callers[index].prompts = calloc((size_t)texts, sizeof(char*));
    callers[index].times.firsts = calloc((size_t)texts, sizeof(double));
    callers[index].times.gaps = calloc((size_t)(texts * length), sizeof(double));
  }
  // In the order of time, so that raw-loop has the same prompts at the same time.
  static char line[kLongestLine];
  for (int text = 0; text < texts; ++text) {
    for (int index = 0; index < count; ++index) {
      Check(fgets(line, sizeof line, stdin) != NULL, "there are too few prompts");
      line[strcspn(line, "\n")] = 0;
      callers[index].prompts[text] = strdup(line);
    }
  }
  pthread_barrier_init(&connected, NULL, (unsigned)count + 1);
  for (int index = 0; index < count; ++index) {
    Check(pthread_create(&callers[index].thread, NULL, call, &callers[index]) == 0, "pthread_create failed");
  }
  pthread_barrier_wait(&connected);
  double begin = Milliseconds();
  int tokens = 0;
  for (int index = 0; index < count; ++index) {
    pthread_join(callers[index].thread, NULL);
    tokens += callers[index].times.tokens;
  }
  printf("{\"seconds\": %f, \"tokens\": %d", (Milliseconds() - begin) / 1000, tokens);
  PrintTimes("first_ms", callers, count, true);
  PrintTimes("gap_ms", callers, count, false);
  printf("}\n");
}

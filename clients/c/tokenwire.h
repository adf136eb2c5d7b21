/*
 * A client of Tokenwire, a server that streams a language model's tokens.
 *
 *   tokenwire_error error;
 *   tokenwire_client *client = tokenwire_connect(&(tokenwire_options)TOKENWIRE_OPTIONS_INIT, &error);
 *   Tokenwire__V1__GenerateRequest request = TOKENWIRE__V1__GENERATE_REQUEST__INIT;
 *   request.input_case = TOKENWIRE__V1__GENERATE_REQUEST__INPUT_PROMPT;
 *   request.prompt = "The capital of France is";
 *   tokenwire_generate(client, &request, 0, print, NULL, &error);
 *   tokenwire_close(client);
 *
 * Requests and responses are protobuf-c's structs of the API, Protos/tokenwire/v1/tokenwire.proto,
 * whose comments say what each field is. Text is UTF-8, and ends at its first NUL.
 *
 * There are two ways to make calls. Functions such as tokenwire_generate wait, and call back for each
 * response. A program with an event loop starts calls with tokenwire_start, watches tokenwire_fd, and
 * calls tokenwire_step.
 *
 * A client and its calls are for one thread at a time. A process that is out of memory is aborted.
 */
#ifndef TOKENWIRE_H
#define TOKENWIRE_H

/* The version of this header, and of the library that it came with. */
#define TOKENWIRE_VERSION "0.1.0"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <protobuf-c/protobuf-c.h>

#include "tokenwire/v1/tokenwire.pb-c.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The version of the library that the program runs with, such as "0.1.0". */
const char *tokenwire_version(void);

/* What became of a call: the codes of google.rpc.Code, with the numbers that gRPC uses. */
typedef enum {
  TOKENWIRE_OK = 0,
  TOKENWIRE_CANCELLED = 1,
  TOKENWIRE_UNKNOWN = 2,
  TOKENWIRE_INVALID_ARGUMENT = 3,
  TOKENWIRE_DEADLINE_EXCEEDED = 4,
  TOKENWIRE_NOT_FOUND = 5,
  TOKENWIRE_ALREADY_EXISTS = 6,
  TOKENWIRE_PERMISSION_DENIED = 7,
  TOKENWIRE_RESOURCE_EXHAUSTED = 8,
  TOKENWIRE_FAILED_PRECONDITION = 9,
  TOKENWIRE_ABORTED = 10,
  TOKENWIRE_OUT_OF_RANGE = 11,
  TOKENWIRE_UNIMPLEMENTED = 12,
  TOKENWIRE_INTERNAL = 13,
  TOKENWIRE_UNAVAILABLE = 14,
  TOKENWIRE_DATA_LOSS = 15,
  TOKENWIRE_UNAUTHENTICATED = 16
} tokenwire_code;

/* The name of a code, such as "INVALID_ARGUMENT". */
const char *tokenwire_code_name(tokenwire_code code);

/* Why a call failed. */
typedef struct {
  tokenwire_code code;
  /* What was wrong and what to do; a longer text is cut. Empty when the code is TOKENWIRE_OK. */
  char message[1024];
  /* How many seconds to wait before calling again; 0 when that is not known. */
  double retry_after;
} tokenwire_error;

/* How a client connects, and treats its calls. Begin with TOKENWIRE_OPTIONS_INIT. */
typedef struct {
  /* "host:port", where an IPv6 address stands in brackets, or "unix:/path". */
  const char *server;
  /* The access token to call with; NULL is none. Blanks, line ends and a byte-order mark around it do not
   * count. */
  const char *token;
  /* Whether to connect with TLS. The four below count only then; files are PEM files. */
  bool tls;
  /* The authorities to trust; NULL trusts those that the machine trusts. */
  const char *tls_ca;
  /* The client's own certificate and its private key, for a server that requires one. */
  const char *tls_certificate;
  const char *tls_key;
  /* The name that the server's certificate must be for; NULL is the host of the server. */
  const char *tls_server_name;
  /* How many seconds it may take to open a connection, to whichever address of the server; before, the
   * system's resolver may take its own time to find them. INFINITY is without end, as below. */
  double connect_timeout;
  /* How many seconds the server may be silent before it is asked whether it lives, and how many it
   * may take to answer. */
  double keepalive_interval;
  double keepalive;
  /* How many bytes a stream of responses may be ahead of its reader. */
  uint32_t window;
  /* How often a call is tried that was certainly not processed, the first time included: the server
   * could not be reached, answered UNAVAILABLE before its first response, or said that the call came
   * too late. The waits between grow from 0.2 s to 5 s. Unless it is 1, a call that the server refuses is
   * made again as long as its timeout lasts, and one that the server wants again however often. */
  unsigned maximum_attempts;
} tokenwire_options;

#define TOKENWIRE_OPTIONS_INIT                                               \
  {                                                                          \
    .server = "127.0.0.1:7437", .connect_timeout = 10,                       \
    .keepalive_interval = 30, .keepalive = 10, .window = 262144,             \
    .maximum_attempts = 5                                                    \
  }

/* A client, which has one connection. When it is lost, the next call opens another one. */
typedef struct tokenwire_client tokenwire_client;

/*
 * Opens a connection, in one attempt. The options, and their texts, are copied.
 *
 * Returns NULL, and says why in `error` unless that is NULL, when the server cannot be reached or does
 * not agree on TLS (UNAVAILABLE), or for options that cannot be used (INVALID_ARGUMENT).
 */
tokenwire_client *tokenwire_connect(const tokenwire_options *options, tokenwire_error *error);

/* Closes the connection, and frees the client. Calls that were started and have not ended fail with
 * UNAVAILABLE first. NULL is ignored. Not to be called from a callback. */
void tokenwire_close(tokenwire_client *client);

/*
 * Calls that wait.
 *
 * Each returns TOKENWIRE_OK, or the code that it also puts into `error` with the reason, unless `error`
 * is NULL. What cannot be sent (a NULL where there must be something, text that is not UTF-8, numbers that are
 * not finite) is INVALID_ARGUMENT, which names it, before anything is sent. `timeout` is how many seconds the
 * caller waits for the end of the call, and the server works on it; 0 and INFINITY are for as long as it
 * takes, and one below 0 is over at once. `context` is handed to the callback. A callback that returns
 * false ends its call with CANCELLED, on the server, too; it may start calls, but not make ones that
 * wait (FAILED_PRECONDITION). What is pointed to lives until the callback returns. NULL in place of a callback or
 * of where to put something is that nobody wants it.
 *
 * In a process that was forked, calls that were under way fail with UNAVAILABLE, and go on in the parent; new
 * ones open a connection of their own.
 */

/* Takes a response of a generation: started, delta or finished. */
typedef bool (*tokenwire_on_response)(const Tokenwire__V1__GenerateResponse *response, void *context);

/* Takes an entry of the log. */
typedef bool (*tokenwire_on_entry)(const Tokenwire__V1__LogEntry *entry, void *context);

/* Generates a text: SecureGenerate for a client with a token, Generate for one without. */
tokenwire_code tokenwire_generate(tokenwire_client *client,
                                  const Tokenwire__V1__GenerateRequest *request, double timeout,
                                  tokenwire_on_response on_response, void *context,
                                  tokenwire_error *error);

/* As tokenwire_generate, always by SecureGenerate, which serves the users of tokens only. */
tokenwire_code tokenwire_secure_generate(tokenwire_client *client,
                                         const Tokenwire__V1__GenerateRequest *request,
                                         double timeout, tokenwire_on_response on_response,
                                         void *context, tokenwire_error *error);

/* As tokenwire_generate; puts the whole text, of several the first, into `text`, for the caller to
 * free(), or NULL. */
tokenwire_code tokenwire_text(tokenwire_client *client,
                              const Tokenwire__V1__GenerateRequest *request, double timeout,
                              char **text, tokenwire_error *error);

/* Ends a generation, of whichever client, by the id in its `started`. */
tokenwire_code tokenwire_abort(tokenwire_client *client, const char *generation_id, double timeout,
                               tokenwire_error *error);

/* Stores a prompt and its response for the token's user; returns when they are on disk. Puts the answer
 * into `response`, for tokenwire__v1__log_request_response__free_unpacked, unless that is NULL. */
tokenwire_code tokenwire_log_request(tokenwire_client *client,
                                     const Tokenwire__V1__LogRequestRequest *request,
                                     double timeout,
                                     Tokenwire__V1__LogRequestResponse **response,
                                     tokenwire_error *error);

/* Reads the log entries of the token's user. */
tokenwire_code tokenwire_query_logs(tokenwire_client *client,
                                    const Tokenwire__V1__QueryLogsRequest *request, double timeout,
                                    tokenwire_on_entry on_entry, void *context,
                                    tokenwire_error *error);

/* Erases all that a user has logged up to now, for good; needs the scope "admin". Puts what was erased
 * into `response`, for tokenwire__v1__erase_logs_response__free_unpacked, unless that is NULL. */
tokenwire_code tokenwire_erase_logs(tokenwire_client *client, const char *user_id, double timeout,
                                    Tokenwire__V1__EraseLogsResponse **response,
                                    tokenwire_error *error);

/* Puts the server's models into `response`, for tokenwire__v1__list_models_response__free_unpacked. */
tokenwire_code tokenwire_list_models(tokenwire_client *client, double timeout,
                                     Tokenwire__V1__ListModelsResponse **response,
                                     tokenwire_error *error);

/* Puts the number of tokens that an input takes into `response`, for
 * tokenwire__v1__count_tokens_response__free_unpacked. */
tokenwire_code tokenwire_count_tokens(tokenwire_client *client,
                                      const Tokenwire__V1__CountTokensRequest *request,
                                      double timeout,
                                      Tokenwire__V1__CountTokensResponse **response,
                                      tokenwire_error *error);

/* Tells whether the server serves, or a service of it; "" is the server. */
tokenwire_code tokenwire_health(tokenwire_client *client, const char *service, double timeout,
                                bool *is_serving, tokenwire_error *error);

/*
 * Calls of programs with an event loop, and of methods that have no function above.
 */

/* A method: its service, its name, what it answers with, and whether with a stream of that. */
typedef struct {
  const char *service;
  const char *name;
  const ProtobufCMessageDescriptor *response;
  bool is_streaming;
} tokenwire_method;

extern const tokenwire_method tokenwire_method_generate;
extern const tokenwire_method tokenwire_method_secure_generate;
extern const tokenwire_method tokenwire_method_log_request;
extern const tokenwire_method tokenwire_method_query_logs;
extern const tokenwire_method tokenwire_method_erase_logs;
extern const tokenwire_method tokenwire_method_list_models;
extern const tokenwire_method tokenwire_method_count_tokens;
extern const tokenwire_method tokenwire_method_abort;

/* A call that was started and has not ended. */
typedef struct tokenwire_call tokenwire_call;

/* What is told of a call. NULL in place of a callback is not told. */
typedef struct {
  /* A response came, of the type that the method says; false ends the call. */
  bool (*on_message)(const ProtobufCMessage *message, void *context);
  /* The call has ended, well when the code is TOKENWIRE_OK. Comes once, and nothing after it. */
  void (*on_end)(const tokenwire_error *error, void *context);
  void *context;
} tokenwire_callbacks;

/*
 * Starts a call; tokenwire_step makes its callbacks.
 *
 * Opens a connection if there is none, which waits; tokenwire_fd is another one then. The method, but
 * not the request, must live until the call has ended. Returns NULL, and says why in `error` unless that
 * is NULL, when the request cannot be sent: no callback is made then. A call that was started is not
 * tried again.
 */
tokenwire_call *tokenwire_start(tokenwire_client *client, const tokenwire_method *method,
                                const ProtobufCMessage *request, double timeout,
                                tokenwire_callbacks callbacks, tokenwire_error *error);

/* Ends a call, on the server, too. No callback of it is made any more. May be called from any callback
 * but the call's own on_end. */
void tokenwire_cancel(tokenwire_client *client, tokenwire_call *call);

/* Makes a call and waits for its end, as the functions above do. */
tokenwire_code tokenwire_run(tokenwire_client *client, const tokenwire_method *method,
                             const ProtobufCMessage *request, double timeout,
                             bool (*on_message)(const ProtobufCMessage *message, void *context),
                             void *context, tokenwire_error *error);

/* What to watch; -1 when there is no connection. Not to be read from or written to. */
int tokenwire_fd(const tokenwire_client *client);

/* What to watch it for: POLLIN, POLLOUT, or both (poll.h). Ask again after each step and start. */
short tokenwire_poll_events(const tokenwire_client *client);

/* Within how many milliseconds to call tokenwire_step, whatever happens; -1 is never. */
int tokenwire_poll_timeout(const tokenwire_client *client);

/*
 * Sends and receives what can be without waiting, and makes the callbacks that are due. Not to be called
 * from a callback.
 *
 * Returns TOKENWIRE_OK, or why the connection is over; its calls have ended with the same error.
 */
tokenwire_code tokenwire_step(tokenwire_client *client, tokenwire_error *error);

/*
 * Writes a text that others wrote, such as a model's or an error of the server, and flushes the stream. A
 * terminal gets what it would obey (escape sequences, control characters, marks that change the direction of
 * the text) and what is not UTF-8 as visible text, such as \\x1b for ESC; a pipe or a file gets every byte as it
 * is.
 *
 * Returns false when it cannot be written; ferror and errno have the reason.
 */
bool tokenwire_print(FILE *stream, const char *text);

#ifdef __cplusplus
}
#endif

#endif

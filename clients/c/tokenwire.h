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
 * Requests and responses are protobuf-c's structs of the API, Protos/tokenwire/v1/tokenwire.proto, whose
 * comments document each field. Text is UTF-8, and ends at its first NUL.
 *
 * There are two ways to make calls. Functions such as tokenwire_generate block, and call back for each
 * response. A program with an event loop starts calls with tokenwire_start, polls tokenwire_fd, and calls
 * tokenwire_step.
 *
 * Only one thread at a time may use a client and its calls. Running out of memory aborts the process.
 */
#ifndef TOKENWIRE_H
#define TOKENWIRE_H

/* The version of this header. */
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

/* The version of the library at run time, such as "0.1.0". */
const char *tokenwire_version(void);

/* The outcome of a call: the codes of google.rpc.Code, with gRPC's numbers. */
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
  /* What was wrong and what to do; longer texts are cut. Empty when the code is TOKENWIRE_OK. */
  char message[1024];
  /* How many seconds to wait before calling again; 0 if unknown. */
  double retry_after;
} tokenwire_error;

/* The options of a client. Initialize them with TOKENWIRE_OPTIONS_INIT. */
typedef struct {
  /* "host:port", with an IPv6 address in brackets, or "unix:/path". */
  const char *server;
  /* The access token to call with; NULL is none. Spaces, line ends and a byte-order mark around it are
   * removed. */
  const char *token;
  /* Whether to connect with TLS. The next four are used only then; files are PEM files. */
  bool tls;
  /* The authorities to trust; NULL trusts the machine's. */
  const char *tls_ca;
  /* The client's own certificate and its private key, for a server that requires one. */
  const char *tls_certificate;
  const char *tls_key;
  /* The name that the server's certificate must be for; NULL is the host of the server. */
  const char *tls_server_name;
  /* How many seconds opening a connection may take, to any address of the server, without the time of the
   * system's resolver. INFINITY is no limit, here and below. */
  double connect_timeout;
  /* How many seconds the server may be silent before it gets a PING, and how many it may take to answer. */
  double keepalive_interval;
  double keepalive;
  /* How many bytes a stream of responses may be ahead of its reader. */
  uint32_t window;
  /* The number of attempts, including the first, for a call that was certainly not processed: the server could
   * not be reached, answered UNAVAILABLE before its first response, or said that the call came too late. The
   * waits between grow from 0.2 s to 5 s. Unless it is 1, a call that the server refuses is retried until its
   * timeout, and one that the server asks to retry without a limit. */
  unsigned maximum_attempts;
} tokenwire_options;

#define TOKENWIRE_OPTIONS_INIT                                               \
  {                                                                          \
    .server = "127.0.0.1:7437", .connect_timeout = 10,                       \
    .keepalive_interval = 30, .keepalive = 10, .window = 262144,             \
    .maximum_attempts = 5                                                    \
  }

/* A client with one connection. When it is lost, the next call opens another one. */
typedef struct tokenwire_client tokenwire_client;

/*
 * Opens a connection, in one attempt. The options and their texts are copied.
 *
 * Returns NULL, and sets `error` unless that is NULL, when the server cannot be reached or TLS fails
 * (UNAVAILABLE), or for invalid options (INVALID_ARGUMENT).
 */
tokenwire_client *tokenwire_connect(const tokenwire_options *options, tokenwire_error *error);

/* Closes the connection, and frees the client. Running calls fail with UNAVAILABLE first. NULL is ignored. Do
 * not call it from a callback. */
void tokenwire_close(tokenwire_client *client);

/*
 * Blocking calls.
 *
 * Each returns TOKENWIRE_OK, or a code, and sets `error` unless that is NULL. A request that cannot be sent (a
 * NULL where a value is required, text that is not UTF-8, numbers that are not finite) fails with
 * INVALID_ARGUMENT, which names the field, before anything is sent. `timeout` is how many seconds the call may
 * take, on the server, too; 0 and INFINITY are no limit, and one below 0 has passed. `context` is passed to the
 * callback. A callback that returns false ends its call with CANCELLED, on the server, too; it may start calls,
 * but not make blocking ones (FAILED_PRECONDITION). Its arguments are valid until it returns. A callback or an
 * output pointer may be NULL.
 *
 * In a forked process, running calls fail with UNAVAILABLE, and continue in the parent; new ones open another
 * connection.
 */

/* Takes a response of a generation: started, delta or finished. */
typedef bool (*tokenwire_on_response)(const Tokenwire__V1__GenerateResponse *response, void *context);

/* Takes an entry of the log. */
typedef bool (*tokenwire_on_entry)(const Tokenwire__V1__LogEntry *entry, void *context);

/* Generates a text: with SecureGenerate if the client has an access token, otherwise with Generate. */
tokenwire_code tokenwire_generate(tokenwire_client *client,
                                  const Tokenwire__V1__GenerateRequest *request, double timeout,
                                  tokenwire_on_response on_response, void *context,
                                  tokenwire_error *error);

/* As tokenwire_generate, but always with SecureGenerate, which requires an access token. */
tokenwire_code tokenwire_secure_generate(tokenwire_client *client,
                                         const Tokenwire__V1__GenerateRequest *request,
                                         double timeout, tokenwire_on_response on_response,
                                         void *context, tokenwire_error *error);

/* As tokenwire_generate; stores the whole text, of several the first, in `text`, for the caller to free(), or
 * NULL. */
tokenwire_code tokenwire_text(tokenwire_client *client,
                              const Tokenwire__V1__GenerateRequest *request, double timeout,
                              char **text, tokenwire_error *error);

/*
 * The answer to a conversation, joined from its deltas: a text, what was thought before, and calls of tools,
 * whose `arguments` are JSON unless the text was cut off within them (`finished->incomplete`).
 */
typedef struct tokenwire_answer tokenwire_answer;

/* An answer without anything; of several texts, that with the index. NULL when memory is short. */
tokenwire_answer *tokenwire_answer_new(int32_t index);

/* Adds the next piece; those of other texts are left out. Returns false when memory is short. */
bool tokenwire_answer_add(tokenwire_answer *answer, const Tokenwire__V1__Delta *delta);

/* The answer as a message of the conversation, for its next turn; valid until the next piece is added. */
const Tokenwire__V1__ChatMessage *tokenwire_answer_message(tokenwire_answer *answer);

/* Frees the answer and its message. NULL is ignored. */
void tokenwire_answer_free(tokenwire_answer *answer);

/* Ends a generation, of any client, by the id in its `started`. */
tokenwire_code tokenwire_abort(tokenwire_client *client, const char *generation_id, double timeout,
                               tokenwire_error *error);

/* Stores a prompt and its response for the access token's user; returns when they are on disk. Stores the
 * answer in `response`, for tokenwire__v1__log_request_response__free_unpacked, unless that is NULL. */
tokenwire_code tokenwire_log_request(tokenwire_client *client,
                                     const Tokenwire__V1__LogRequestRequest *request,
                                     double timeout,
                                     Tokenwire__V1__LogRequestResponse **response,
                                     tokenwire_error *error);

/* Reads the log entries of the access token's user. */
tokenwire_code tokenwire_query_logs(tokenwire_client *client,
                                    const Tokenwire__V1__QueryLogsRequest *request, double timeout,
                                    tokenwire_on_entry on_entry, void *context,
                                    tokenwire_error *error);

/* Erases all that a user has logged so far, for good; needs the scope "admin". Stores what was erased in
 * `response`, for tokenwire__v1__erase_logs_response__free_unpacked, unless that is NULL. */
tokenwire_code tokenwire_erase_logs(tokenwire_client *client, const char *user_id, double timeout,
                                    Tokenwire__V1__EraseLogsResponse **response,
                                    tokenwire_error *error);

/* Stores the server's models in `response`, for tokenwire__v1__list_models_response__free_unpacked. */
tokenwire_code tokenwire_list_models(tokenwire_client *client, double timeout,
                                     Tokenwire__V1__ListModelsResponse **response,
                                     tokenwire_error *error);

/* Stores the number of tokens of an input in `response`, and the tokens if asked for; for
 * tokenwire__v1__count_tokens_response__free_unpacked. */
tokenwire_code tokenwire_count_tokens(tokenwire_client *client,
                                      const Tokenwire__V1__CountTokensRequest *request,
                                      double timeout,
                                      Tokenwire__V1__CountTokensResponse **response,
                                      tokenwire_error *error);

/* Stores the text of tokens in `response`, for tokenwire__v1__detokenize_response__free_unpacked. */
tokenwire_code tokenwire_detokenize(tokenwire_client *client,
                                    const Tokenwire__V1__DetokenizeRequest *request,
                                    double timeout,
                                    Tokenwire__V1__DetokenizeResponse **response,
                                    tokenwire_error *error);

/* Tells whether the server serves, or one of its services; "" is the server. */
tokenwire_code tokenwire_health(tokenwire_client *client, const char *service, double timeout,
                                bool *is_serving, tokenwire_error *error);

/*
 * Calls for programs with an event loop, and for methods without a function above.
 */

/* A method: its service, its name, its response type, and whether it streams responses. */
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
extern const tokenwire_method tokenwire_method_detokenize;
extern const tokenwire_method tokenwire_method_abort;

/* A running call. */
typedef struct tokenwire_call tokenwire_call;

/* The callbacks of a call, each of which may be NULL. */
typedef struct {
  /* Called for each response, of the method's type; false ends the call. */
  bool (*on_message)(const ProtobufCMessage *message, void *context);
  /* Called once when the call has ended, successfully if the code is TOKENWIRE_OK; no callback follows. */
  void (*on_end)(const tokenwire_error *error, void *context);
  void *context;
} tokenwire_callbacks;

/*
 * Starts a call; tokenwire_step makes its callbacks.
 *
 * Opens a connection if there is none, which blocks and changes tokenwire_fd. The method, but not the request,
 * must live until the call has ended. Returns NULL, and sets `error` unless that is NULL, when the request
 * cannot be sent, without any callback. A started call is not retried.
 */
tokenwire_call *tokenwire_start(tokenwire_client *client, const tokenwire_method *method,
                                const ProtobufCMessage *request, double timeout,
                                tokenwire_callbacks callbacks, tokenwire_error *error);

/* Ends a call, on the server, too, without further callbacks. May be called from any callback except the call's
 * own on_end. */
void tokenwire_cancel(tokenwire_client *client, tokenwire_call *call);

/* Makes a call and waits for its end, as the functions above do. */
tokenwire_code tokenwire_run(tokenwire_client *client, const tokenwire_method *method,
                             const ProtobufCMessage *request, double timeout,
                             bool (*on_message)(const ProtobufCMessage *message, void *context),
                             void *context, tokenwire_error *error);

/* The descriptor to poll, -1 without a connection. Do not read from it or write to it. */
int tokenwire_fd(const tokenwire_client *client);

/* The events to poll for: POLLIN, POLLOUT, or both (poll.h). They change with each step and start. */
short tokenwire_poll_events(const tokenwire_client *client);

/* The longest time to poll, in milliseconds, before calling tokenwire_step; -1 is no limit. */
int tokenwire_poll_timeout(const tokenwire_client *client);

/*
 * Sends and receives what it can without blocking, and makes the callbacks that are due. Do not call it from a
 * callback.
 *
 * Returns TOKENWIRE_OK, or why the connection has ended; its calls have ended with the same error.
 */
tokenwire_code tokenwire_step(tokenwire_client *client, tokenwire_error *error);

/*
 * Prints a text from a model, a server or a peer, and flushes the stream. On a terminal, what it would obey
 * (escape sequences, control characters, marks of text direction) and what is not UTF-8 are escaped, such as
 * \\x1b for ESC; a pipe or a file gets every byte.
 *
 * Returns false when writing fails; ferror and errno have the reason.
 */
bool tokenwire_print(FILE *stream, const char *text);

#ifdef __cplusplus
}
#endif

#endif

#include <mongoc/mongoc.h>

// Its type is a fixed array, which Swift imports as a tuple.
static inline const char *tokenwire_error_message(const bson_error_t *error) {
  return error->message;
}

static inline const char *tokenwire_host_name(const mongoc_host_list_t *host) {
  return host->host_and_port;
}

// What a URL says of a mechanism is read into a document of the caller's.
static inline bool tokenwire_has_session_token(const mongoc_uri_t *uri) {
  bson_t properties;
  bson_iter_t iterator;
  return mongoc_uri_get_mechanism_properties(uri, &properties) &&
         bson_iter_init_find_case(&iterator, &properties, "AWS_SESSION_TOKEN");
}

enum tokenwire_concern { tokenwire_no_concern, tokenwire_read_concern, tokenwire_write_concern };

// The number of the server that commands are now sent to; 0 when there is none.
static inline uint32_t tokenwire_select_server(mongoc_client_t *client, bson_error_t *error) {
  mongoc_server_description_t *server = mongoc_client_select_server(client, true, NULL, error);
  uint32_t number = server ? mongoc_server_description_id(server) : 0;
  mongoc_server_description_destroy(server);
  return number;
}

// Runs a command of BSON in a session, with a concern of the client's, on a server unless it is 0. bson_t has an alignment that Swift cannot keep. The caller frees
// the reply with bson_destroy; it is NULL when there is none, and empty when no server has answered.
static inline bson_t *tokenwire_run(enum tokenwire_concern concern, mongoc_client_t *client, uint32_t server,
                                    const char *database, const uint8_t *command, size_t size,
                                    const mongoc_client_session_t *session, bson_error_t *error) {
  bson_t document;
  bson_t options = BSON_INITIALIZER;
  bson_t *reply = NULL;
  if (bson_init_static(&document, command, size) &&
      mongoc_client_session_append(session, &options, error) &&
      (server == 0 || BSON_APPEND_INT32(&options, "serverId", (int32_t)server))) {
    bson_t answer;
    switch (concern) {
      case tokenwire_no_concern:
        mongoc_client_command_with_opts(client, database, &document, NULL, &options, &answer, error);
        break;
      case tokenwire_read_concern:
        mongoc_client_read_command_with_opts(client, database, &document, NULL, &options, &answer, error);
        break;
      case tokenwire_write_concern:
        mongoc_client_write_command_with_opts(client, database, &document, &options, &answer, error);
        break;
    }
    // Not bson_copy_to, which makes its target one that bson_destroy does not free.
    reply = bson_copy(&answer);
    bson_destroy(&answer);
  }
  bson_destroy(&options);
  return reply;
}

static inline size_t tokenwire_size(const bson_t *document) {
  return document->len;
}

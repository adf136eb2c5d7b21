/* Makes the calls of conformance cases with the C client: see ../README.md. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "requests.h"
#include "tokenwire.h"

/* One call while it is made. */
typedef struct {
  tokenwire_client *client;
  cJSON *responses;
  int cancel_after, abort_after;
  Tokenwire__V1__AbortRequest abort;
} call_state;

static void add_text(cJSON *object, const char *name, const char *text) {
  cJSON_AddStringToObject(object, name, text);
}

static bool keep_response(const Tokenwire__V1__GenerateResponse *response, void *context) {
  call_state *state = context;
  cJSON *object = cJSON_CreateObject(), *event = cJSON_CreateObject();
  cJSON_AddItemToArray(state->responses, object);
  cJSON_AddNumberToObject(object, "seq", (double)response->seq);
  cJSON_AddNumberToObject(object, "completion_tokens", response->completion_tokens);
  if (response->event_case == TOKENWIRE__V1__GENERATE_RESPONSE__EVENT_STARTED) {
    const Tokenwire__V1__Started *started = response->started;
    add_text(event, "generation_id", started->generation_id);
    add_text(event, "model", started->model);
    add_text(event, "user_id", started->user_id);
    cJSON_AddNumberToObject(event, "seed", started->seed);
    cJSON_AddNumberToObject(event, "prompt_tokens", started->prompt_tokens);
    cJSON_AddItemToObject(object, "started", event);
    if (state->abort_after) state->abort.generation_id = strdup(started->generation_id);
  } else if (response->event_case == TOKENWIRE__V1__GENERATE_RESPONSE__EVENT_DELTA) {
    add_text(event, "text", response->delta->text);
    add_text(event, "reasoning_text", response->delta->reasoning_text);
    cJSON *calls = cJSON_AddArrayToObject(event, "tool_calls");
    for (size_t i = 0; i < response->delta->n_tool_calls; i++) {
      const Tokenwire__V1__ToolCallDelta *piece = response->delta->tool_calls[i];
      cJSON *call = cJSON_CreateObject();
      cJSON_AddNumberToObject(call, "index", piece->index);
      add_text(call, "id", piece->id);
      add_text(call, "name", piece->name);
      add_text(call, "arguments", piece->arguments);
      cJSON_AddItemToArray(calls, call);
    }
    cJSON_AddNumberToObject(event, "index", response->delta->index);
    cJSON_AddItemToObject(object, "delta", event);
  } else {
    const Tokenwire__V1__Finished *finished = response->finished;
    const ProtobufCEnumValue *reason = protobuf_c_enum_descriptor_get_value(
        &tokenwire__v1__finish_reason__descriptor, (int)finished->finish_reason);
    add_text(event, "finish_reason", reason->name + strlen("FINISH_REASON_"));
    add_text(event, "matched_stop", finished->matched_stop);
    cJSON_AddBoolToObject(event, "incomplete", finished->incomplete);
    cJSON_AddNumberToObject(event, "index", finished->index);
    cJSON *usage = cJSON_AddObjectToObject(event, "usage");
    cJSON_AddNumberToObject(usage, "completion_tokens", finished->usage->completion_tokens);
    cJSON_AddNumberToObject(usage, "reasoning_tokens", finished->usage->reasoning_tokens);
    cJSON_AddItemToObject(object, "finished", event);
  }
  int count = cJSON_GetArraySize(state->responses);
  if (count == state->abort_after) {
    tokenwire_callbacks nobody_waits = {NULL, NULL, NULL};
    tokenwire_start(state->client, &tokenwire_method_abort, &state->abort.base, 0, nobody_waits, NULL);
  }
  return count != state->cancel_after;
}

static bool keep_entry(const Tokenwire__V1__LogEntry *entry, void *context) {
  call_state *state = context;
  cJSON *object = cJSON_CreateObject();
  cJSON_AddItemToArray(state->responses, object);
  cJSON_AddNumberToObject(object, "seq", (double)entry->seq);
  add_text(object, "id", entry->id);
  add_text(object, "user_id", entry->user_id);
  add_text(object, "prompt", entry->prompt);
  add_text(object, "response", entry->response);
  add_text(object, "model", entry->model);
  add_text(object, "generation_id", entry->generation_id);
  add_text(object, "session_id", entry->session_id);
  cJSON *metadata = cJSON_AddObjectToObject(object, "metadata");
  for (size_t i = 0; i < entry->n_metadata; i++)
    add_text(metadata, entry->metadata[i]->key, entry->metadata[i]->value);
  return true;
}

static tokenwire_code make_generation(call_state *state, const cJSON *call, const char *name,
                                      double timeout, tokenwire_error *error) {
  Tokenwire__V1__GenerateRequest request;
  read_generate_request(&request, call);
  tokenwire_code code;
  if (strcmp(name, "text") == 0) {
    char *text;
    code = tokenwire_text(state->client, &request, timeout, &text, error);
    if (text) {
      cJSON *object = cJSON_CreateObject();
      add_text(object, "text", text);
      cJSON_AddItemToArray(state->responses, object);
    }
    free(text);
  } else if (strcmp(name, "generate") == 0) {
    code = tokenwire_generate(state->client, &request, timeout, keep_response, state, error);
  } else {
    code = tokenwire_secure_generate(state->client, &request, timeout, keep_response, state, error);
  }
  free_generate_request(&request);
  return code;
}

static tokenwire_code log_request(call_state *state, const cJSON *call, double timeout,
                                  tokenwire_error *error) {
  Tokenwire__V1__LogRequestRequest request;
  Tokenwire__V1__LogRequestResponse *response;
  read_log_request(&request, call);
  tokenwire_code code = tokenwire_log_request(state->client, &request, timeout, &response, error);
  if (code == TOKENWIRE_OK) {
    cJSON *object = cJSON_CreateObject();
    add_text(object, "id", response->id);
    add_text(object, "message", response->message);
    bool is_synced = response->durability == TOKENWIRE__V1__DURABILITY__DURABILITY_SYNCED;
    add_text(object, "durability", is_synced ? "SYNCED" : "UNSPECIFIED");
    cJSON_AddItemToArray(state->responses, object);
    tokenwire__v1__log_request_response__free_unpacked(response, NULL);
  }
  free_log_request(&request);
  return code;
}

static tokenwire_code erase_logs(call_state *state, const cJSON *call, double timeout,
                                 tokenwire_error *error) {
  Tokenwire__V1__EraseLogsResponse *response;
  const char *user_id = text_of(call, "user_id");
  tokenwire_code code =
      tokenwire_erase_logs(state->client, user_id ? user_id : "", timeout, &response, error);
  if (code != TOKENWIRE_OK) return code;
  cJSON *object = cJSON_CreateObject();
  cJSON_AddNumberToObject(object, "entries", (double)response->entries);
  cJSON_AddNumberToObject(object, "bytes", (double)response->bytes);
  cJSON_AddItemToArray(state->responses, object);
  tokenwire__v1__erase_logs_response__free_unpacked(response, NULL);
  return code;
}

static tokenwire_code list_models(call_state *state, double timeout, tokenwire_error *error) {
  Tokenwire__V1__ListModelsResponse *response;
  tokenwire_code code = tokenwire_list_models(state->client, timeout, &response, error);
  if (code != TOKENWIRE_OK) return code;
  for (size_t i = 0; i < response->n_models; i++) {
    cJSON *object = cJSON_CreateObject();
    add_text(object, "id", response->models[i]->id);
    cJSON_AddBoolToObject(object, "is_default", response->models[i]->is_default);
    cJSON_AddNumberToObject(object, "context_length", response->models[i]->context_length);
    cJSON_AddItemToArray(state->responses, object);
  }
  tokenwire__v1__list_models_response__free_unpacked(response, NULL);
  return code;
}

static tokenwire_code count_tokens(call_state *state, const cJSON *call, double timeout,
                                   tokenwire_error *error) {
  Tokenwire__V1__GenerateRequest input;
  Tokenwire__V1__CountTokensRequest request = TOKENWIRE__V1__COUNT_TOKENS_REQUEST__INIT;
  Tokenwire__V1__CountTokensResponse *response;
  read_generate_request(&input, call);
  if (input.input_case == TOKENWIRE__V1__GENERATE_REQUEST__INPUT_PROMPT) {
    request.input_case = TOKENWIRE__V1__COUNT_TOKENS_REQUEST__INPUT_PROMPT;
    request.prompt = input.prompt;
  } else if (input.input_case == TOKENWIRE__V1__GENERATE_REQUEST__INPUT_PROMPT_TOKEN_IDS) {
    request.input_case = TOKENWIRE__V1__COUNT_TOKENS_REQUEST__INPUT_PROMPT_TOKEN_IDS;
    request.prompt_token_ids = input.prompt_token_ids;
  } else {
    request.input_case = TOKENWIRE__V1__COUNT_TOKENS_REQUEST__INPUT_MESSAGES;
    request.messages = input.messages;
  }
  tokenwire_code code = tokenwire_count_tokens(state->client, &request, timeout, &response, error);
  if (code == TOKENWIRE_OK) {
    cJSON *object = cJSON_CreateObject();
    cJSON_AddNumberToObject(object, "tokens", response->tokens);
    cJSON_AddNumberToObject(object, "context_length", response->context_length);
    cJSON_AddItemToArray(state->responses, object);
    tokenwire__v1__count_tokens_response__free_unpacked(response, NULL);
  }
  free_generate_request(&input);
  return code;
}

static tokenwire_code detokenize(call_state *state, const cJSON *call, double timeout,
                                 tokenwire_error *error) {
  Tokenwire__V1__GenerateRequest input;
  Tokenwire__V1__DetokenizeRequest request = TOKENWIRE__V1__DETOKENIZE_REQUEST__INIT;
  Tokenwire__V1__DetokenizeResponse *response;
  read_generate_request(&input, call);
  request.n_token_ids = input.prompt_token_ids->n_ids;
  request.token_ids = input.prompt_token_ids->ids;
  tokenwire_code code = tokenwire_detokenize(state->client, &request, timeout, &response, error);
  if (code == TOKENWIRE_OK) {
    cJSON *object = cJSON_CreateObject();
    add_text(object, "text", response->text);
    cJSON_AddItemToArray(state->responses, object);
    tokenwire__v1__detokenize_response__free_unpacked(response, NULL);
  }
  free_generate_request(&input);
  return code;
}

static tokenwire_code health(call_state *state, const cJSON *call, double timeout,
                             tokenwire_error *error) {
  bool is_serving;
  const char *service = text_of(call, "service");
  tokenwire_code code =
      tokenwire_health(state->client, service ? service : "", timeout, &is_serving, error);
  if (code == TOKENWIRE_OK) {
    cJSON *object = cJSON_CreateObject();
    add_text(object, "status", is_serving ? "SERVING" : "NOT_SERVING");
    cJSON_AddItemToArray(state->responses, object);
  }
  return code;
}

static tokenwire_code make_call(call_state *state, const cJSON *call, tokenwire_error *error) {
  const char *name = text_of(call, "call");
  double timeout = number_of(call, "timeout");
  if (strcmp(name, "log_request") == 0) return log_request(state, call, timeout, error);
  if (strcmp(name, "erase_logs") == 0) return erase_logs(state, call, timeout, error);
  if (strcmp(name, "list_models") == 0) return list_models(state, timeout, error);
  if (strcmp(name, "count_tokens") == 0) return count_tokens(state, call, timeout, error);
  if (strcmp(name, "detokenize") == 0) return detokenize(state, call, timeout, error);
  if (strcmp(name, "health") == 0) return health(state, call, timeout, error);
  if (strcmp(name, "abort") == 0)
    return tokenwire_abort(state->client, text_of(call, "generation_id"), timeout, error);
  if (strcmp(name, "query_logs") == 0) {
    Tokenwire__V1__QueryLogsRequest request;
    read_query_request(&request, call);
    return tokenwire_query_logs(state->client, &request, timeout, keep_entry, state, error);
  }
  if (strcmp(name, "raw") == 0) {
    tokenwire_method method = {text_of(call, "service"), text_of(call, "method"),
                               &tokenwire__v1__list_models_response__descriptor, false};
    Tokenwire__V1__ListModelsRequest request = TOKENWIRE__V1__LIST_MODELS_REQUEST__INIT;
    return tokenwire_run(state->client, &method, &request.base, timeout, NULL, NULL, error);
  }
  return make_generation(state, call, name, timeout, error);
}

static cJSON *outcome_of(const tokenwire_error *error, cJSON *responses) {
  cJSON *outcome = cJSON_CreateObject();
  add_text(outcome, "status", tokenwire_code_name(error->code));
  add_text(outcome, "message", error->message);
  cJSON_AddNumberToObject(outcome, "retry_after", error->retry_after);
  cJSON_AddItemToObject(outcome, "responses", responses);
  return outcome;
}

/* Makes a call, again for as long as its outcome is `repeat_while`. */
static cJSON *repeat_call(tokenwire_client *client, const cJSON *call) {
  const char *again = text_of(call, "repeat_while");
  while (true) {
    call_state state = {.client = client,
                        .responses = cJSON_CreateArray(),
                        .cancel_after = (int)number_of(call, "cancel_after"),
                        .abort_after = (int)number_of(call, "abort_after"),
                        .abort = TOKENWIRE__V1__ABORT_REQUEST__INIT};
    tokenwire_error error;
    tokenwire_code code = make_call(&state, call, &error);
    if (state.abort_after) free(state.abort.generation_id);
    if (!again || strcmp(again, tokenwire_code_name(code)) != 0)
      return outcome_of(&error, state.responses);
    cJSON_Delete(state.responses);
    nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
  }
}

static cJSON *run_case(const cJSON *suite_case) {
  const cJSON *settings = cJSON_GetObjectItem(suite_case, "client");
  const cJSON *tls = cJSON_GetObjectItem(settings, "tls");
  tokenwire_options options = TOKENWIRE_OPTIONS_INIT;
  options.server = text_of(settings, "server");
  options.token = text_of(settings, "token");
  options.tls = tls != NULL;
  options.tls_ca = text_of(tls, "ca");
  options.tls_certificate = text_of(tls, "certificate");
  options.tls_key = text_of(tls, "key");
  options.tls_server_name = text_of(tls, "server_name");
  if (number_of(settings, "window") > 0) options.window = (uint32_t)number_of(settings, "window");
  if (number_of(settings, "maximum_attempts") > 0)
    options.maximum_attempts = (unsigned)number_of(settings, "maximum_attempts");
  tokenwire_error error;
  tokenwire_client *client = tokenwire_connect(&options, &error);
  cJSON *outcomes = cJSON_CreateArray(), *call;
  cJSON_ArrayForEach(call, cJSON_GetObjectItem(suite_case, "calls")) {
    cJSON_AddItemToArray(outcomes, client ? repeat_call(client, call)
                                          : outcome_of(&error, cJSON_CreateArray()));
  }
  tokenwire_close(client);
  return outcomes;
}

int main(void) {
  char *line = NULL;
  size_t size = 0;
  while (getline(&line, &size, stdin) > 0) {
    cJSON *suite_case = cJSON_Parse(line), *outcomes = run_case(suite_case);
    char *text = cJSON_PrintUnformatted(outcomes);
    puts(text);
    fflush(stdout);
    cJSON_free(text);
    cJSON_Delete(outcomes);
    cJSON_Delete(suite_case);
  }
  free(line);
  return 0;
}

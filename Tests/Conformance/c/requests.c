#include "requests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *text_of(const cJSON *object, const char *name) {
  return cJSON_GetStringValue(cJSON_GetObjectItem(object, name));
}

double number_of(const cJSON *object, const char *name) {
  const cJSON *item = cJSON_GetObjectItem(object, name);
  return cJSON_IsNumber(item) ? item->valuedouble : 0;
}

static void *allocate(size_t count, size_t size) {
  void *memory = calloc(count ? count : 1, size);
  if (!memory) abort();
  return memory;
}

static void set_text(char **field, const cJSON *object, const char *name) {
  const char *text = text_of(object, name);
  if (text) *field = (char *)text;
}

/* What protobuf-c's code is to free. */
static void copy_text(char **field, const cJSON *object, const char *name) {
  const char *text = text_of(object, name);
  if (text && !(*field = strdup(text))) abort();
}

static void read_parts(Tokenwire__V1__ChatMessage *message, const cJSON *parts) {
  const cJSON *item;
  if (!parts) return;
  message->content_parts = allocate((size_t)cJSON_GetArraySize(parts), sizeof *message->content_parts);
  cJSON_ArrayForEach(item, parts) {
    Tokenwire__V1__ContentPart *part = allocate(1, sizeof *part);
    tokenwire__v1__content_part__init(part);
    copy_text(&part->type, item, "type");
    copy_text(&part->text, item, "text");
    message->content_parts[message->n_content_parts++] = part;
  }
}

static void read_calls(Tokenwire__V1__ChatMessage *message, const cJSON *calls) {
  const cJSON *item;
  if (!calls) return;
  message->tool_calls = allocate((size_t)cJSON_GetArraySize(calls), sizeof *message->tool_calls);
  cJSON_ArrayForEach(item, calls) {
    Tokenwire__V1__ToolCall *call = allocate(1, sizeof *call);
    tokenwire__v1__tool_call__init(call);
    copy_text(&call->id, item, "id");
    copy_text(&call->name, item, "name");
    copy_text(&call->arguments, item, "arguments");
    message->tool_calls[message->n_tool_calls++] = call;
  }
}

static void read_tools(Tokenwire__V1__ChatMessages *messages, const cJSON *tools) {
  const cJSON *item;
  if (!tools) return;
  messages->tools = allocate((size_t)cJSON_GetArraySize(tools), sizeof *messages->tools);
  cJSON_ArrayForEach(item, tools) {
    Tokenwire__V1__Tool *tool = allocate(1, sizeof *tool);
    tokenwire__v1__tool__init(tool);
    copy_text(&tool->name, item, "name");
    copy_text(&tool->description, item, "description");
    copy_text(&tool->parameters, item, "parameters");
    messages->tools[messages->n_tools++] = tool;
  }
}

static void read_tool_choice(Tokenwire__V1__ChatMessages *messages, const cJSON *choice) {
  char name[64];
  if (!choice) return;
  messages->tool_choice = allocate(1, sizeof *messages->tool_choice);
  tokenwire__v1__tool_choice__init(messages->tool_choice);
  copy_text(&messages->tool_choice->name, choice, "name");
  const char *mode = text_of(choice, "mode");
  snprintf(name, sizeof name, "TOOL_CHOICE_MODE_%s", mode ? mode : "UNSPECIFIED");
  messages->tool_choice->mode = (Tokenwire__V1__ToolChoiceMode)
      protobuf_c_enum_descriptor_get_value_by_name(&tokenwire__v1__tool_choice_mode__descriptor, name)
          ->value;
}

static void read_messages(Tokenwire__V1__GenerateRequest *request, const cJSON *input,
                          const cJSON *options) {
  Tokenwire__V1__ChatMessages *messages = allocate(1, sizeof *messages);
  tokenwire__v1__chat_messages__init(messages);
  messages->messages = allocate((size_t)cJSON_GetArraySize(input), sizeof *messages->messages);
  const cJSON *item;
  cJSON_ArrayForEach(item, input) {
    Tokenwire__V1__ChatMessage *message = allocate(1, sizeof *message);
    tokenwire__v1__chat_message__init(message);
    copy_text(&message->role, item, "role");
    copy_text(&message->content, item, "content");
    copy_text(&message->tool_call_id, item, "tool_call_id");
    copy_text(&message->reasoning_text, item, "reasoning_text");
    read_parts(message, cJSON_GetObjectItem(item, "content_parts"));
    read_calls(message, cJSON_GetObjectItem(item, "tool_calls"));
    messages->messages[messages->n_messages++] = message;
  }
  read_tools(messages, cJSON_GetObjectItem(options, "tools"));
  read_tool_choice(messages, cJSON_GetObjectItem(options, "tool_choice"));
  if (cJSON_HasObjectItem(options, "parallel_tool_calls")) {
    messages->parallel_tool_calls_presence_case =
        TOKENWIRE__V1__CHAT_MESSAGES__PARALLEL_TOOL_CALLS_PRESENCE_PARALLEL_TOOL_CALLS;
    messages->parallel_tool_calls =
        cJSON_IsTrue(cJSON_GetObjectItem(options, "parallel_tool_calls"));
  }
  const char *reasoning = text_of(options, "reasoning");
  if (reasoning && strcmp(reasoning, "OFF") == 0)
    messages->reasoning = TOKENWIRE__V1__REASONING__REASONING_OFF;
  if (cJSON_HasObjectItem(options, "reasoning_max_tokens")) {
    messages->reasoning_max_tokens_presence_case =
        TOKENWIRE__V1__CHAT_MESSAGES__REASONING_MAX_TOKENS_PRESENCE_REASONING_MAX_TOKENS;
    messages->reasoning_max_tokens = (int32_t)number_of(options, "reasoning_max_tokens");
  }
  request->input_case = TOKENWIRE__V1__GENERATE_REQUEST__INPUT_MESSAGES;
  request->messages = messages;
}

static void read_tokens(Tokenwire__V1__GenerateRequest *request, const cJSON *input) {
  Tokenwire__V1__TokenIds *tokens = allocate(1, sizeof *tokens);
  tokenwire__v1__token_ids__init(tokens);
  tokens->ids = allocate((size_t)cJSON_GetArraySize(input), sizeof *tokens->ids);
  const cJSON *item;
  cJSON_ArrayForEach(item, input) tokens->ids[tokens->n_ids++] = item->valueint;
  request->input_case = TOKENWIRE__V1__GENERATE_REQUEST__INPUT_PROMPT_TOKEN_IDS;
  request->prompt_token_ids = tokens;
}

/* A field that may be absent is alone in a oneof, whose case is the field's number then. */
#define SET_NUMBER(message, field, number)                             \
  if (cJSON_HasObjectItem(options, #field)) {                          \
    (message)->field##_presence_case = (number);                       \
    (message)->field = (__typeof__((message)->field))number_of(options, #field); \
  }

static void read_sampling(Tokenwire__V1__SamplingOptions *sampling, const cJSON *options) {
  SET_NUMBER(sampling, temperature, 1)
  SET_NUMBER(sampling, top_k, 2)
  SET_NUMBER(sampling, top_p, 3)
  SET_NUMBER(sampling, min_p, 4)
  SET_NUMBER(sampling, repeat_penalty, 5)
  SET_NUMBER(sampling, repeat_last_n, 6)
  SET_NUMBER(sampling, presence_penalty, 7)
  SET_NUMBER(sampling, frequency_penalty, 8)
  SET_NUMBER(sampling, seed, 9)
  sampling->ignore_eos = cJSON_IsTrue(cJSON_GetObjectItem(options, "ignore_eos"));
  sampling->min_tokens = (int32_t)number_of(options, "min_tokens");
  const cJSON *biases = cJSON_GetObjectItem(options, "logit_bias"), *item;
  sampling->logit_bias =
      allocate((size_t)cJSON_GetArraySize(biases), sizeof *sampling->logit_bias);
  cJSON_ArrayForEach(item, biases) {
    Tokenwire__V1__LogitBias *bias = allocate(1, sizeof *bias);
    tokenwire__v1__logit_bias__init(bias);
    bias->token_id = (int32_t)number_of(item, "token_id");
    bias->bias = (float)number_of(item, "bias");
    sampling->logit_bias[sampling->n_logit_bias++] = bias;
  }
}

static void free_sampling(Tokenwire__V1__SamplingOptions *sampling) {
  for (size_t i = 0; i < sampling->n_logit_bias; i++) free(sampling->logit_bias[i]);
  free(sampling->logit_bias);
  free(sampling);
}

static void read_constraint(Tokenwire__V1__GenerateRequest *request, const cJSON *options) {
  const char *json_schema = text_of(options, "json_schema"), *grammar = text_of(options, "grammar");
  if (json_schema) {
    request->constraint_case = TOKENWIRE__V1__GENERATE_REQUEST__CONSTRAINT_JSON_SCHEMA;
    request->json_schema = (char *)json_schema;
  } else if (grammar) {
    request->constraint_case = TOKENWIRE__V1__GENERATE_REQUEST__CONSTRAINT_GRAMMAR;
    request->grammar = (char *)grammar;
  }
}

void read_generate_request(Tokenwire__V1__GenerateRequest *request, const cJSON *call) {
  const cJSON *options = cJSON_GetObjectItem(call, "options"), *item;
  const cJSON *input = cJSON_GetObjectItem(call, "input");
  tokenwire__v1__generate_request__init(request);
  if (cJSON_IsString(input)) {
    request->input_case = TOKENWIRE__V1__GENERATE_REQUEST__INPUT_PROMPT;
    request->prompt = input->valuestring;
  } else if (cJSON_IsNumber(cJSON_GetArrayItem(input, 0))) {
    read_tokens(request, input);
  } else {
    read_messages(request, input, options);
  }
  request->sampling = allocate(1, sizeof *request->sampling);
  tokenwire__v1__sampling_options__init(request->sampling);
  read_sampling(request->sampling, options);
  set_text(&request->model, options, "model");
  SET_NUMBER(request, max_tokens, 6)
  SET_NUMBER(request, n, 15)
  read_constraint(request, options);
  request->echo = cJSON_IsTrue(cJSON_GetObjectItem(options, "echo"));
  SET_NUMBER(request, prompt_logprobs, 17)
  request->report_progress = cJSON_IsTrue(cJSON_GetObjectItem(options, "report_progress"));
  set_text(&request->session_id, options, "session_id");
  set_text(&request->idempotency_key, options, "idempotency_key");
  const cJSON *stop = cJSON_GetObjectItem(options, "stop");
  request->stop = allocate((size_t)cJSON_GetArraySize(stop), sizeof *request->stop);
  cJSON_ArrayForEach(item, stop) request->stop[request->n_stop++] = item->valuestring;
}

void free_generate_request(Tokenwire__V1__GenerateRequest *request) {
  if (request->input_case == TOKENWIRE__V1__GENERATE_REQUEST__INPUT_MESSAGES) {
    tokenwire__v1__chat_messages__free_unpacked(request->messages, NULL);
  } else if (request->input_case == TOKENWIRE__V1__GENERATE_REQUEST__INPUT_PROMPT_TOKEN_IDS) {
    free(request->prompt_token_ids->ids);
    free(request->prompt_token_ids);
  }
  free_sampling(request->sampling);
  free(request->stop);
}

void read_log_request(Tokenwire__V1__LogRequestRequest *request, const cJSON *call) {
  const cJSON *options = cJSON_GetObjectItem(call, "options"), *item;
  const cJSON *metadata = cJSON_GetObjectItem(options, "metadata");
  tokenwire__v1__log_request_request__init(request);
  set_text(&request->prompt, call, "prompt");
  set_text(&request->response, call, "response");
  set_text(&request->model, options, "model");
  set_text(&request->generation_id, options, "generation_id");
  set_text(&request->session_id, options, "session_id");
  set_text(&request->idempotency_key, options, "idempotency_key");
  request->metadata = allocate((size_t)cJSON_GetArraySize(metadata), sizeof *request->metadata);
  cJSON_ArrayForEach(item, metadata) {
    Tokenwire__V1__LogRequestRequest__MetadataEntry *entry = allocate(1, sizeof *entry);
    tokenwire__v1__log_request_request__metadata_entry__init(entry);
    entry->key = item->string;
    entry->value = item->valuestring;
    request->metadata[request->n_metadata++] = entry;
  }
}

void free_log_request(Tokenwire__V1__LogRequestRequest *request) {
  for (size_t i = 0; i < request->n_metadata; i++) free(request->metadata[i]);
  free(request->metadata);
}

void read_query_request(Tokenwire__V1__QueryLogsRequest *request, const cJSON *call) {
  const cJSON *options = cJSON_GetObjectItem(call, "options");
  const char *order = text_of(options, "order");
  tokenwire__v1__query_logs_request__init(request);
  set_text(&request->user_id, options, "user_id");
  set_text(&request->model, options, "model");
  set_text(&request->search, options, "search");
  set_text(&request->session_id, options, "session_id");
  set_text(&request->after_id, options, "after_id");
  request->limit = (int64_t)number_of(options, "limit");
  if (order && strcmp(order, "OLDEST_FIRST") == 0)
    request->order = TOKENWIRE__V1__LOG_ORDER__LOG_ORDER_OLDEST_FIRST;
}

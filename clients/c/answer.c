/* What a model answers, joined from deltas. */
#include <stdlib.h>
#include <string.h>

#include "tokenwire.h"

/* A text that grows; NULL is an empty one. */
typedef struct {
  char *data;
  size_t length, capacity;
} text_buffer;

typedef struct {
  int32_t index;
  text_buffer id, name, arguments;
  Tokenwire__V1__ToolCall message;
} joined_call;

struct tokenwire_answer {
  int32_t index;
  text_buffer text, reasoning;
  /* By their indexes, which ascend. */
  joined_call **calls;
  size_t n_calls;
  /* What `message` points to. */
  Tokenwire__V1__ToolCall **call_messages;
  Tokenwire__V1__ChatMessage message;
};

static bool append(text_buffer *buffer, const char *text) {
  size_t length = strlen(text);
  if (length == 0) return true;
  if (length >= buffer->capacity - buffer->length) {
    size_t capacity = 2 * (buffer->length + length) + 16;
    char *data = realloc(buffer->data, capacity);
    if (!data) return false;
    buffer->data = data;
    buffer->capacity = capacity;
  }
  memcpy(buffer->data + buffer->length, text, length + 1);
  buffer->length += length;
  return true;
}

static char *text_of(const text_buffer *buffer) {
  return buffer->data ? buffer->data : (char *)protobuf_c_empty_string;
}

tokenwire_answer *tokenwire_answer_new(int32_t index) {
  tokenwire_answer *answer = calloc(1, sizeof *answer);
  if (answer) answer->index = index;
  return answer;
}

/* The call with this index, which may be new; NULL when memory is short. */
static joined_call *call_at(tokenwire_answer *answer, int32_t index) {
  size_t place = answer->n_calls;
  while (place > 0 && answer->calls[place - 1]->index > index) place--;
  if (place > 0 && answer->calls[place - 1]->index == index) return answer->calls[place - 1];
  size_t count = answer->n_calls + 1;
  joined_call **calls = realloc(answer->calls, count * sizeof *calls);
  if (!calls) return NULL;
  answer->calls = calls;
  Tokenwire__V1__ToolCall **messages = realloc(answer->call_messages, count * sizeof *messages);
  if (!messages) return NULL;
  answer->call_messages = messages;
  joined_call *call = calloc(1, sizeof *call);
  if (!call) return NULL;
  call->index = index;
  memmove(calls + place + 1, calls + place, (answer->n_calls - place) * sizeof *calls);
  calls[place] = call;
  answer->n_calls = count;
  return call;
}

bool tokenwire_answer_add(tokenwire_answer *answer, const Tokenwire__V1__Delta *delta) {
  if (delta->index != answer->index) return true;
  if (!append(&answer->text, delta->text)) return false;
  if (!append(&answer->reasoning, delta->reasoning_text)) return false;
  for (size_t i = 0; i < delta->n_tool_calls; i++) {
    const Tokenwire__V1__ToolCallDelta *piece = delta->tool_calls[i];
    joined_call *call = call_at(answer, piece->index);
    if (!call || !append(&call->id, piece->id) || !append(&call->name, piece->name) ||
        !append(&call->arguments, piece->arguments))
      return false;
  }
  return true;
}

const Tokenwire__V1__ChatMessage *tokenwire_answer_message(tokenwire_answer *answer) {
  tokenwire__v1__chat_message__init(&answer->message);
  answer->message.role = (char *)"assistant";
  answer->message.content = text_of(&answer->text);
  answer->message.reasoning_text = text_of(&answer->reasoning);
  for (size_t i = 0; i < answer->n_calls; i++) {
    joined_call *call = answer->calls[i];
    tokenwire__v1__tool_call__init(&call->message);
    call->message.id = text_of(&call->id);
    call->message.name = text_of(&call->name);
    call->message.arguments = text_of(&call->arguments);
    answer->call_messages[i] = &call->message;
  }
  answer->message.n_tool_calls = answer->n_calls;
  answer->message.tool_calls = answer->call_messages;
  return &answer->message;
}

void tokenwire_answer_free(tokenwire_answer *answer) {
  if (!answer) return;
  for (size_t i = 0; i < answer->n_calls; i++) {
    free(answer->calls[i]->id.data);
    free(answer->calls[i]->name.data);
    free(answer->calls[i]->arguments.data);
    free(answer->calls[i]);
  }
  free(answer->calls);
  free(answer->call_messages);
  free(answer->text.data);
  free(answer->reasoning.data);
  free(answer);
}

/* Streams a text to the terminal: stream PROMPT [SERVER] */
#include <stdio.h>

#include "tokenwire.h"

static bool print(const Tokenwire__V1__GenerateResponse *response, void *context) {
  (void)context;
  return response->event_case != TOKENWIRE__V1__GENERATE_RESPONSE__EVENT_DELTA ||
         tokenwire_print(stdout, response->delta->text); /* false cancels. */
}

int main(int count, char **arguments) {
  if (count < 2) {
    fprintf(stderr, "usage: %s PROMPT [SERVER]\n", arguments[0]);
    return 64;
  }
  tokenwire_options options = TOKENWIRE_OPTIONS_INIT;
  if (count > 2) options.server = arguments[2];
  tokenwire_error error;
  tokenwire_client *client = tokenwire_connect(&options, &error);
  if (client) {
    Tokenwire__V1__GenerateRequest request = TOKENWIRE__V1__GENERATE_REQUEST__INIT;
    request.input_case = TOKENWIRE__V1__GENERATE_REQUEST__INPUT_PROMPT;
    request.prompt = arguments[1];
    tokenwire_generate(client, &request, 0, print, NULL, &error);
    tokenwire_close(client);
    putchar('\n');
  }
  if (error.code == TOKENWIRE_OK) return 0;
  fprintf(stderr, "Error: %s: ", tokenwire_code_name(error.code));
  tokenwire_print(stderr, error.message);
  fputc('\n', stderr);
  return 1;
}

/* The requests that calls of conformance cases ask for. Their texts are those of the JSON. */
#ifndef REQUESTS_H
#define REQUESTS_H

#include <cjson/cJSON.h>

#include "tokenwire.h"

/* NULL when there is no such member. */
const char *text_of(const cJSON *object, const char *name);
/* 0 when there is no such member. */
double number_of(const cJSON *object, const char *name);

void read_generate_request(Tokenwire__V1__GenerateRequest *request, const cJSON *call);
void free_generate_request(Tokenwire__V1__GenerateRequest *request);
void read_log_request(Tokenwire__V1__LogRequestRequest *request, const cJSON *call);
void free_log_request(Tokenwire__V1__LogRequestRequest *request);
void read_query_request(Tokenwire__V1__QueryLogsRequest *request, const cJSON *call);

#endif

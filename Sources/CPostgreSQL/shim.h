#include <libpq-fe.h>

// Characters, which Swift does not import as numbers of the right type.
static inline int pq_field_sqlstate(void) {
  return PG_DIAG_SQLSTATE;
}

static inline int pq_field_message(void) {
  return PG_DIAG_MESSAGE_PRIMARY;
}

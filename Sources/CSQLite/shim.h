#include <sqlite3.h>

// A cast, which Swift does not import: SQLite copies what is bound with it.
static inline sqlite3_destructor_type sqlite3_transient(void) {
  return SQLITE_TRANSIENT;
}

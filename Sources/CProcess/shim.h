#include <sys/prctl.h>

// prctl(2) takes any number of arguments, which Swift cannot call.

// The kernel writes no core dump of this process, and other processes of its user cannot read its memory.
static inline void process_forbid_dumps(void) { prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

static inline int process_allows_dumps(void) { return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 1; }

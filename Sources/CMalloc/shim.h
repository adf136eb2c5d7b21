#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

// Only glibc has to be asked to give memory back, and only it can be.
static inline void malloc_give_back(void) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

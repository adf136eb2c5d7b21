#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

// glibc gives a large allocation pages of its own, which are the system's again when it is freed. But
// each time that happens, it raises the size from which on an allocation is large, up to 32 MiB, and with
// it the free memory that each of its arenas keeps, up to 64 MiB. After a rush of large messages these lie
// among the small ones of long lives, which keep them from being given back. Sets both sizes for good.
static inline void malloc_set_thresholds(int bytes) {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, bytes);
  mallopt(M_TRIM_THRESHOLD, bytes);
#endif
}

// Only glibc has to be asked to give memory back, and only it can be.
static inline void malloc_give_back(void) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

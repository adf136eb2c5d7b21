// Loaded before libc with LD_PRELOAD: some of SQLite's writes fail, as on a disk that is full or
// broken. FAULTS_SEED makes runs differ.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>

// Enough calls succeed to make a file.
enum { CALLS_THAT_SUCCEED = 50, ONE_IN = 40 };

static atomic_uint calls;

// The error of this call, or 0.
static int fault(void) {
  unsigned call = atomic_fetch_add(&calls, 1);
  const char *seed = getenv("FAULTS_SEED");
  if (!seed || call < CALLS_THAT_SUCCEED) return 0;
  // The finaliser of SplitMix64.
  uint64_t x = (strtoull(seed, NULL, 10) << 32) + call;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  x ^= x >> 31;
  if (x % ONE_IN != 0) return 0;
  return (x >> 32) % 2 ? ENOSPC : EIO;
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
  int error = fault();
  if (error) {
    errno = error;
    return -1;
  }
  static ssize_t (*next)(int, const void *, size_t, off64_t);
  if (!next) next = dlsym(RTLD_NEXT, "pwrite64");
  return next(file, bytes, count, offset);
}

int fdatasync(int file) {
  int error = fault();
  if (error) {
    errno = error;
    return -1;
  }
  static int (*next)(int);
  if (!next) next = dlsym(RTLD_NEXT, "fdatasync");
  return next(file);
}

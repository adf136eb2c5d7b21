// Loaded before libc with LD_PRELOAD: SQLite's writes fail, as on a disk that is full or broken.
// With FAULTS_SEED some do, others for each seed. With FAULTS_FILE all do, as long as that file is
// there, with the number of an error that is in it.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

// Enough calls succeed to make a file.
enum { CALLS_THAT_SUCCEED = 50, ONE_IN = 40 };

static atomic_uint calls;

static int fault_in_file(const char *path) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  char text[16] = "";
  ssize_t count = read(file, text, sizeof text - 1);
  close(file);
  return count > 0 ? atoi(text) : 0;
}

// The error of this call, or 0.
static int fault(void) {
  const char *path = getenv("FAULTS_FILE");
  if (path) return fault_in_file(path);
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

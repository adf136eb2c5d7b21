// Tells ThreadSanitizer of the standard library's `Mutex`. Preloaded by `run`, for tests only.
//
// The fast paths of `Mutex` are inlined where it is used, and so ThreadSanitizer sees them. When two
// threads meet at a lock, `_lockSlow` and `_unlockSlow` of libswiftSynchronization take over, which
// is not instrumented: without this file, every such meeting is reported as a race between what the
// two threads do under the lock. These stand in front of the two, and say what they do. All other
// races are still found, which a suppression would hide.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

// Declared as weak, because not every process that preloads this is a sanitized one.
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))
#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

typedef SWIFT void LockSlow(uint32_t thread, SELF void *mutex);
typedef SWIFT void UnlockSlow(SELF void *mutex);

SWIFT void lock_slow(uint32_t thread, SELF void *mutex) __asm__(LOCK_SLOW);
SWIFT void unlock_slow(SELF void *mutex) __asm__(UNLOCK_SLOW);

SWIFT void lock_slow(uint32_t thread, SELF void *mutex) {
  ((LockSlow *)dlsym(RTLD_NEXT, LOCK_SLOW))(thread, mutex);
  if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT void unlock_slow(SELF void *mutex) {
  if (__tsan_release) __tsan_release(mutex);
  ((UnlockSlow *)dlsym(RTLD_NEXT, UNLOCK_SLOW))(mutex);
}

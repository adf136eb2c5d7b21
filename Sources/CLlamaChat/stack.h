// Runs something with a stack of a known size.
#pragma once

#include <cstddef>
#include <pthread.h>

/// Calls `body` on a thread of its own, which has a stack of 256 MiB, and waits for it. It must not
/// throw.
///
/// - Returns: whether it was called: not when memory is short.
template <typename Body>
bool with_large_stack(const Body &body) {
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return false;
  pthread_t thread;
  const auto call = [](void *body) -> void * {
    (*static_cast<const Body *>(body))();
    return nullptr;
  };
  const bool has_thread = pthread_attr_setstacksize(&attributes, size_t(256) << 20) == 0 &&
    pthread_create(&thread, &attributes, call, const_cast<Body *>(&body)) == 0;
  pthread_attr_destroy(&attributes);
  return has_thread && pthread_join(thread, nullptr) == 0;
}

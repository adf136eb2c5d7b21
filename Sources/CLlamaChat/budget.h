// Bounds what a thread may spend within a scope: time, memory, and stack.
#pragma once

#include <cstddef>

/// While it lives, allocations of its thread throw `std::bad_alloc` once the thread has computed for
/// 10 s, or holds 512 MiB more, or its stack has grown by more than 1 MiB: a template that never
/// ends, grows without bound or calls itself for ever allocates with every step. What goes on after
/// it has caught the exception is soon refused again.
///
/// A thread has one at a time.
class Budget {
public:
  Budget();
  ~Budget();
  Budget(const Budget &) = delete;
  Budget &operator=(const Budget &) = delete;
  /// Whether anything was refused.
  bool is_exceeded() const;
};

#include "budget.h"

#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <malloc.h>
#include <new>

namespace {

struct Spending {
  bool is_bounded;
  bool is_exceeded;
  /// What the thread holds more than at the beginning; less than nothing when it has freed more.
  ptrdiff_t bytes;
  /// So many small allocations are free: what reports a refusal, deep in the stack, allocates, too.
  size_t free_count;
  size_t count;
  uintptr_t stack;
  int64_t deadline;
};

thread_local Spending spending = {};

constexpr ptrdiff_t maximum_bytes = ptrdiff_t(512) << 20;
constexpr uintptr_t maximum_stack = uintptr_t(1) << 20;
constexpr int64_t maximum_nanoseconds = int64_t(10) * 1000 * 1000 * 1000;
constexpr size_t free_count = 2000;
/// The clock is read once in so many allocations, or at one of such a size.
constexpr size_t clock_interval = 256;
constexpr size_t large_size = size_t(64) << 10;

uintptr_t stack_pointer() { return reinterpret_cast<uintptr_t>(__builtin_frame_address(0)); }

int64_t thread_nanoseconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return int64_t(time.tv_sec) * 1000 * 1000 * 1000 + time.tv_nsec;
}

bool is_late(size_t size) {
  if (++spending.count % clock_interval != 0 && size < large_size) return false;
  return thread_nanoseconds() > spending.deadline;
}

bool is_refused(size_t size) {
  // A loop cannot go on by catching exceptions.
  if (spending.is_exceeded) return true;
  if (size > size_t(maximum_bytes) || spending.bytes + ptrdiff_t(size) > maximum_bytes) return true;
  const auto stack = stack_pointer();
  const bool is_deep = stack < spending.stack && spending.stack - stack > maximum_stack;
  return is_deep || is_late(size);
}

bool may_spend(size_t size) {
  if (spending.free_count > 0 && size < large_size) {
    spending.free_count -= 1;
    return true;
  }
  if (!is_refused(size)) return true;
  spending.is_exceeded = true;
  spending.free_count = free_count;
  return false;
}

void *allocate(size_t size) {
  if (spending.is_bounded && !may_spend(size)) return nullptr;
  void *memory = std::malloc(size > 0 ? size : 1);
  if (memory && spending.is_bounded) spending.bytes += ptrdiff_t(malloc_usable_size(memory));
  return memory;
}

void release(void *memory) {
  if (memory && spending.is_bounded) spending.bytes -= ptrdiff_t(malloc_usable_size(memory));
  std::free(memory);
}

}

Budget::Budget() {
  spending = {true, false, 0, 0, 0, stack_pointer(), thread_nanoseconds() + maximum_nanoseconds};
}

Budget::~Budget() { spending = {}; }

bool Budget::is_exceeded() const { return spending.is_exceeded; }

// These replace those of the C++ library for the whole process; of other threads they cost a look
// at a variable. The library's other forms call these.
void *operator new(size_t size) {
  void *memory = allocate(size);
  if (!memory) throw std::bad_alloc();
  return memory;
}

void operator delete(void *memory) noexcept { release(memory); }

void operator delete(void *memory, size_t) noexcept { release(memory); }

import CLibFuzzer
import Foundation

/// What an input costs.
struct Cost {
  /// The processor's time. What others do on the machine is not in it, as it would be in a clock's.
  var time: Duration
  /// By how much the memory of the process was larger while it was worked on, at most.
  var memory: Int

  /// Does work on this thread.
  static func measure(_ body: () -> Void) -> Cost {
    // What was freed before and kept would hide what is taken now.
    malloc_trim(0)
    Self.forgetPeak()
    let (time, memory) = (Self.threadTime, Self.peakMemory)
    body()
    return Cost(time: Self.threadTime - time, memory: Self.peakMemory - memory)
  }

  private static var threadTime: Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  // proc(5). Where a peak is not to be forgotten, only work that sets a new one is seen.

  private static func forgetPeak() {
    try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
  }

  private static var peakMemory: Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    let kibibytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first
    return kibibytes.flatMap { Int($0) }.map { $0 << 10 } ?? 0
  }
}

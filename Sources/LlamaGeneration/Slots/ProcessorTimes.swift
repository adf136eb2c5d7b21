internal import Foundation
internal import Glibc

/// The processor times that the system counts, for the processors that this process may run on.
struct ProcessorTimes {
  /// When it was read.
  var instant: ContinuousClock.Instant
  /// The time that all threads of this process have used.
  var used: Duration
  /// The idle time of all processors together. Time of lower-priority programs counts as idle,
  /// because they give way.
  var idle: Duration
  /// The control groups' limit, in processors; nil without a limit.
  var quota: Double?

  /// How many processors this process used or could have used, on average.
  func share(since last: ProcessorTimes) -> Double {
    (self.used - last.used + self.idle - last.idle) / (self.instant - last.instant)
  }
}

extension ProcessorTimes {
  /// The current times; nil if unknown.
  static var now: ProcessorTimes? {
    guard let statistics = SystemFile.text("/proc/stat"),
      let idle = Self.idle(
        statistics,
        of: SystemFile.text("/proc/thread-self/status").flatMap { Self.allowedProcessors($0) }
      )
    else { return nil }
    var used = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used)
    return ProcessorTimes(
      instant: .now,
      used: .seconds(used.tv_sec) + .nanoseconds(used.tv_nsec),
      idle: idle,
      quota: Self.quota(.current)
    )
  }

  /// What the control groups allow, in processors; nil without a limit.
  static func quota(_ groups: ControlGroups) -> Double? {
    groups.least { file in file("cpu.max").flatMap { Self.quota($0) } }
  }

  /// Parses proc(5)'s stat, which has a line for each processor: its name, then the times in user
  /// mode, there with a lower priority, in the kernel, idle, and idle with I/O under way, in ticks.
  ///
  /// - Parameter processors: the processors to count; nil is all.
  static func idle(_ statistics: String, of processors: Set<Int>?) -> Duration? {
    let ticksPerSecond = sysconf(Int32(_SC_CLK_TCK))
    var ticks: Int?
    for line in statistics.utf8.split(separator: UInt8(ascii: "\n")) {
      let words = line.split(separator: UInt8(ascii: " "))
      guard words.count > 5, words[0].starts(with: "cpu".utf8) else { continue }
      guard let processor = Int(Substring(words[0].dropFirst(3))) else { continue }
      guard processors?.contains(processor) ?? true else { continue }
      let counts = [words[2], words[4], words[5]].compactMap { Int(Substring($0)) }
      guard counts.count == 3 else { return nil }
      ticks = counts.reduce(ticks ?? 0, +)
    }
    return ticks.map { .seconds($0) / ticksPerSecond }
  }

  /// Parses cpu.max of a version 2 cgroup: the time allowed in each period, or "max", and the
  /// period.
  static func quota(_ limit: String) -> Double? {
    let words = limit.split { $0.isWhitespace }
    guard words.count == 2, let time = Double(words[0]), let period = Double(words[1]), period > 0
    else { return nil }
    return time / period
  }

  /// Parses the list of allowed processors in proc(5)'s status, such as "0-3,8"; nil if it is
  /// missing.
  static func allowedProcessors(_ status: String) -> Set<Int>? {
    let name = "Cpus_allowed_list:"
    guard let line = status.split(separator: "\n").first(where: { $0.utf8.starts(with: name.utf8) })
    else { return nil }
    let ranges = line.dropFirst(name.count).split(separator: ",").map { range in
      range.split(separator: "-").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    }
    return Set(
      ranges.flatMap { bounds in
        guard let first = bounds.first, let last = bounds.last, first <= last else {
          return 0 ..< 0
        }
        return first ..< last + 1
      }
    )
  }
}

import Foundation

/// What another process uses of this machine, from /proc (proc(5)).
struct ProcessUsage {
  let pid: Int

  struct Sample: Equatable {
    var memoryKiB = 0
    var threads = 0
    var descriptors = 0

    mutating func raise(to other: Self) {
      self.memoryKiB = max(self.memoryKiB, other.memoryKiB)
      self.threads = max(self.threads, other.threads)
      self.descriptors = max(self.descriptors, other.descriptors)
    }
  }

  /// How long a server may take to let go of what it held: longer than its timeouts.
  private static let patience = Duration.seconds(30)

  /// - Throws: `Failure` when the process is gone.
  func sample() throws -> Sample {
    guard
      let status = try? String(contentsOfFile: "/proc/\(self.pid)/status", encoding: .utf8),
      let descriptors = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(self.pid)/fd")
    else { throw Failure("The server is gone") }
    return Sample(
      memoryKiB: Self.number("VmRSS", in: status),
      threads: Self.number("Threads", in: status),
      descriptors: descriptors.count
    )
  }

  /// Waits until the process lets go of nothing any more.
  ///
  /// - Parameter goal: what it is expected to come back to; waits for that as long as is sensible.
  func whenIdle(like goal: Sample? = nil) async throws -> Sample {
    let end = ContinuousClock.now + Self.patience
    var last = try self.sample()
    var steady = 0
    while ContinuousClock.now < end {
      try await Task.sleep(for: .seconds(1))
      let sample = try self.sample()
      steady = sample.descriptors == last.descriptors ? steady + 1 : 0
      last = sample
      // Longer than the server's timeouts, and than the time in which it gives memory back.
      if steady >= 12, goal.map({ $0.descriptors == sample.descriptors }) ?? true { break }
    }
    return last
  }

  private static func number(_ name: String, in status: String) -> Int {
    let line = status.split(separator: "\n").first { $0.hasPrefix("\(name):") }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
  }
}

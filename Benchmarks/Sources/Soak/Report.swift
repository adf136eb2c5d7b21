import RPC

/// The table at the end.
struct Report: CustomStringConvertible {
  let entries: Ledger.Entries
  let before: ProcessUsage.Sample
  let peak: ProcessUsage.Sample
  /// After each round, when the server had nothing to do.
  let after: [ProcessUsage.Sample]

  /// By how much memory may be above what it was: the allocator keeps some of what it has got.
  private static let allowedRestKiB = 32 << 10
  /// By how much it may differ between equal rounds, which leave as much behind: but for the last 64
  /// constraints, which a server with a model keeps, and which are not the same in each round.
  private let allowedGrowthKiB: Int

  init(
    ledger: Ledger,
    before: ProcessUsage.Sample,
    peak: ProcessUsage.Sample,
    after: [ProcessUsage.Sample],
    hasModel: Bool
  ) {
    self.allowedGrowthKiB = (hasModel ? 24 : 8) << 10
    self.entries = ledger.entries
    self.before = before
    self.peak = peak
    self.after = after
  }

  var isPassed: Bool { self.failures.isEmpty }

  private var failures: [String] {
    var failures = self.entries.faults
    let more = self.entries.faultCount - failures.count
    if more > 0 { failures.append("and \(more) more") }
    guard let first = self.after.first, let last = self.after.last else { return failures }
    if last.descriptors != self.before.descriptors {
      failures.append("the server's descriptors did not come back")
    }
    if last.memoryKiB > self.before.memoryKiB + Self.allowedRestKiB {
      failures.append("the server's memory did not come back")
    }
    if last.memoryKiB > first.memoryKiB + self.allowedGrowthKiB {
      failures.append("the server's memory grows from round to round")
    }
    return failures
  }

  var description: String {
    var lines = [
      "",
      Self.row("calls", self.entries.calls),
      Self.row("streams", self.entries.streams),
      Self.row("cancels", self.entries.cancels),
    ]
    for (code, count) in self.entries.errors.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      lines.append(Self.row("\(code)", count))
    }
    lines += ["", Self.row("server", "memory, KiB", "threads", "descriptors")]
    lines.append(Self.row("before", self.before))
    lines.append(Self.row("peak", self.peak))
    lines += self.after.enumerated().map { Self.row("after round \($0 + 1)", $1) }
    for wait in Ledger.Wait.allCases { lines += self.rows(of: wait) }
    lines.append("")
    lines += self.isPassed ? ["All is well"] : ["FAILED:"] + self.failures.map { "  \($0)" }
    return lines.joined(separator: "\n")
  }

  private static func row(_ name: String, _ usage: ProcessUsage.Sample) -> String {
    self.row(name, usage.memoryKiB, usage.threads, usage.descriptors)
  }

  private static func row(_ name: String, _ cells: any CustomStringConvertible...) -> String {
    cells.reduce(Self.padded(name, 28, left: false)) {
      $0 + Self.padded($1.description, 12, left: true)
    }
  }

  private func rows(of wait: Ledger.Wait) -> [String] {
    // The first phase is that without attacks. What a ratio to it is tells of the machine, too, so that
    // none of them is a failure.
    guard let peace = self.entries.phases.first?.waits[wait] else { return [] }
    return ["", Self.row(wait.rawValue, "waits", "median", "p99", "worst", "p99 ratio")]
      + self.entries.phases.map { phase in
        let waits = phase.waits[wait] ?? Ledger.Waits()
        return Self.row(
          phase.name,
          waits.count,
          waits.median.formatted,
          waits.p99.formatted,
          waits.worst.formatted,
          (waits.p99 / peace.p99 * 100).rounded() / 100
        )
      }
  }

  private static func padded(_ text: String, _ width: Int, left: Bool) -> String {
    let padding = String(repeating: " ", count: max(0, width - text.count))
    return left ? padding + text : text + padding
  }
}

extension Duration {
  /// Such as "12.3 ms".
  var formatted: String {
    let milliseconds = self / .milliseconds(1)
    return milliseconds < 1000
      ? "\((milliseconds * 10).rounded() / 10) ms" : "\((milliseconds / 100).rounded() / 10) s"
  }
}

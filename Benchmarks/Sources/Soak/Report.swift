import FrameRPC

/// The table at the end.
struct Report: CustomStringConvertible {
  let entries: Ledger.Entries
  let before: ProcessUsage.Sample
  let peak: ProcessUsage.Sample
  let after: ProcessUsage.Sample

  /// By how much memory may grow: the allocator keeps some of what it has got.
  private static let allowedGrowthKiB = 32 << 10

  init(
    ledger: Ledger,
    before: ProcessUsage.Sample,
    peak: ProcessUsage.Sample,
    after: ProcessUsage.Sample
  ) {
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
    if self.after.descriptors != self.before.descriptors {
      failures.append("the server's descriptors did not come back")
    }
    if self.after.memoryKiB > self.before.memoryKiB + Self.allowedGrowthKiB {
      failures.append("the server's memory did not come back")
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
    lines += ["", Self.row("server", "before", "peak", "after")]
    lines.append(self.usage("memory, KiB", \.memoryKiB))
    lines.append(self.usage("threads", \.threads))
    lines.append(self.usage("descriptors", \.descriptors))
    lines += ["", Self.row("time to the first message", "calls", "mean", "worst")]
    for (name, first) in self.entries.phases {
      lines.append(
        Self.row(name, first.count, first.mean.formatted, first.worst.formatted)
      )
    }
    lines.append("")
    lines += self.isPassed ? ["All is well"] : ["FAILED:"] + self.failures.map { "  \($0)" }
    return lines.joined(separator: "\n")
  }

  private func usage(_ name: String, _ value: KeyPath<ProcessUsage.Sample, Int>) -> String {
    Self.row(
      name,
      self.before[keyPath: value],
      self.peak[keyPath: value],
      self.after[keyPath: value]
    )
  }

  private static func row(_ name: String, _ cells: any CustomStringConvertible...) -> String {
    cells.reduce(Self.padded(name, 28, left: false)) {
      $0 + Self.padded($1.description, 12, left: true)
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

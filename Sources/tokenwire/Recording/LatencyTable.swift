internal import Identifiers
import Recording

/// The latencies of a load, as a table: for each method a line for the first message and one for
/// the whole call.
struct LatencyTable {
  private let outcome: ReplayLoad.Outcome

  init(_ outcome: ReplayLoad.Outcome) {
    self.outcome = outcome
  }

  private static let percentiles: [(name: String, percent: Double)] = [
    ("p50", 50), ("p90", 90), ("p99", 99), ("p99.9", 99.9),
  ]

  var text: String {
    let header = ["method", "", "calls"] + Self.percentiles.map(\.name) + ["max"]
    let rows = self.outcome.latencies.sorted { $0.key < $1.key }.flatMap { method, latencies in
      [
        Self.row(method.text, "first message", latencies.first),
        Self.row(method.text, "whole call", latencies.whole),
      ]
    }
    let calls = self.outcome.latencies.values.reduce(0) { $0 + $1.whole.count }
    let seconds = self.outcome.duration / .seconds(1)
    return Self.table([header] + rows) + """
      \(self.outcome.replays) replays in \(Self.rounded(seconds)) s, \
      \(Self.rounded(Double(calls) / seconds)) calls/s; \(self.outcome.differing) differ\n
      """
  }

  private static func row(
    _ method: String,
    _ what: String,
    _ histogram: LatencyHistogram
  ) -> [String] {
    [method, what, "\(histogram.count)"]
      + Self.percentiles.map { Self.milliseconds(histogram.percentile($0.percent)) }
      + [Self.milliseconds(histogram.maximum)]
  }

  private static func table(_ rows: [[String]]) -> String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        // Numbers are aligned to the right.
        return column < 2 ? cell + padding : padding + cell
      }
      return cells.joined(separator: "  ") + "\n"
    }.joined()
  }

  private static func milliseconds(_ time: Duration) -> String {
    Self.rounded(time / .milliseconds(1)) + " ms"
  }

  private static func rounded(_ number: Double) -> String {
    let hundredths = Int((number * 100).rounded())
    return "\(hundredths / 100).\("\(100 + hundredths % 100)".dropFirst())"
  }
}

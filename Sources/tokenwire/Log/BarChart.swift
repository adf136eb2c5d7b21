import Identifiers

/// Rows of a name, a number of entries and their size, with bars of the sizes on a terminal.
struct BarChart {
  struct Row {
    var name: String
    var entries: Int
    var bytes: Int
  }

  let rows: [Row]

  /// On a terminal, longer names are cut.
  private static let maximumName = 32
  /// Shorter bars say nothing.
  private static let minimumBar = 8
  /// From one eighth of a column to seven.
  private static let parts = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"]

  /// - Parameter width: the terminal's width in columns, which lines do not exceed if the numbers
  ///   fit; nil is no terminal.
  func text(width: Int?) -> String {
    let names = self.rows.map { Self.shorten($0.name, isCut: width != nil) }
    let entries = self.rows.map(\.entries.entryText)
    let sizes = self.rows.map { $0.bytes.byteText }
    let columns = [names, entries, sizes].map { $0.map(\.count).max() ?? 0 }
    let room = (width ?? 0) - columns.reduce(0, +) - 6
    let largest = self.rows.map(\.bytes).max() ?? 0
    return self.rows.indices.map { index in
      var line =
        names[index].padded(to: columns[0]) + "  "
        + entries[index].padded(to: columns[1], isRight: true) + "  "
        + sizes[index].padded(to: columns[2], isRight: true)
      if room >= Self.minimumBar {
        line += "  " + Self.bar(self.rows[index].bytes, of: largest, columns: room)
      }
      return line + "\n"
    }.joined()
  }

  private static func bar(_ value: Int, of largest: Int, columns: Int) -> String {
    guard largest > 0 else { return "" }
    let eighths = Int((Double(value) / Double(largest) * Double(columns * 8)).rounded())
    // Even the smallest bar is visible.
    let (whole, rest) = max(eighths, 1).quotientAndRemainder(dividingBy: 8)
    return String(repeating: "█", count: whole) + (rest > 0 ? self.parts[rest - 1] : "")
  }

  private static func shorten(_ name: String, isCut: Bool) -> String {
    let line = name.onOneLine
    // The shown text must fit.
    let name = isCut ? line.escapedForTerminal : line
    return isCut && name.count > self.maximumName ? name.prefix(self.maximumName - 1) + "…" : name
  }
}

extension String {
  fileprivate func padded(to width: Int, isRight: Bool = false) -> String {
    let padding = String(repeating: " ", count: max(width - self.count, 0))
    return isRight ? padding + self : self + padding
  }
}

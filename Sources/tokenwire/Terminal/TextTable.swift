/// Rows of texts in columns, the first row being the head.
struct TextTable {
  let text: String

  init(_ rows: [[String]]) {
    // Columns are aligned by what the terminal shows.
    let cells = StandardOutput.isTerminal ? rows.map { $0.map(\.escapedForTerminal) } : rows
    let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    self.text = cells.map { row in
      var line = ""
      for (cell, width) in zip(row, widths) {
        line += cell + String(repeating: " ", count: width - cell.count + 2)
      }
      while line.utf8.last == UInt8(ascii: " ") { line.unicodeScalars.removeLast() }
      return line + "\n"
    }.joined()
  }
}

/// Where a server's log goes: standard error, an entry a line.
///
/// Entries quote what peers have sent, and are read long after, on whatever terminal: whether standard
/// error is one or not, control characters and line breaks within an entry are shown, not written.
struct LogLines: TextOutputStream {
  func write(_ text: String) {
    let endsLine = text.utf8.last == UInt8(ascii: "\n")
    let entry = String(text.unicodeScalars.dropLast(endsLine ? 1 : 0))
    StandardOutput.writeNote(entry.onOneLine.escapedForTerminal + "\n")
  }
}

/// Where a server's log goes: standard error, an entry a line.
///
/// Entries quote what peers have sent, and are read long after, on whatever terminal: whether standard
/// error is one or not, control characters and line breaks within an entry are shown, not written.
struct LogLines: TextOutputStream {
  func write(_ text: String) {
    let entry = text.hasSuffix("\n") ? text.dropLast() : text[...]
    StandardOutput.writeNote(String(entry).onOneLine.escapedForTerminal + "\n")
  }
}

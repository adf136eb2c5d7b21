/// Comma-separated values (RFC 4180).
struct CSV {
  enum Form: String {
    /// Values that spreadsheets take for formulas get an apostrophe, which makes them text.
    case guarded
    /// Unchanged.
    case raw
  }

  let form: Form

  /// A record with its line end.
  func record(_ fields: [String]) -> String {
    fields.map { self.field($0) }.joined(separator: ",") + "\r\n"
  }

  private func field(_ text: String) -> String {
    // By bytes, because "\r\n" is one character in Swift.
    let isFormula = text.utf8.first.map { "=+-@\t\r".utf8.contains($0) } ?? false
    let text = isFormula && self.form == .guarded ? "'" + text : text
    let special = text.utf8.contains { #"",\#r\#n"#.utf8.contains($0) }
    guard special else { return text }
    // By bytes, because a quotation mark with a combining accent is another character in Swift.
    let doubled = text.utf8.split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: false)
      .map { String(Substring($0)) }.joined(separator: "\"\"")
    return "\"\(doubled)\""
  }
}

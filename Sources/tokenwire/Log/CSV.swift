/// Comma-separated values (RFC 4180).
struct CSV {
  enum Form: String {
    /// What spreadsheets take for a formula has an apostrophe before it, which makes it text.
    case guarded
    /// As it is.
    case raw
  }

  let form: Form

  /// A record with its end.
  func record(_ fields: [String]) -> String {
    fields.map { self.field($0) }.joined(separator: ",") + "\r\n"
  }

  private func field(_ text: String) -> String {
    // By bytes: for Swift, "\r\n" is one character, and neither of its two.
    let isFormula = text.utf8.first.map { "=+-@\t\r".utf8.contains($0) } ?? false
    let text = isFormula && self.form == .guarded ? "'" + text : text
    let special = text.utf8.contains { #"",\#r\#n"#.utf8.contains($0) }
    guard special else { return text }
    // A quotation mark with an accent after it is another character for Swift.
    let doubled = text.utf8.split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: false)
      .map { String(Substring($0)) }.joined(separator: "\"\"")
    return "\"\(doubled)\""
  }
}

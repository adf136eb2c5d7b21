/// Comma-separated values (RFC 4180).
enum CSV {
  /// A record with its end.
  static func record(_ fields: [String]) -> String {
    fields.map { Self.field($0) }.joined(separator: ",") + "\r\n"
  }

  private static func field(_ text: String) -> String {
    // By bytes: for Swift, "\r\n" is one character, and neither of its two.
    let special = text.utf8.contains { #"",\#r\#n"#.utf8.contains($0) }
    return special ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
  }
}

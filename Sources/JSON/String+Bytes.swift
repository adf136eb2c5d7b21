extension String {
  /// Whether the bytes are the same, as RFC 7519 section 7.3 compares strings. For `==`, "é" and
  /// "e" with a combining accent are equal.
  package func hasSameBytes(as other: String) -> Bool {
    let bytes = self.utf8Span.span
    let others = other.utf8Span.span
    return bytes.count == others.count && bytes.indices.allSatisfy { bytes[$0] == others[$0] }
  }
}

extension String {
  /// Whether the two are the same characters, byte for byte, as RFC 7519 section 7.3 compares them.
  /// `==` also takes "é" for "e" with an accent after it.
  package func hasSameBytes(as other: String) -> Bool {
    let bytes = self.utf8Span.span
    let others = other.utf8Span.span
    return bytes.count == others.count && bytes.indices.allSatisfy { bytes[$0] == others[$0] }
  }
}

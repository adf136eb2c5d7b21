extension String {
  /// Whether the two are the same characters, byte for byte, as RFC 7519 section 7.3 compares them.
  /// `==` also takes "é" for "e" with an accent after it.
  package func hasSameBytes(as other: String) -> Bool {
    self.utf8Span.span.withUnsafeBytes { bytes in
      other.utf8Span.span.withUnsafeBytes { bytes.elementsEqual($0) }
    }
  }
}

package import JSON

extension Base64URL {
  /// Spans cannot be arguments in Swift Testing's macros.
  package static func decode(_ text: some StringProtocol) -> [UInt8]? {
    let text = String(text)
    return self.decode(text.utf8Span.span)
  }
}

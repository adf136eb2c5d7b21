/// How large and how slow requests may be.
package struct HTTPLimits: Hashable, Sendable {
  /// The size of a request's header fields, in bytes; also of its target. Default 16,384.
  package var headerSize: Int
  /// The size of a request's content, in bytes. Default 4,194,304.
  package var contentSize: Int
  /// How long a stream may be silent before it gets a comment. Default 15 s.
  package var keepaliveInterval: Duration

  /// Creates limits, each at least 1.
  package init(
    headerSize: Int = 16_384,
    contentSize: Int = 4_194_304,
    keepaliveInterval: Duration = .seconds(15)
  ) {
    self.headerSize = headerSize
    self.contentSize = contentSize
    self.keepaliveInterval = keepaliveInterval
  }

  /// What is above the limit is still read, as far as this, so that it can be told what it is.
  var readableHeaderSize: Int { 4 * self.headerSize }
}

import NIOCore

/// Looks at the beginning of what is sent, which tells the version, and then at frames or statuses.
struct HTTPOutputCheck: OutputChecking {
  private var sent = ByteBuffer()
  private var hasBegun = false
  private var isHTTP1 = false

  private static let beginning = "HTTP/1."
  private static let largestFrame = 16_384

  mutating func check(_ bytes: ByteBuffer) {
    self.sent.writeImmutableBuffer(bytes)
    if !self.hasBegun, self.sent.readableBytes >= Self.beginning.utf8.count {
      self.hasBegun = true
      self.isHTTP1 = self.sent.readableBytesView.starts(with: Self.beginning.utf8)
    }
    if self.isHTTP1 {
      let text = String(buffer: self.sent)
      fail("there is an internal error: \(text)", unless: !text.contains(" 500 Internal"))
      self.sent.clear()
    } else if self.hasBegun {
      self.checkFrames()
    }
  }

  /// RFC 9113 section 4.1.
  private mutating func checkFrames() {
    while let (high, low, type) = self.sent.getMultipleIntegers(
      at: self.sent.readerIndex,
      as: (UInt8, UInt16, UInt8).self
    ) {
      let length = Int(high) << 16 | Int(low)
      fail("a frame has \(length) bytes", unless: length <= Self.largestFrame)
      fail("a frame has the type \(type)", unless: type <= 9)
      guard self.sent.readSlice(length: 9 + length) != nil else { return }
    }
  }
}

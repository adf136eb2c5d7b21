internal import NIOCore

extension ByteBuffer {
  /// The message with other values in fields of strings, bytes and messages; all other bytes,
  /// unknown fields included, stay as they are.
  ///
  /// - Parameter replace: is given the number and the value of each such field, and returns its
  ///   new value, or nil to keep it.
  /// - Returns: nil when the bytes are no message
  ///   (https://protobuf.dev/programming-guides/encoding/).
  func replacingFields(
    _ replace: (_ number: Int, _ value: ByteBuffer) -> ByteBuffer?
  ) -> ByteBuffer? {
    var rest = self
    var result = ByteBuffer()
    var copied = self.readerIndex
    while rest.readableBytes > 0 {
      let start = rest.readerIndex
      guard let tag = rest.readVarint(), tag >> 3 != 0 else { return nil }
      switch tag & 7 {
      case 0: guard rest.readVarint() != nil else { return nil }
      case 1: guard rest.readSlice(length: 8) != nil else { return nil }
      case 5: guard rest.readSlice(length: 4) != nil else { return nil }
      case 2:
        guard
          let length = rest.readVarint().flatMap({ Int(exactly: $0) }),
          let value = rest.readSlice(length: length)
        else { return nil }
        if let new = replace(Int(truncatingIfNeeded: tag >> 3), value) {
          result.writeBytes(self.bytes(from: copied, to: start))
          result.writeVarint(tag)
          result.writeVarint(UInt64(new.readableBytes))
          result.writeImmutableBuffer(new)
          copied = rest.readerIndex
        }
      default: return nil
      }
    }
    if copied == self.readerIndex { return self }
    result.writeBytes(self.bytes(from: copied, to: self.writerIndex))
    return result
  }

  private func bytes(from start: Int, to end: Int) -> ByteBufferView {
    let view = self.readableBytesView
    return view.dropFirst(start - self.readerIndex).prefix(end - start)
  }

  private mutating func readVarint() -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte: UInt8 = self.readInteger() else { return nil }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }

  private mutating func writeVarint(_ value: UInt64) {
    var value = value
    while value >= 0x80 {
      self.writeInteger(UInt8(truncatingIfNeeded: value) | 0x80)
      value >>= 7
    }
    self.writeInteger(UInt8(value))
  }
}

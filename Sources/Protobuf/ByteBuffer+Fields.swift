package import NIOCore

extension ByteBuffer {
  /// Replaces values of string, bytes and message fields; all other bytes, including unknown
  /// fields, stay unchanged.
  ///
  /// - Parameter replace: gets the number and the value of each such field, and returns its new
  ///   value, or nil to keep it.
  /// - Returns: nil when the bytes are not a message, or have groups, which proto3 does not have
  ///   (https://protobuf.dev/programming-guides/encoding/).
  package func replacingFields(
    _ replace: (_ number: Int, _ value: ByteBuffer) -> ByteBuffer?
  ) -> ByteBuffer? {
    let bytes = self.withUnsafeReadableBytes { bytes -> [UInt8]? in
      let bytes = bytes.bindMemory(to: UInt8.self)
      var fields = WireFields(bytes)
      var result: [UInt8] = []
      while !fields.isAtEnd {
        guard let field = fields.next(), field.type != .group else { return nil }
        if field.type == .lengthDelimited,
          let new = replace(Int(field.number), ByteBuffer(bytes: field.payload))
        {
          result.append(field: field.number, new.readableBytesView)
        } else {
          result += field.whole
        }
      }
      return result
    }
    return bytes.map { ByteBuffer(bytes: $0) }
  }
}

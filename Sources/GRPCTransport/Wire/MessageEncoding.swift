internal import CZlib
internal import NIOCore
internal import RPC

/// How messages are compressed.
enum MessageEncoding {
  case gzip

  /// The names of what is understood, for "grpc-accept-encoding".
  static let names = "identity,gzip"

  /// - Returns: nil for "identity".
  /// - Throws: when the encoding is not known.
  init?(named name: String) throws(CallError) {
    if name.utf8.elementsEqual("identity".utf8) { return nil }
    guard name.utf8.elementsEqual("gzip".utf8) else {
      throw CallError(
        .unimplemented,
        "The grpc-encoding \"\(name)\" is not understood: send \(Self.names)"
      )
    }
    self = .gzip
  }

  /// Decompresses a message.
  ///
  /// - Parameter limit: the most bytes that it may have.
  /// - Throws: when it is damaged, or too long.
  func decompress(_ bytes: ByteBuffer, limit: Int) throws(CallError) -> ByteBuffer {
    var stream = z_stream()
    guard zlib_inflate_init_gzip(&stream) == Z_OK else {
      throw CallError(.resourceExhausted, "There is no memory to decompress a message")
    }
    defer { inflateEnd(&stream) }
    var input = bytes
    var output = ByteBuffer()
    var status = Z_OK
    let size = input.readableBytes
    input.withUnsafeMutableReadableBytes { input in
      stream.next_in = input.bindMemory(to: UInt8.self).baseAddress
      stream.avail_in = UInt32(size)
      while status == Z_OK, output.readableBytes <= limit {
        // At least 1 KiB, and as much as there is: a bomb gets no more than the limit.
        let count = min(max(1024, output.readableBytes), limit + 1 - output.readableBytes)
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: max(1, count)) { room in
          stream.next_out = room.bindMemory(to: UInt8.self).baseAddress
          stream.avail_out = UInt32(max(1, count))
          status = inflate(&stream, Z_NO_FLUSH)
          return max(1, count) - Int(stream.avail_out)
        }
      }
    }
    guard output.readableBytes <= limit else { throw .messageTooLong(limit: limit) }
    guard status == Z_STREAM_END, stream.avail_in == 0 else {
      throw CallError(.internal, "A message is not gzip, though its call says so")
    }
    return output
  }
}

extension CallError {
  /// A message has more bytes than the limit.
  static func messageTooLong(limit: Int) -> CallError {
    CallError(.resourceExhausted, "The message has more than \(limit) bytes: send less at once")
  }
}

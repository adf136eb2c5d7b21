internal import NIOCore
internal import Protobuf

extension ByteBuffer {
  /// Appends the normal end of a stream: an empty Data frame that says so (WIRE.md section 1).
  mutating func writeEnd(stream: UInt32) {
    self.writeFrameHeader(
      FrameHeader(length: 0, stream: stream, type: .data, flags: [.remoteClosed, .noData])
    )
  }

  /// Appends the Response that ends a stream with an error.
  mutating func writeError(_ error: CallError, stream: UInt32) {
    let envelope = ResponseEnvelope(status: StatusMessage(error))
    let data = envelope.serialized()
    self.writeFrameHeader(
      FrameHeader(
        length: UInt32(data.readableBytes),
        stream: stream,
        type: .response,
        flags: []
      )
    )
    self.writeImmutableBuffer(data)
  }
}

extension Message {
  func serialized() -> ByteBuffer {
    var buffer = ByteBuffer()
    self.serialize(into: &buffer)
    return buffer
  }
}

extension StatusMessage {
  /// Longer messages are cut, because an error must fit into a frame whatever it quotes.
  private static let maximumMessageLength = 4096

  init(_ error: CallError) {
    self.init(
      code: error.code.rawValue,
      message: String(error.message.prefix(Self.maximumMessageLength))
    )
  }
}

extension CallError {
  /// Nil when `status` is OK. Codes that gRPC does not define are `unknown`.
  init?(_ status: StatusMessage?) {
    guard let status, status.code != 0 else { return nil }
    self.init(Code(rawValue: status.code) ?? .unknown, status.message)
  }
}

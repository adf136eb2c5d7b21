internal import NIOCore
internal import Protobuf
internal import RPC

extension ByteBuffer {
  /// Appends the normal end of a stream: an empty Data frame with RC and ND (WIRE.md section 1).
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

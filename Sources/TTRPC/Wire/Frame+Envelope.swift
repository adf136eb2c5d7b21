internal import Identifiers
package import NIOCore
package import Protobuf
package import RPC

/// What Request and Response frames say, for those who only look on.
extension Frame {
  /// The content of a Request.
  package struct RequestContent: Sendable {
    package var method: MethodDescriptor
    /// The request message; empty when it follows as Data.
    package var payload: ByteBuffer
    /// Nil when the caller waits for ever.
    package var timeout: Duration?
    package var metadata: Metadata
  }

  /// The content of a Response.
  package struct ResponseContent: Sendable {
    /// Nil is OK.
    package var error: CallError?
    package var payload: ByteBuffer
  }

  /// - Throws: when the data is not that of a Request.
  package func readRequest() throws(MessageError) -> RequestContent {
    let envelope = try RequestEnvelope(serialized: self.data)
    var metadata = Metadata()
    for pair in envelope.metadata { metadata.add(pair.value, for: Identifier(pair.key)) }
    return RequestContent(
      method: MethodDescriptor(
        service: Identifier(envelope.service),
        method: Identifier(envelope.method)
      ),
      payload: envelope.payload,
      timeout: envelope.timeoutNano == 0 ? nil : .nanoseconds(envelope.timeoutNano),
      metadata: metadata
    )
  }

  /// - Throws: when the data is not that of a Response.
  package func readResponse() throws(MessageError) -> ResponseContent {
    let envelope = try ResponseEnvelope(serialized: self.data)
    return ResponseContent(error: CallError(envelope.status), payload: envelope.payload)
  }

  /// Appends the encoded frame to `buffer`.
  package func write(into buffer: inout ByteBuffer) {
    buffer.writeFrameHeader(
      FrameHeader(
        length: UInt32(self.data.readableBytes),
        stream: self.stream,
        type: self.type,
        flags: self.flags
      )
    )
    buffer.writeImmutableBuffer(self.data)
  }
}

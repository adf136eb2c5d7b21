internal import Identifiers
package import NIOCore
package import Protobuf
package import RPC

/// Reads and writes Request and Response frames, for tools that look at recorded ones.
extension Frame {
  /// The content of a Request.
  package struct RequestContent: Sendable {
    /// The method that is called.
    package var method: MethodDescriptor
    /// The request message; empty when it follows as Data.
    package var payload: ByteBuffer
    /// Nil without a timeout.
    package var timeout: Duration?
    /// The metadata of the call.
    package var metadata: Metadata
  }

  /// The content of a Response.
  package struct ResponseContent: Sendable {
    /// Nil for OK.
    package var error: CallError?
    package var payload: ByteBuffer
  }

  /// - Throws: when the data is not a Request's.
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

  /// - Throws: when the data is not a Response's.
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

internal import NIOCore
internal import Protobuf
internal import RPC

extension CallRequest {
  /// Creates the request of a call with one message.
  init(
    calling method: MethodDescriptor,
    _ message: some Message,
    metadata: Metadata,
    timeout: Duration? = nil
  ) {
    var buffer = ByteBuffer()
    message.serialize(into: &buffer)
    self.init(
      method: method,
      metadata: metadata,
      timeout: timeout,
      message: buffer,
      length: buffer.readableBytes + metadata.size
    )
  }
}

package import Listening
package import NIOCore
package import NIOHPACK

/// A protocol of its own in streams of HTTP/2, beside the requests of HTTP: gRPC.
package protocol StreamProtocol: Sendable {
  /// Whether a stream that begins with these header fields is of this protocol.
  func begins(with headers: HPACKHeaders) -> Bool

  /// Adds handlers of frame payloads to the end of a stream's pipeline.
  func addHandlers(to stream: HTTP2Stream) throws
}

/// One stream of a connection.
package struct HTTP2Stream {
  /// The stream.
  package let channel: any Channel
  /// The connection that it belongs to.
  package let connection: ServerConnection
  /// Where a handler adds itself, and removes itself when it is gone.
  package let requests: OpenRequests
  /// The size of a request's header fields, in bytes of names and values.
  package let headerSizeLimit: Int
}

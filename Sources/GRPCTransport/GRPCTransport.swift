package import HTTPTransport
internal import NIOCore
package import NIOHPACK

/// gRPC in streams of HTTP/2 (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
package struct GRPCTransport: StreamProtocol {
  /// Creates the transport.
  package init() {}

  /// The content type is "application/grpc", alone or with a format: not that of grpc-web.
  package func begins(with headers: HPACKHeaders) -> Bool {
    guard let type = headers.first(name: "content-type") else { return false }
    return ContentType.isGRPC(type)
  }

  /// Adds the handler of a call.
  package func addHandlers(to stream: HTTP2Stream) throws {
    try stream.channel.pipeline.syncOperations.addHandler(CallHandler(stream))
  }
}

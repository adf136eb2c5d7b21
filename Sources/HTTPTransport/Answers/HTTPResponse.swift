package import JSON
package import NIOCore
package import NIOHTTP1

/// A whole response.
package struct HTTPResponse: Sendable {
  /// The status.
  package var status: HTTPResponseStatus
  /// The header fields, without those that the transport adds: `Content-Length`, `Date`,
  /// `X-Request-Id` and those of CORS.
  package var headers: HTTPHeaders
  /// The content.
  package var body: ByteBuffer

  /// Creates a response.
  package init(_ status: HTTPResponseStatus, headers: HTTPHeaders = [:], body: ByteBuffer) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// Creates a response of JSON.
  package init(_ status: HTTPResponseStatus = .ok, json: ByteBuffer) {
    self.init(status, headers: ["content-type": "application/json"], body: json)
  }

  /// Creates a response of a JSON object, whose members `write` writes.
  package init(
    _ status: HTTPResponseStatus = .ok,
    object write: (inout JSONWriter) -> Void
  ) {
    self.init(status, json: ByteBuffer(object: write))
  }
}

extension ByteBuffer {
  /// A JSON object, whose members `write` writes.
  package init(object write: (inout JSONWriter) -> Void) {
    var json = JSONWriter(escapes: .short)
    write(&json)
    json.end()
    self.init(bytes: json.bytes)
  }
}

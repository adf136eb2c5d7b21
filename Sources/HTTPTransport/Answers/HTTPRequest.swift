package import Identifiers
package import NIOCore
package import NIOHTTP1
package import RPC

/// A whole request, as a route reads it.
package struct HTTPRequest: Sendable {
  /// The request's method; a HEAD request is read as GET.
  package var method: HTTPMethod
  /// The path, with its percent-encoding removed.
  package var path: String
  /// What the path has in place of the route's `{parameter}`; empty without one.
  package var parameter: String
  /// The names and values after the question mark, with their percent-encoding removed.
  package var query: [(name: Identifier, value: String)]
  /// The request's header fields.
  package var headers: HTTPHeaders
  /// The content; empty without one.
  package var body: ByteBuffer
  /// The request's name in the server's log, which the response tells in `X-Request-Id`.
  package var id: String

  /// Creates a request.
  package init(
    method: HTTPMethod,
    path: String,
    parameter: String = "",
    query: [(name: Identifier, value: String)] = [],
    headers: HTTPHeaders = [:],
    body: ByteBuffer = ByteBuffer(),
    id: String = ""
  ) {
    self.method = method
    self.path = path
    self.parameter = parameter
    self.query = query
    self.headers = headers
    self.body = body
    self.id = id
  }

  /// The metadata of the request's calls.
  ///
  /// - Parameter accessToken: the caller's access token; nil is a call without one.
  package func metadata(accessToken: String? = nil) -> Metadata {
    var metadata = Metadata()
    metadata[RequestID.metadataKey] = self.id
    if let accessToken { metadata["authorization"] = "Bearer \(accessToken)" }
    return metadata
  }

  /// Whether the client prefers this media type over JSON, by an `Accept` that names it.
  package func accepts(_ mediaType: String) -> Bool {
    self.headers[canonicalForm: "accept"].contains { value in
      let type = value.utf8.prefix { $0 != UInt8(ascii: ";") }
      return Identifier(String(decoding: type, as: UTF8.self)).lowercasedASCII
        == Identifier(mediaType)
    }
  }
}

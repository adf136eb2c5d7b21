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

  /// Whether the client prefers this media type over JSON, by an `Accept` that names it, and does not
  /// give it less weight than JSON (RFC 9110 section 12.5.1).
  package func accepts(_ mediaType: String) -> Bool {
    let weight = self.acceptedWeight(of: Identifier(mediaType)) ?? 0
    return weight > 0 && weight >= self.acceptedWeight(of: "application/json") ?? 0
  }

  /// - Returns: nil when `Accept` does not name the media type.
  private func acceptedWeight(of mediaType: Identifier) -> Double? {
    var weight: Double?
    for value in self.headers[canonicalForm: "accept"] {
      let parts = value.utf8.split(separator: UInt8(ascii: ";")).map { part in
        let word = part.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        return Identifier(String(decoding: word, as: UTF8.self)).lowercasedASCII
      }
      guard parts.first == mediaType else { continue }
      let given = parts.dropFirst().first { $0.utf8.starts(with: "q=".utf8) }
      // A weight that is none counts as if it were not there.
      weight = given.flatMap { Double($0.text.dropFirst(2)) } ?? 1
    }
    return weight
  }
}

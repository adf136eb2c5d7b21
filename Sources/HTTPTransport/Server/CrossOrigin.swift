package import Identifiers
internal import NIOHTTP1

/// Which web pages may call the server from a browser (CORS,
/// https://fetch.spec.whatwg.org/#http-cors-protocol).
package struct CrossOrigin: Sendable, Hashable {
  /// The pages' origins, such as "https://example.com"; "*" is all of them. None by default.
  package var origins: [Identifier]

  /// Creates the rule.
  package init(origins: [Identifier] = []) {
    self.origins = origins
  }

  /// Adds the header fields to a response to a page that may call.
  ///
  /// - Parameter methods: what the path can be asked with, for a page that asks first.
  func add(to response: inout HTTPHeaders, for request: HTTPHeaders, methods: [HTTPMethod]? = nil) {
    guard !self.origins.isEmpty else { return }
    response.add(name: "vary", value: "Origin")
    guard let origin = request.first(name: "origin"),
      self.origins.contains(where: { $0 == "*" || $0 == Identifier(origin) })
    else { return }
    // Not "*", which would not be valid for a page that sends an access token.
    response.add(name: "access-control-allow-origin", value: origin)
    response.add(name: "access-control-expose-headers", value: "X-Request-Id, Retry-After")
    guard let methods, request.contains(name: "access-control-request-method") else { return }
    response.add(
      name: "access-control-allow-methods",
      value: methods.map(\.rawValue).joined(separator: ", ")
    )
    response.add(
      name: "access-control-allow-headers",
      value: request.first(name: "access-control-request-headers") ?? "Authorization, Content-Type"
    )
    response.add(name: "access-control-max-age", value: "600")
  }
}

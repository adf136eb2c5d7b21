package import Identifiers
internal import NIOHTTP1

/// Which web pages may call the server from a browser (CORS,
/// https://fetch.spec.whatwg.org/#http-cors-protocol).
package struct CrossOrigin: Sendable, Hashable {
  /// The pages' origins, such as "https://example.com"; "*" is all of them. None by default.
  package var origins: [Identifier]
  /// Whether requests of other pages are refused, not only their answers kept from them. A page whose
  /// name has been given this machine's address (DNS rebinding) reads answers as well, and a server
  /// without access tokens has nothing else that tells it from a program. False by default.
  package var refusesOthers: Bool

  /// Creates the rule.
  package init(origins: [Identifier] = [], refusesOthers: Bool = false) {
    self.origins = origins
    self.refusesOthers = refusesOthers
  }

  private func allows(_ origin: String) -> Bool {
    self.origins.contains { $0 == "*" || $0 == Identifier(origin) }
  }

  /// What is wrong with a request that does something; nil when nothing is. Browsers tell the page's
  /// origin with each such request, programs do not.
  func failure(of method: HTTPMethod, _ headers: HTTPHeaders) -> HTTPFailure? {
    guard self.refusesOthers, method == .POST,
      headers["origin"].contains(where: { !self.allows($0) })
    else { return nil }
    return HTTPFailure(
      .forbidden,
      "Pages of this origin may not call the server; its operator can allow them (--cors-origin)"
    )
  }

  /// Adds the header fields to a response to a page that may call.
  ///
  /// - Parameter methods: what the path can be asked with, for a page that asks first.
  func add(to response: inout HTTPHeaders, for request: HTTPHeaders, methods: [HTTPMethod]? = nil) {
    guard !self.origins.isEmpty else { return }
    response.add(name: "vary", value: "Origin")
    guard let origin = request.first(name: "origin"), self.allows(origin) else { return }
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

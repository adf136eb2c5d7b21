internal import Identifiers

/// The HTTP APIs of a server.
package struct HTTPAPI: Sendable {
  /// Whether calls without an access token are served.
  let allowsAnonymous: Bool

  /// Creates the APIs.
  package init(allowsAnonymous: Bool) {
    self.allowsAnonymous = allowsAnonymous
  }

  /// The access token of a request of OpenAI's or Anthropic's API, whose clients always send a key.
  ///
  /// - Parameter key: what the client sent; nil if nothing.
  /// - Returns: nil for a call without an access token, when such calls are allowed and the key is
  ///   none of ours, such as "EMPTY".
  func accessToken(_ key: String?) -> String? {
    guard let key, self.allowsAnonymous else { return key }
    return key.hasFormOfToken ? key : nil
  }
}

internal import AsyncHTTPClient
internal import Foundation
public import Identifiers

/// An address of a server: "http" or "https", a host, and where the API begins.
public struct UpstreamURL: Sendable {
  /// "http" or "https".
  public let scheme: Identifier
  let host: String
  let port: Int?
  let authorization: HTTPClient.Authorization?
  /// Whether it names a user or has a part behind the path, which the address of an API has not.
  public let hasMore: Bool

  /// Whether the host is this machine.
  public var isLocal: Bool {
    let host = Identifier(self.host).lowercasedASCII
    return host == "localhost" || host == "[::1]" || host == "::1"
      || host.utf8.starts(with: "127.".utf8)
  }

  /// - Returns: nil for a text that is not such an address.
  public init?(_ text: String) {
    guard let url = URLComponents(string: text), let scheme = url.scheme,
      let host = url.host, !host.isEmpty
    else { return nil }
    self.scheme = Identifier(scheme).lowercasedASCII
    guard self.scheme == "http" || self.scheme == "https" else { return nil }
    self.host = host
    self.port = url.port
    self.authorization = url.user.map {
      .basic(username: $0, password: url.password ?? "")
    }
    self.hasMore = url.user != nil || url.query != nil || url.fragment != nil
  }
}

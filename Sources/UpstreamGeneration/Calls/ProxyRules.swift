internal import AsyncHTTPClient
public import Identifiers

/// Which servers are called through a proxy, from the usual variables: `https_proxy`, `http_proxy`,
/// `all_proxy` and `no_proxy`, in lower or upper case. Servers on this machine never are.
///
/// `HTTP_PROXY` in upper case is not read: in some surroundings a client of ours could set it
/// (https://httpoxy.org).
public struct ProxyRules: Sendable, Hashable {
  /// The proxy; nil calls all servers directly.
  let proxy: HTTPClient.Configuration.Proxy?
  /// What is called directly.
  private let exceptions: [ProxyException]

  /// Calls all servers directly.
  public static let none = ProxyRules(proxy: nil, exceptions: [])

  private init(proxy: HTTPClient.Configuration.Proxy?, exceptions: [ProxyException]) {
    self.proxy = proxy
    self.exceptions = exceptions
  }

  /// Reads the variables for servers of a scheme.
  ///
  /// - Parameters:
  ///   - scheme: "http" or "https".
  ///   - variable: the value of a variable; nil when it is not set.
  /// - Throws: for a proxy whose address cannot be read.
  public init(
    scheme: Identifier,
    _ variable: (String) -> String?
  ) throws(UpstreamConfigurationError) {
    let names =
      scheme == "https"
      ? ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
      : ["http_proxy", "all_proxy", "ALL_PROXY"]
    var found: (name: String, text: String)?
    for name in names.reversed() {
      if let text = variable(name), !text.isEmpty { found = (name, text) }
    }
    guard let (name, text) = found else {
      self = .none
      return
    }
    guard let url = UpstreamURL(text.firstRange(of: "://") == nil ? "http://\(text)" : text),
      url.scheme == "http"
    else {
      throw UpstreamConfigurationError(
        "The variable \(name) must be the address of a proxy, such as http://proxy.example.com:3128"
      )
    }
    self.proxy = .server(host: url.host, port: url.port ?? 3128, authorization: url.authorization)
    let list = variable("no_proxy") ?? variable("NO_PROXY") ?? ""
    self.exceptions = list.utf8.split { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: " ") }.map {
      ProxyException(Identifier(Substring($0)))
    }
  }

  /// Whether a server is called through the proxy.
  package func applies(to url: String) -> Bool {
    guard self.proxy != nil, let url = UpstreamURL(url), !url.isLocal else { return false }
    return !self.exceptions.contains { $0.applies(to: url) }
  }
}

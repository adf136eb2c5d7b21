/// Where a server listens.
public enum Endpoint: Hashable, Sendable {
  /// A TCP port, written "host:port": the host is a name or an address, such as "localhost",
  /// "127.0.0.1" or "::1", and port 0 lets a server take any free one.
  case tcp(host: String, port: Int)
  /// A Unix domain socket, written "unix:/path": only users of this machine who may open its file
  /// reach it.
  case unix(path: String)

  /// Creates the endpoint of a TCP port, from 0 to 65535.
  public init(host: String, port: Int) {
    self = .tcp(host: host, port: port)
  }

  /// Reads "host:port" or "unix:/path"; an IPv6 address stands in brackets, as in "[::1]:7437".
  ///
  /// - Returns: nil when the text is neither.
  public init?(_ text: String) {
    if text.hasPrefix("unix:/") {
      self = .unix(path: String(text.dropFirst("unix:".count)))
      return
    }
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let port = text[text.index(after: colon)...]
    guard
      port.utf8.allSatisfy({ UInt8(ascii: "0") ... UInt8(ascii: "9") ~= $0 }),
      let number = UInt16(port)
    else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("[") && host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    guard !host.isEmpty else { return nil }
    self.init(host: String(host), port: Int(number))
  }

  /// The TCP port; 0 for a Unix domain socket, which has none.
  public var port: Int {
    switch self {
    case .tcp(_, let port): port
    case .unix: 0
    }
  }
}

extension Endpoint: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }
}

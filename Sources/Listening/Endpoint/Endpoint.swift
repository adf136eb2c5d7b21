internal import Identifiers

/// Where a server listens.
public enum Endpoint: Sendable {
  /// A TCP port, written "host:port": the host is a name or an address, such as "localhost",
  /// "127.0.0.1" or "::1", and port 0 lets a server choose a free one.
  case tcp(host: String, port: Int)
  /// A Unix domain socket, written "unix:/path", for users of this machine who may open its file.
  case unix(path: String)

  /// Creates the endpoint of a TCP port, from 0 to 65535.
  public init(host: String, port: Int) {
    self = .tcp(host: host, port: port)
  }

  /// Parses "host:port" or "unix:/path"; an IPv6 address is in brackets, as in "[::1]:7437".
  ///
  /// - Returns: nil when the text is neither.
  public init?(_ text: String) {
    // By bytes, because in Swift a "/" with a combining accent is another character.
    if text.utf8.starts(with: "unix:/".utf8) {
      self = .unix(path: String(decoding: text.utf8.dropFirst("unix:".utf8.count), as: UTF8.self))
      return
    }
    guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
    let port = text[text.utf8.index(after: colon)...]
    guard
      port.utf8.allSatisfy({ UInt8(ascii: "0") ... UInt8(ascii: "9") ~= $0 }),
      let number = UInt16(port)
    else { return nil }
    var host = text.utf8[..<colon]
    if host.first == UInt8(ascii: "[") && host.last == UInt8(ascii: "]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(UInt8(ascii: ":")) {
      return nil
    }
    guard !host.isEmpty, let host = String(host) else { return nil }
    self.init(host: host, port: Int(number))
  }

  /// The TCP port; 0 for a Unix domain socket, which has none.
  public var port: Int {
    switch self {
    case .tcp(_, let port): port
    case .unix: 0
    }
  }
}

/// Hosts and paths are compared by their bytes.
extension Endpoint: Hashable {
  /// Whether kind, port and the bytes of host or path are equal.
  public static func == (left: Endpoint, right: Endpoint) -> Bool {
    switch (left, right) {
    case (.tcp(let host, let port), .tcp(let otherHost, let otherPort)):
      port == otherPort && Identifier(host) == Identifier(otherHost)
    case (.unix(let path), .unix(let otherPath)):
      Identifier(path) == Identifier(otherPath)
    default: false
    }
  }

  /// Hashes the bytes of host or path.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .tcp(let host, let port):
      hasher.combine(Identifier(host))
      hasher.combine(port)
    case .unix(let path):
      hasher.combine(Identifier(path))
    }
  }
}

extension Endpoint: CustomStringConvertible {
  /// The endpoint as `init(_:)` reads it.
  public var description: String {
    switch self {
    case .tcp(let host, let port):
      host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }
}

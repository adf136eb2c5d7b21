internal import Identifiers
internal import NIOCore

extension Endpoint {
  /// Whether only this machine reaches it: a Unix domain socket, "localhost", or an address in
  /// 127.0.0.0/8 or ::1. Other names that resolve to one do not count.
  public var isLoopback: Bool {
    switch self {
    case .unix: true
    case .tcp(let host, _):
      Identifier(host).lowercasedASCII == "localhost" || Self.isLoopback(address: host)
    }
  }

  private static func isLoopback(address: String) -> Bool {
    guard let normal = SocketAddress(literal: address)?.ipAddress else { return false }
    return normal.utf8.starts(with: "127.".utf8) || normal == "::1"
  }
}

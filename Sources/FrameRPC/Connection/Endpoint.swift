/// Where a server listens: a host and a TCP port, written "host:port".
public struct Endpoint: Hashable, Sendable {
  /// A name or an address, such as "localhost", "127.0.0.1" or "::1".
  public var host: String
  /// 0 lets a server take any free port.
  public var port: Int

  /// Creates an endpoint. The port is from 0 to 65535.
  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// Reads "host:port"; an IPv6 address stands in brackets, as in "[::1]:7437".
  ///
  /// - Returns: nil when the text is not that.
  public init?(_ text: String) {
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
}

extension Endpoint: CustomStringConvertible {
  public var description: String {
    self.host.contains(":") ? "[\(self.host)]:\(self.port)" : "\(self.host):\(self.port)"
  }
}

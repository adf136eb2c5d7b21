internal import Identifiers

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// What a word of `no_proxy` names: a host with its subdomains, an address, a network such as
/// "10.0.0.0/8", or with "*" all; perhaps at one port alone, such as "host.example:8443".
struct ProxyException: Sendable, Hashable {
  fileprivate enum Hosts: Hashable {
    case all
    case domain(Identifier)
    /// The addresses that begin with the first bits of this one.
    case network([UInt8], bits: Int)
  }

  private let hosts: Hosts
  /// Nil for any.
  private let port: Int?

  init(_ word: Identifier) {
    let text = Substring(word.lowercasedASCII.utf8[...])
    // The colons of an address of IPv6 begin no port.
    if Hosts(address: text) == nil, let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")),
      let port = Int(text[text.utf8.index(after: colon)...]), 1 ... 65_535 ~= port
    {
      self.hosts = Hosts(text[..<colon])
      self.port = port
    } else {
      self.hosts = Hosts(text)
      self.port = nil
    }
  }

  /// Whether it names the server at an address.
  func applies(to url: UpstreamURL) -> Bool {
    let port = url.port ?? (url.scheme == "https" ? 443 : 80)
    return self.port ?? port == port && self.hosts.contain(Identifier(url.host).lowercasedASCII)
  }
}

extension ProxyException.Hosts {
  fileprivate init(_ text: Substring) {
    if Identifier(text) == "*" {
      self = .all
    } else if let network = Self(address: text) ?? Self(network: text) {
      self = network
    } else {
      // ".example.com" and "*.example.com" are as "example.com", which has its subdomains anyway.
      let name = text.utf8.starts(with: "*.".utf8) ? text.utf8.dropFirst(2) : text.utf8[...]
      self = .domain(Identifier(Substring(name.drop { $0 == UInt8(ascii: ".") })))
    }
  }

  /// - Returns: nil for what is not the address of one machine.
  fileprivate init?(address text: Substring) {
    guard let bytes = [UInt8](address: text) else { return nil }
    self = .network(bytes, bits: bytes.count * 8)
  }

  /// - Returns: nil for what is not an address with the number of its bits that count.
  private init?(network text: Substring) {
    guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")),
      let bytes = [UInt8](address: text[..<slash]),
      let bits = Int(text[text.utf8.index(after: slash)...]), 0 ... bytes.count * 8 ~= bits
    else { return nil }
    self = .network(bytes, bits: bits)
  }

  /// - Parameter host: in lower case.
  fileprivate func contain(_ host: Identifier) -> Bool {
    switch self {
    case .all: return true
    case .domain(let domain):
      return host == domain
        || host.utf8.count > domain.utf8.count
          && host.utf8.suffix(domain.utf8.count + 1).elementsEqual(".\(domain)".utf8)
    case .network(let network, let bits):
      guard let address = [UInt8](address: Substring(host.text)), address.count == network.count
      else { return false }
      let whole = bits / 8
      guard address[..<whole] == network[..<whole] else { return false }
      return bits % 8 == 0 || (address[whole] ^ network[whole]) >> (8 - bits % 8) == 0
    }
  }
}

extension [UInt8] {
  /// The 4 or 16 bytes of an address, which may have brackets as in a URL.
  ///
  /// - Returns: nil for what is no address.
  fileprivate init?(address text: Substring) {
    let hasBrackets =
      text.utf8.first == UInt8(ascii: "[") && text.utf8.last == UInt8(ascii: "]")
    let text = String(hasBrackets ? text.dropFirst().dropLast() : text)
    for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
      var bytes = [UInt8](repeating: 0, count: count)
      // It writes as many as an address of the family has.
      if inet_pton(family, text, &bytes) == 1 {
        self = bytes
        return
      }
    }
    return nil
  }
}

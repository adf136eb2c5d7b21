internal import CPostgreSQL
public import Identifiers

/// Where a database is, and how to connect to it.
///
/// What is not given comes from the environment and the files that libpq reads: PGPASSWORD,
/// PGPASSFILE and the others (https://www.postgresql.org/docs/15/libpq-envars.html).
public struct ConnectionParameters: Hashable, Sendable {
  private var values: [Identifier: Identifier]

  /// Parses a URL such as `postgresql://user@host:5432/database?sslmode=verify-full`, which may have
  /// several hosts.
  ///
  /// - Throws: `invalid`; the message has nothing of the URL in it, which may hold a password.
  public init(url: String) throws(PostgreSQLError) {
    var message: UnsafeMutablePointer<CChar>?
    let options = PQconninfoParse(url, &message)
    defer {
      PQfreemem(message)
      PQconninfoFree(options)
    }
    guard !url.utf8.contains(0), let options else { throw .invalidURL }
    var values: [Identifier: Identifier] = [:]
    // The last option has no keyword.
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val {
        values[Identifier(String(cString: keyword))] = Identifier(String(cString: value))
      }
      option += 1
    }
    self.values = values
    // libpq looks at it when it connects; a password with a colon in it would be taken for one.
    guard self.list("port").allSatisfy({ UInt16($0) != nil }) else { throw .invalidURL }
  }

  /// A parameter by libpq's name for it; nil when it is not given.
  public subscript(name: Identifier) -> String? {
    get { self.values[name]?.text }
    set { self.values[name] = newValue.map { Identifier($0) } }
  }

  /// Sets a parameter that is not given.
  public mutating func setDefault(_ name: Identifier, _ value: String) {
    if self[name] == nil { self[name] = value }
  }

  /// Where the database is, without a password: such as `postgresql://user@host:5432/database`.
  public var place: String {
    let user = self["user"].map { "\($0)@" } ?? ""
    let ports = self.list("port")
    let hosts = self.hosts.enumerated().map { index, host in
      let port = ports.count > 1 && index < ports.count ? ports[index] : ports.first ?? ""
      let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
      return port.isEmpty ? name : "\(name):\(port)"
    }
    let database = self["dbname"].map { "/\($0)" } ?? ""
    return "postgresql://\(user)\(hosts.joined(separator: ","))\(database)"
  }

  /// The hosts that are given, by name or by address.
  public var hosts: [String] {
    let names = self.list("host")
    return names.isEmpty ? self.list("hostaddr") : names
  }

  /// Whether all hosts that are given are this machine. Of a name and an address, libpq connects to the
  /// address.
  public var isLocal: Bool {
    (self.list("host") + self.list("hostaddr")).allSatisfy { host in
      // A path is the folder of a socket; so is a name that begins with @.
      host.utf8.first == UInt8(ascii: "/") || host.utf8.first == UInt8(ascii: "@")
        || Identifier(host).lowercasedASCII == "localhost" || host.utf8.elementsEqual("::1".utf8)
        || Self.isLoopback(host)
    }
  }

  /// Whether it is an address in 127.0.0.0/8. Names may begin like one.
  private static func isLoopback(_ address: String) -> Bool {
    let parts = address.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let digits = UInt8(ascii: "0") ... UInt8(ascii: "9")
    return parts.count == 4 && parts[0].elementsEqual("127".utf8)
      && parts.allSatisfy { part in
        part.allSatisfy(digits.contains) && UInt8(String(Substring(part))) != nil
      }
  }

  /// The parameters for libpq, in the order of their names.
  var pairs: [(name: String, value: String)] {
    self.values.sorted { $0.key < $1.key }.map { ($0.key.text, $0.value.text) }
  }

  private func list(_ name: Identifier) -> [String] {
    (self[name] ?? "").utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: true)
      .map { String(Substring($0)) }
  }
}

extension PostgreSQLError {
  fileprivate static let invalidURL = PostgreSQLError(
    .invalid,
    "it is not a URL of PostgreSQL, such as postgresql://user@host:5432/database"
  )
}

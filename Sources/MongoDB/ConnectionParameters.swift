internal import CMongoC
public import Identifiers

/// Where a database is, and how to connect to it.
public struct ConnectionParameters: Hashable, Sendable {
  /// It may have a password in it.
  private let url: Identifier
  private var password: Identifier?
  /// The database that the URL names; nil when it names none.
  public let database: Identifier?
  /// Whether the URL has a password in it, or anything else that must stay secret: the password of a
  /// certificate's key, or the token of a session.
  public let hasPassword: Bool
  /// Whether the URL has the password of its user in it.
  private let hasUserPassword: Bool
  /// Whether no connection can leave this machine: there is one host, which is it, and libmongoc does
  /// not ask it for others. The members of a replica set are found by the names that they have given
  /// themselves, wherever these are, and not by those of the URL.
  public let isLocal: Bool
  /// Where the database is, without a password: such as `mongodb://user@host:27017/database`.
  public let place: String

  /// Parses a URL such as `mongodb://user@host:27017/database?tls=true`, which may have several hosts,
  /// or `mongodb+srv://user@cluster.example/database`
  /// (https://www.mongodb.com/docs/manual/reference/connection-string/).
  ///
  /// - Throws: `invalid`; the message has nothing of the URL in it, which may hold a password.
  public init(url: String) throws(MongoDBError) {
    let uri = try Self.parsed(url)
    defer { mongoc_uri_destroy(uri) }
    self.url = Identifier(url)
    self.database = mongoc_uri_get_database(uri).map { Identifier(String(cString: $0)) }
    self.hasUserPassword = mongoc_uri_get_password(uri) != nil
    self.hasPassword = self.hasUserPassword || Self.hasSecretOption(uri)
    var hosts: [String] = []
    var host = mongoc_uri_get_hosts(uri)
    while let this = host {
      hosts.append(String(cString: tokenwire_host_name(this)))
      host = UnsafePointer(this.pointee.next)
    }
    let service = mongoc_uri_get_srv_hostname(uri).map { String(cString: $0) }
    self.isLocal =
      service == nil && hosts.count == 1 && hosts.allSatisfy(Self.isLocal)
      && mongoc_uri_get_replica_set(uri) == nil
      && mongoc_uri_get_option_as_bool(uri, MONGOC_URI_DIRECTCONNECTION, true)
    let user = mongoc_uri_get_username(uri).map { "\(String(cString: $0))@" } ?? ""
    let database = self.database.map { "/\($0)" } ?? ""
    let scheme = service == nil ? "mongodb" : "mongodb+srv"
    self.place = "\(scheme)://\(user)\(service ?? hosts.joined(separator: ","))\(database)"
  }

  /// Sets the user's password, if the URL has none.
  public mutating func setPassword(_ password: String) {
    if !self.hasUserPassword { self.password = Identifier(password) }
  }

  /// Whether connections are encrypted.
  public var isEncrypted: Bool {
    guard let uri = try? self.uri(responseTime: .seconds(1), connectTime: .seconds(1)) else {
      return false
    }
    defer { mongoc_uri_destroy(uri) }
    return mongoc_uri_get_tls(uri)
  }

  /// The URL for libmongoc, with what the program needs. The caller frees it.
  func uri(responseTime: Duration, connectTime: Duration) throws(MongoDBError) -> OpaquePointer {
    let uri = try Self.parsed(self.url.text)
    if let password {
      guard mongoc_uri_get_username(uri) != nil, !password.utf8.contains(0),
        mongoc_uri_set_password(uri, password.text)
      else {
        mongoc_uri_destroy(uri)
        throw MongoDBError(.invalid, "there is a password, but the URL has no user")
      }
    }
    // By itself, libmongoc would do without TLS. A URL of a service has it anyway.
    if !self.isLocal, !mongoc_uri_has_option(uri, MONGOC_URI_TLS),
      !mongoc_uri_has_option(uri, MONGOC_URI_SSL)
    {
      mongoc_uri_set_option_as_bool(uri, MONGOC_URI_TLS, true)
    }
    // An insertion that is sent twice must be known to the program.
    mongoc_uri_set_option_as_bool(uri, MONGOC_URI_RETRYWRITES, false)
    mongoc_uri_set_option_as_int32(uri, MONGOC_URI_SOCKETTIMEOUTMS, responseTime.milliseconds)
    for option in [MONGOC_URI_CONNECTTIMEOUTMS, MONGOC_URI_SERVERSELECTIONTIMEOUTMS]
    where !mongoc_uri_has_option(uri, option) {
      mongoc_uri_set_option_as_int32(uri, option, connectTime.milliseconds)
    }
    if mongoc_uri_get_appname(uri) == nil { mongoc_uri_set_appname(uri, "tokenwire") }
    // Whatever the URL says: what is acknowledged is on the disks of a majority, and what is read is
    // never undone.
    let writing = mongoc_write_concern_new()
    mongoc_write_concern_set_w(writing, MONGOC_WRITE_CONCERN_W_MAJORITY)
    mongoc_write_concern_set_journal(writing, true)
    // The server tells that it is not durable in time before the client gives up.
    mongoc_write_concern_set_wtimeout_int64(writing, Int64(responseTime.milliseconds) / 4 * 3)
    mongoc_uri_set_write_concern(uri, writing)
    mongoc_write_concern_destroy(writing)
    let reading = mongoc_read_concern_new()
    mongoc_read_concern_set_level(reading, MONGOC_READ_CONCERN_LEVEL_MAJORITY)
    mongoc_uri_set_read_concern(uri, reading)
    mongoc_read_concern_destroy(reading)
    let primary = mongoc_read_prefs_new(MONGOC_READ_PRIMARY)
    mongoc_uri_set_read_prefs_t(uri, primary)
    mongoc_read_prefs_destroy(primary)
    return uri
  }

  private static func parsed(_ url: String) throws(MongoDBError) -> OpaquePointer {
    ServerLog.start()
    var error = bson_error_t()
    guard !url.utf8.contains(0), let uri = mongoc_uri_new_with_error(url, &error) else {
      throw MongoDBError(
        .invalid,
        "it is not a URL of MongoDB, such as mongodb://user@host:27017/database"
      )
    }
    return uri
  }

  /// Whether options have secrets in them.
  private static func hasSecretOption(_ uri: OpaquePointer) -> Bool {
    let names = [
      MONGOC_URI_TLSCERTIFICATEKEYFILEPASSWORD, MONGOC_URI_SSLCLIENTCERTIFICATEKEYPASSWORD,
    ]
    if names.contains(where: { mongoc_uri_has_option(uri, $0) }) { return true }
    return tokenwire_has_session_token(uri)
  }

  /// - Parameter host: with a port, or the path of a socket.
  private static func isLocal(_ host: String) -> Bool {
    if host.utf8.first == UInt8(ascii: "/") { return true }
    guard let colon = host.utf8.lastIndex(of: UInt8(ascii: ":")) else { return false }
    let name = String(host[..<colon])
    return Identifier(name).lowercasedASCII == "localhost" || name.utf8.elementsEqual("[::1]".utf8)
      || Self.isLoopback(name)
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
}

extension Duration {
  /// At least 1, because 0 is no limit to libmongoc.
  var milliseconds: Int32 {
    max(Int32(clamping: Int128(self.attoseconds) / 1_000_000_000_000_000), 1)
  }
}

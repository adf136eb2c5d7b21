internal import Identifiers
public import PostgreSQL
public import RequestLog

extension PostgresLogStore {
  /// Where a log's database is, and how to connect to it.
  public struct Place: Hashable, Sendable, CustomStringConvertible {
    /// How to connect, with the password if one was given.
    public private(set) var parameters: ConnectionParameters

    /// How long one host may take to let a client in, in seconds.
    private static let connectSeconds = "5"

    /// Parses a URL such as `postgresql://user@host:5432/database`. It may name several hosts, and the
    /// parameters of libpq, such as `?sslmode=verify-full`.
    ///
    /// Unless the URL says otherwise, only a server that can be written to is used, and one that is not
    /// on this machine only with TLS.
    ///
    /// - Parameter environment: the value of a variable of libpq, such as "PGSSLMODE"; nil when it is
    ///   not set.
    /// - Throws: `invalid`; the message has nothing of the URL in it.
    public init(
      url: String,
      environment: (String) -> String? = { _ in nil }
    ) throws(LogError) {
      do throws(PostgreSQLError) {
        self.parameters = try ConnectionParameters(url: url)
      } catch {
        throw LogError(.invalid, error.message)
      }
      if environment("PGTARGETSESSIONATTRS") == nil {
        self.parameters.setDefault("target_session_attrs", "read-write")
      }
      if environment("PGCONNECT_TIMEOUT") == nil {
        self.parameters.setDefault("connect_timeout", Self.connectSeconds)
      }
      // By itself, libpq would do without TLS when the server, or who is on the way, says so.
      if !self.parameters.isLocal, environment("PGSSLMODE") == nil {
        self.parameters.setDefault("sslmode", "require")
      }
      self.parameters.setDefault("application_name", "tokenwire")
    }

    /// Whether the URL has a password in it: the user's, that of a certificate's key, or that of an
    /// application.
    public var hasPassword: Bool {
      ["password", "sslpassword", "oauth_client_secret"].contains { self.parameters[$0] != nil }
    }

    /// Sets the password, if the URL has none.
    public mutating func setPassword(_ password: String) {
      self.parameters.setDefault("password", password)
    }

    /// The URL without password and parameters.
    public var description: String { self.parameters.place }
  }
}

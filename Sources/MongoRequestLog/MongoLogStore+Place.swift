public import MongoDB
public import RequestLog

extension MongoLogStore {
  /// Where a log's database is, and how to connect to it.
  public struct Place: Hashable, Sendable, CustomStringConvertible {
    /// How to connect, with the password if one was given.
    public private(set) var parameters: ConnectionParameters

    /// Parses a URL such as `mongodb://user@host:27017/database`. It may name several hosts, and the
    /// options of MongoDB's URLs, such as `?tlsCAFile=ca.pem`.
    ///
    /// Unless the URL says otherwise, a server that is not on this machine is used only with TLS. What
    /// it says of concerns, retries and the servers to read from is not used.
    ///
    /// - Throws: `invalid`; the message has nothing of the URL in it.
    public init(url: String) throws(LogError) {
      do throws(MongoDBError) {
        self.parameters = try ConnectionParameters(url: url)
      } catch {
        throw LogError(.invalid, error.message)
      }
    }

    /// Whether the URL has a password in it, or anything else that must stay secret.
    public var hasPassword: Bool { self.parameters.hasPassword }

    /// Sets the user's password, if the URL has none.
    public mutating func setPassword(_ password: String) {
      self.parameters.setPassword(password)
    }

    /// The URL without password and options.
    public var description: String { self.parameters.place }
  }
}

internal import CMongoC

/// Why a command failed.
///
/// It may name hosts, databases and collections, never a value of a document and never a password.
public struct MongoDBError: Error, Hashable, CustomStringConvertible {
  /// The kinds of errors.
  public enum Code: Hashable, Sendable {
    /// No server can be reached that can be written to, or it does not let this client in: nothing
    /// was sent.
    case unreachable
    /// The connection ended, or the server did not answer in time: it may have done what it was told.
    case connectionLost
    /// The server refused a command: its number
    /// (https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml).
    case server(Int)
    /// The server has done what it was told, but not made it durable on a majority in time.
    case notDurable
    /// The URL is malformed, or the server is not of the expected kind.
    case invalid
  }

  /// The kind of error.
  public var code: Code
  /// One sentence, for logs and operators.
  public var message: String

  /// Creates an error.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message, with the server's number if there is one.
  public var description: String {
    if case .server(let code) = self.code { "\(self.message) (\(code))" } else { self.message }
  }
}

extension MongoDBError {
  /// The number of a duplicate key.
  public static let duplicateKey = 11000

  /// The error of a reply, or of an item in its list of errors.
  public init(reply: Document) {
    let code = Int(clamping: reply["code"]?.integer ?? 0)
    // The server's message would have the key in it.
    let message = code == Self.duplicateKey ? "there is one with this key" : reply["errmsg"]?.text
    self.init(.server(code), (message ?? "the command failed").onOneLine)
  }

  /// The error of a command that has no reply.
  init(_ error: bson_error_t) {
    let text = withUnsafePointer(to: error) { String(cString: tokenwire_error_message($0)) }
      .onOneLine
    let isUnsent: Bool
    switch mongoc_error_domain_t(error.domain) {
    case MONGOC_ERROR_SERVER_SELECTION, MONGOC_ERROR_SASL, MONGOC_ERROR_SCRAM, MONGOC_ERROR_CLIENT,
      MONGOC_ERROR_POOL:
      isUnsent = true
    case MONGOC_ERROR_STREAM:
      isUnsent = [
        MONGOC_ERROR_STREAM_NAME_RESOLUTION, MONGOC_ERROR_STREAM_CONNECT,
        MONGOC_ERROR_STREAM_NOT_ESTABLISHED,
      ].contains(mongoc_error_code_t(error.code))
    default: isUnsent = false
    }
    self.init(isUnsent ? .unreachable : .connectionLost, text)
  }
}

extension String {
  fileprivate var onOneLine: String {
    self.utf8.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
      .map { String(Substring($0)) }.joined(separator: " ")
  }
}

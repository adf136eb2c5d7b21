internal import CPostgreSQL

/// Why an operation of the database failed.
///
/// It may name hosts, roles, tables and columns, never the values of parameters and never a password.
public struct PostgreSQLError: Error, Hashable, CustomStringConvertible {
  /// The kinds of errors.
  public enum Code: Hashable, Sendable {
    /// The server cannot be reached, or does not let this client in.
    case cannotConnect
    /// The connection ended, or its server did not answer in time; it cannot be used any more.
    case connectionLost
    /// The caller stopped waiting; the connection cannot be used any more.
    case interrupted
    /// The server refused a statement: its SQLSTATE
    /// (https://www.postgresql.org/docs/15/errcodes-appendix.html).
    case server(SQLState)
    /// The parameters of the connection are malformed, or the server is not of the expected kind.
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

  /// The message, with the SQLSTATE if there is one.
  public var description: String {
    if case .server(let state) = self.code {
      "\(self.message) (\(state.text))"
    } else {
      self.message
    }
  }
}

/// Five letters and digits that say what was wrong with a statement.
public struct SQLState: Hashable, Sendable, ExpressibleByStringLiteral {
  /// The bytes of the five letters.
  private let bytes: [UInt8]

  /// Creates a state from its text.
  public init(_ text: String) {
    self.bytes = Array(text.utf8)
  }

  /// Creates a state from a literal.
  public init(stringLiteral text: String) {
    self.init(text)
  }

  /// The state as text.
  public var text: String { String(decoding: self.bytes, as: UTF8.self) }

  /// The kind of error: the first two letters.
  public var category: SQLState { SQLState(String(decoding: self.bytes.prefix(2), as: UTF8.self)) }
}

extension PostgreSQLError {
  /// The error of a failed statement.
  init(result: OpaquePointer?) {
    func field(_ code: Int32) -> String? {
      PQresultErrorField(result, code).map { String(cString: $0) }
    }
    // The primary message alone: DETAIL may have values in it.
    let message = field(pq_field_message()) ?? "the statement failed"
    guard let state = field(pq_field_sqlstate()) else {
      // Only libpq's own errors have none: they are about the connection.
      self.init(.connectionLost, Self.line(PQresultErrorMessage(result)))
      return
    }
    self.init(.server(SQLState(state)), message)
  }

  /// The error of a connection.
  init(_ code: Code, connection: OpaquePointer?) {
    self.init(code, Self.line(PQerrorMessage(connection)))
  }

  static let noAnswer = PostgreSQLError(.connectionLost, "the server did not answer in time")

  /// libpq's messages have several lines.
  private static func line(_ text: UnsafePointer<CChar>?) -> String {
    let text = text.map { String(cString: $0) } ?? ""
    let lines = text.utf8.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\t") }
      .map { String(Substring($0)) }
    return lines.isEmpty ? "the connection is lost" : lines.joined(separator: " ")
  }
}

public import Identifiers

/// A statement with the values of its parameters.
public struct Statement: Sendable {
  let sql: Identifier
  let parameters: [Parameter]
  let isPrepared: Bool

  /// - Parameters:
  ///   - sql: one statement; its parameters are `$1`, `$2` and so on.
  ///   - isPrepared: whether the server keeps its plan for the connection.
  public init(_ sql: Identifier, _ parameters: Parameter..., isPrepared: Bool = true) {
    self.init(sql, parameters: parameters, isPrepared: isPrepared)
  }

  /// As the other initialiser, with a list of parameters.
  public init(_ sql: Identifier, parameters: [Parameter], isPrepared: Bool = true) {
    self.sql = sql
    self.parameters = parameters
    self.isPrepared = isPrepared
  }

  /// A statement that is too simple to prepare, such as BEGIN.
  public static func command(_ sql: Identifier) -> Statement {
    Statement(sql, isPrepared: false)
  }
}

/// Why the log did not do what it was asked to.
public struct LogError: Error, CustomStringConvertible {
  /// What callers and commands tell errors apart by.
  public enum Code: Sendable, Hashable {
    /// The request can never succeed as it is.
    case invalid
    /// The user's idempotency key, or the id, belongs to an entry of another content.
    case alreadyExists
    /// The log has too much to do: more entries wait to be stored than may wait, and `retryAfter` says
    /// when to come again, or a search takes too long.
    case overloaded
    /// Nothing was stored: there is no space for it.
    case diskFull
    /// The log cannot be used now: it is closed, or its store cannot be read or written.
    case unavailable
    /// The caller's task was cancelled, and nothing was stored.
    case cancelled
    /// Another process writes to the log.
    case locked
    /// What is stored belongs to a newer version of this program.
    case newerSchema
  }

  /// The kind of error.
  public var code: Code
  /// What was wrong, for the caller: there is neither SQL nor a path in it.
  public var message: String
  /// When to come again, in an `overloaded` error.
  public var retryAfter: Duration?
  /// What failed below, for the operator.
  public var cause: (any Error)?

  /// - Parameters:
  ///   - message: for the caller.
  ///   - retryAfter: when to come again.
  ///   - cause: what failed below.
  public init(
    _ code: Code,
    _ message: String,
    retryAfter: Duration? = nil,
    cause: (any Error)? = nil
  ) {
    self.code = code
    self.message = message
    self.retryAfter = retryAfter
    self.cause = cause
  }

  /// The message.
  public var description: String { self.message }
}

/// The errors that all stores have.
extension LogError {
  /// `close` was called.
  public static let closed = LogError(.unavailable, "The log is closed")

  /// The task of `append` was cancelled.
  public static let cancelled = LogError(.cancelled, "The caller has gone away; nothing was stored")

  /// The task of anything else was cancelled.
  public static let abandoned = LogError(.cancelled, "The caller has gone away")

  /// A search was given up.
  public static let searchTakesTooLong = LogError(
    .overloaded,
    "The search takes too long: bound its times, or search for longer words"
  )

  /// The user has used the key for other content.
  public static let keyInUse = LogError(
    .alreadyExists,
    "idempotency_key was used for another entry"
  )
}

/// Why an operation of the log failed.
public struct LogError: Error, CustomStringConvertible {
  /// The kinds of errors.
  public enum Code: Sendable, Hashable {
    /// The request can never succeed as it is.
    case invalid
    /// The user's idempotency key, or the id, belongs to an entry with other content.
    case alreadyExists
    /// Too many entries wait to be stored, and `retryAfter` says when to try again; or a search
    /// takes too long.
    case overloaded
    /// There is no space; nothing was stored.
    case diskFull
    /// The log cannot be used now: it is closed, or its store cannot be read or written.
    case unavailable
    /// The caller's task was cancelled, and nothing was stored.
    case cancelled
    /// Another process writes to the log.
    case locked
    /// The stored data belongs to a newer version of this program.
    case newerSchema
  }

  /// The kind of error.
  public var code: Code
  /// What was wrong, for the caller; it contains neither SQL nor a path.
  public var message: String
  /// When to try again, in an `overloaded` error, and in some that are `unavailable`.
  public var retryAfter: Duration?
  /// The underlying error, for the operator.
  public var cause: (any Error)?

  /// - Parameters:
  ///   - message: what was wrong, for the caller.
  ///   - retryAfter: when to try again.
  ///   - cause: the underlying error.
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

/// Errors common to all stores.
extension LogError {
  /// `close` was called.
  public static let closed = LogError(.unavailable, "The log is closed")

  /// The task of `append` was cancelled.
  public static let cancelled = LogError(.cancelled, "The caller has gone away; nothing was stored")

  /// The task of any other operation was cancelled.
  public static let abandoned = LogError(.cancelled, "The caller has gone away")

  /// A search reached its time limit.
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

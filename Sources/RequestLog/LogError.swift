internal import SQLite

/// Why the log did not do what it was asked to.
public struct LogError: Error, CustomStringConvertible {
  public enum Code: Sendable, Hashable {
    /// The request can never succeed as it is.
    case invalid
    /// The user's idempotency key, or the id, belongs to an entry of another content.
    case alreadyExists
    /// More entries wait for the disk than may wait; `retryAfter` says when to come again.
    case overloaded
    /// Nothing was stored: there is no space for it.
    case diskFull
    /// The log cannot be used now: it is closed, or its file cannot be read or written.
    case unavailable
    /// The caller's task was cancelled, and nothing was stored.
    case cancelled
    /// Another process writes to the log.
    case locked
    /// The file belongs to a newer version of this program.
    case newerSchema
  }

  public var code: Code
  /// What was wrong, for the caller: neither SQL nor paths are in it.
  public var message: String
  /// When to come again, in an `overloaded` error.
  public var retryAfter: Duration?
  /// What failed below, for the operator.
  public var cause: (any Error)?

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

  public var description: String { self.message }
}

extension LogError {
  static let closed = LogError(.unavailable, "The log is closed")

  static let cancelled = LogError(.cancelled, "The caller has gone away; nothing was stored")

  static let abandoned = LogError(.cancelled, "The caller has gone away")

  static let searchTakesTooLong = LogError(
    .overloaded,
    "The search takes too long: bound its times, or search for longer words"
  )

  static let keyInUse = LogError(
    .alreadyExists,
    "idempotency_key was used for another entry"
  )

  /// A failure to write, after which the file is as it was.
  init(writing error: SQLiteError) {
    switch error.code {
    case .full:
      self.init(.diskFull, "The log's disk is full; nothing was stored", cause: error)
    case .newerSchema:
      self.init(.newerSchema, error.message, cause: error)
    default:
      self.init(.unavailable, "The log cannot be written now; nothing was stored", cause: error)
    }
  }

  init(reading error: SQLiteError) {
    // A disk can be full for a copy of what is read.
    if error.code == .full {
      self.init(.diskFull, "There is no space for the copy", cause: error)
    } else {
      self.init(.unavailable, "The log cannot be read now", cause: error)
    }
  }
}

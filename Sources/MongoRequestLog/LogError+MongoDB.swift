internal import MongoDB
internal import RequestLog

extension LogError {
  /// A failed write, of which the server has told that it did nothing.
  init(writing error: MongoDBError) {
    switch error.code {
    // OutOfDiskSpace, and the quota of a hosted database.
    case .server(14031), .server(8000):
      self.init(.diskFull, "The log's disk is full; nothing was stored", cause: error)
    default:
      self.init(.unavailable, "The log cannot be written now; nothing was stored", cause: error)
    }
  }

  init(reading error: MongoDBError) {
    // MaxTimeMSExpired.
    if error.code == .server(50) {
      self = .searchTakesTooLong
    } else {
      self.init(.unavailable, "The log cannot be read now", cause: error)
    }
  }

  init(opening error: MongoDBError) {
    self.init(
      error == .newerSchema ? .newerSchema : .unavailable,
      error == .newerSchema
        ? "The log belongs to a newer version of this program" : "The log cannot be opened",
      cause: error
    )
  }
}

extension MongoDBError {
  /// The numbers of errors of a server that is not the primary, or not yet, or not any more: nothing
  /// was done.
  private static let notPrimary: Set<Int> = [10107, 13435, 13436, 10058]
  /// Those of a server that shuts down, steps down, or has lost others.
  private static let interrupted: Set<Int> = [
    6, 7, 89, 91, 189, 262, 9001, 11600, 11602, 134, 11601, 24, 112, 64, 100, 202, 384,
  ]

  /// Whether the server cannot be used as it is now; it may be possible later, or with another one.
  var isOutage: Bool {
    switch self.code {
    case .unreachable, .connectionLost, .notDurable: true
    case .invalid: false
    case .server(let code): Self.notPrimary.contains(code) || Self.interrupted.contains(code)
    }
  }

  /// Whether it may have done what it was told.
  var isInDoubt: Bool {
    switch self.code {
    case .unreachable, .invalid: false
    case .connectionLost, .notDurable: true
    case .server(let code): Self.interrupted.contains(code)
    }
  }
}

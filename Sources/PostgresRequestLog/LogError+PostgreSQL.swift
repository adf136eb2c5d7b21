internal import PostgreSQL
internal import RequestLog

extension LogError {
  /// A failed write: the server has undone all of it.
  init(writing error: PostgreSQLError) {
    switch error.code {
    case .server("53100"):
      self.init(.diskFull, "The log's disk is full; nothing was stored", cause: error)
    case .server("55P03"):
      self.init(
        .unavailable,
        "Others use the log's database for too long; nothing was stored",
        cause: error
      )
    default:
      self.init(.unavailable, "The log cannot be written now; nothing was stored", cause: error)
    }
  }

  init(reading error: PostgreSQLError) {
    switch error.code {
    case .server("57014"):
      self = Task.isCancelled ? .abandoned : .searchTakesTooLong
    case .interrupted:
      self = .abandoned
    default:
      self.init(.unavailable, "The log cannot be read now", cause: error)
    }
  }

  init(opening error: PostgreSQLError) {
    self.init(
      error == .newerSchema ? .newerSchema : .unavailable,
      error == .newerSchema
        ? "The log belongs to a newer version of this program" : "The log cannot be opened",
      cause: error
    )
  }
}

extension PostgreSQLError {
  /// Whether the connection cannot be used any more, or its server not as it is now: it shuts down,
  /// starts, is a standby, or has too many connections.
  var isOutage: Bool {
    switch self.code {
    case .cannotConnect, .connectionLost: true
    case .interrupted, .invalid: false
    case .server(let state):
      state.category == "08" || state.category == "57" && state != "57014"
        || ["25006", "53300"].contains(state)
    }
  }

  /// Whether the same transaction can succeed when it is run again: a deadlock, or a serialization
  /// failure.
  var isConflict: Bool {
    [.server("40001"), .server("40P01")].contains(self.code)
  }

  /// Whether the server refuses the values themselves: data exceptions, violated constraints, and
  /// limits of the program.
  var isAboutValues: Bool {
    guard case .server(let state) = self.code else { return false }
    return ["22", "23", "54"].contains(state.category)
  }
}

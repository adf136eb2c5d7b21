internal import RequestLog
internal import SQLite

extension LogError {
  static let fileIsForeign = LogError(
    .unavailable,
    "The file is not a log: another program has made it"
  )

  /// A failed write, which did not change the file.
  init(writing error: SQLiteError) {
    switch error.code {
    case .full:
      self.init(.diskFull, "The log's disk is full; nothing was stored", cause: error)
    case .newerSchema:
      self.init(.newerSchema, error.message, cause: error)
    case .foreign:
      self = .fileIsForeign
    default:
      self.init(.unavailable, "The log cannot be written now; nothing was stored", cause: error)
    }
  }

  init(reading error: SQLiteError) {
    // Reading can need disk space for temporary files.
    if error.code == .full {
      self.init(.diskFull, "There is no space for the copy", cause: error)
    } else {
      self.init(.unavailable, "The log cannot be read now", cause: error)
    }
  }
}

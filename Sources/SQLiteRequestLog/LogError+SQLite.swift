internal import RequestLog
internal import SQLite

extension LogError {
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

internal import MongoDB
internal import RequestLog
internal import Synchronization

/// What a store knows of its database without asking it.
final class LogStatus: Sendable {
  private struct State {
    var isUndurable = false
    var isKeptConnected = false
    var end = Position(rawValue: .min)
    var foreign = ForeignDocuments()
    var size: (bytes: Int, time: ContinuousClock.Instant)?
  }

  private let state = Mutex(State())

  let conditions = LogConditions()

  /// Whether a majority of the servers did not follow, when last something was written: what can be read
  /// tells nothing of that.
  var isUndurable: Bool { self.state.withLock { $0.isUndurable } }

  /// Notes that the database was read.
  ///
  /// - Returns: whether it can be used for all that is known.
  @discardableResult func noteRead() -> Bool {
    self.state.withLock { state in
      if state.isUndurable { return false }
      self.conditions.note(.working)
      return true
    }
  }

  /// Notes that something was written, and is durable on a majority.
  func noteWritten() {
    self.state.withLock { state in
      state.isUndurable = false
      self.conditions.note(.working)
    }
  }

  /// Notes that the database cannot be used.
  func note(_ outage: MongoDBError) {
    self.state.withLock { state in
      if outage.code == .notDurable { state.isUndurable = true }
      self.conditions.note(.databaseIsOutOfReach)
    }
  }

  /// Whether somebody else tries again for the writer.
  var isKeptConnected: Bool {
    get { self.state.withLock { $0.isKeptConnected } }
    set { self.state.withLock { $0.isKeptConnected = newValue } }
  }

  /// Notes how far the log goes.
  ///
  /// - Returns: whether it was not known to go further: a server that has just become the primary may
  ///   not know yet what is durable.
  func note(end: Position) -> Bool {
    self.state.withLock { state in
      if end < state.end { return false }
      state.end = end
      return true
    }
  }

  /// What other programs had in the collection when it was last counted.
  var foreign: ForeignDocuments {
    get { self.state.withLock { $0.foreign } }
    set { self.state.withLock { $0.foreign = newValue } }
  }

  /// The size of the log's documents, unless it was read long ago.
  func size(notOlderThan age: Duration) -> Int? {
    self.state.withLock { state in
      state.size.flatMap { .now - $0.time <= age ? $0.bytes : nil }
    }
  }

  func note(size: Int) {
    self.state.withLock { $0.size = (size, .now) }
  }

  /// Notes what this node has added since.
  func add(size: Int) {
    self.state.withLock { state in
      if let known = state.size { state.size = (known.bytes.addingClamped(size), known.time) }
    }
  }
}

internal import Concurrency
internal import SQLite

/// Copies commits from the write-ahead log into the database while the writer commits more. It has
/// its own thread and connection, because the copy waits for the disk.
actor LogCheckpointer {
  private let executor = ThreadExecutor(name: "tokenwire-ckpt")
  nonisolated var unownedExecutor: UnownedSerialExecutor {
    self.executor.asUnownedSerialExecutor()
  }

  private let path: String
  private let busyTimeout: Duration
  private var connection: Connection?
  private var isClosed = false

  init(path: String, busyTimeout: Duration) {
    self.path = path
    self.busyTimeout = busyTimeout
  }

  /// Copies what it can; does nothing when closed.
  func checkpoint() throws(SQLiteError) {
    if self.isClosed { return }
    do throws(SQLiteError) {
      let connection =
        if let connection = self.connection { connection } else { try self.connect() }
      try connection.checkpoint()
    } catch {
      self.connection = nil
      throw error
    }
  }

  func close() {
    self.isClosed = true
    self.connection = nil
  }

  private func connect() throws(SQLiteError) -> Connection {
    let connection = try Connection(
      path: self.path,
      access: .readWrite,
      busyTimeout: self.busyTimeout
    )
    self.connection = connection
    return connection
  }
}

extension Connection {
  /// Copies as much as readers and writers allow without waiting for any of them.
  func checkpoint() throws(SQLiteError) {
    _ = try self.integer("PRAGMA wal_checkpoint(PASSIVE)")
  }
}

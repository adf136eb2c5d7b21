internal import Concurrency
internal import PostgreSQL

/// Connects for the writer while the database cannot be reached, on a thread of its own: a host that
/// does not answer at all takes seconds, in which entries fail at once.
actor LogConnector {
  private let executor = ThreadExecutor(name: "tokenwire-pgconn")
  nonisolated var unownedExecutor: UnownedSerialExecutor {
    self.executor.asUnownedSerialExecutor()
  }

  private let database: Database

  init(_ database: Database) {
    self.database = database
  }

  func connect() throws(PostgreSQLError) -> sending Connection {
    try self.database.connect(isWriting: true)
  }
}

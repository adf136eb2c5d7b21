internal import CPostgreSQL
internal import Identifiers

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// A connection to a PostgreSQL server.
///
/// It blocks the thread that uses it, but no longer than it is told: it waits with poll(2). It is not
/// `Sendable`: it has one owner. It is closed when it is released. After an error other than
/// `server`, it cannot be used any more.
public final class Connection {
  let handle: OpaquePointer
  /// Ends waiting; nil: only the deadline does.
  private let wakeup: Wakeup?
  /// The names of prepared statements, by their SQL.
  private var prepared: [Identifier: String] = [:]
  private var lastName = 0

  /// Connects to the first of the hosts that is there and is as it should be. Each may take as long
  /// as the parameter `connect_timeout` says.
  ///
  /// - Parameter wakeup: ends later waiting, with `interrupted`.
  /// - Throws: `cannotConnect`.
  public init(_ parameters: ConnectionParameters, wakeup: Wakeup? = nil) throws(PostgreSQLError) {
    var parameters = parameters
    parameters["client_encoding"] = "UTF8"
    let pairs = parameters.pairs
    let names = CStrings(pairs.map(\.name))
    let values = CStrings(pairs.map(\.value))
    let connected = withExtendedLifetime((names, values)) {
      PQconnectdbParams(names.pointers, values.pointers, 0)
    }
    guard let handle = connected else {
      throw PostgreSQLError(.cannotConnect, "there is no memory")
    }
    self.handle = handle
    self.wakeup = wakeup
    guard PQstatus(handle) == CONNECTION_OK else {
      throw PostgreSQLError(.cannotConnect, connection: handle)
    }
    // libpq would print them to standard error.
    PQsetNoticeReceiver(handle, { _, _ in }, nil)
    guard PQsetnonblocking(handle, 1) == 0 else {
      throw PostgreSQLError(.cannotConnect, connection: handle)
    }
  }

  deinit {
    PQfinish(self.handle)
  }

  /// The version of the server, such as 150018 for 15.18.
  public var serverVersion: Int { Int(PQserverVersion(self.handle)) }

  /// The process of the server that serves this connection.
  public var serverProcess: Int32 { PQbackendPID(self.handle) }

  /// Whether the bytes of the connection are encrypted.
  public var isEncrypted: Bool { PQsslInUse(self.handle) != 0 }

  /// Whether a transaction is open, or has failed and must be rolled back.
  public var isInTransaction: Bool {
    [PQTRANS_INTRANS, PQTRANS_INERROR].contains(PQtransactionStatus(self.handle))
  }

  /// Runs one or more statements without parameters, separated by semicolons, in one transaction.
  ///
  /// - Throws: `server` when one of them failed, `connectionLost` or `interrupted`.
  public func execute(
    _ sql: String,
    until deadline: ContinuousClock.Instant
  ) throws(PostgreSQLError) {
    guard PQsendQuery(self.handle, sql) == 1 else { throw self.lost }
    var failure: PostgreSQLError?
    while let result = try self.nextResult(until: deadline) {
      defer { PQclear(result) }
      if PQresultStatus(result) == PGRES_FATAL_ERROR {
        failure = failure ?? PostgreSQLError(result: result)
      }
    }
    try self.checkStatus(failure)
  }

  /// Sends statements together, and waits for all their results. The server runs them in order, up
  /// to the first that fails; without a BEGIN they are one transaction.
  ///
  /// - Returns: the rows of each statement.
  /// - Throws: `server` when one of them failed, `connectionLost` or `interrupted`: it is then not
  ///   known what the server has done.
  public func run(
    _ statements: [Statement],
    until deadline: ContinuousClock.Instant
  ) throws(PostgreSQLError) -> [Rows] {
    guard PQenterPipelineMode(self.handle) == 1 else { throw self.lost }
    var names: [Identifier: String] = [:]
    // Whether each result is of a statement, or only tells that it was prepared.
    var isPreparation: [Bool] = []
    for statement in statements {
      if statement.isPrepared, self.prepared[statement.sql] == nil, names[statement.sql] == nil {
        self.lastName += 1
        let name = "s\(self.lastName)"
        try self.prepare(statement, as: name)
        names[statement.sql] = name
        isPreparation.append(true)
      }
      try self.send(statement, prepared: self.prepared[statement.sql] ?? names[statement.sql])
      isPreparation.append(false)
    }
    guard PQpipelineSync(self.handle) == 1 else { throw self.lost }
    var rows: [Rows] = []
    var failure: PostgreSQLError?
    for isPreparation in isPreparation {
      while let result = try self.nextResult(until: deadline) {
        let owner = Rows(result)
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: if !isPreparation { rows.append(owner) }
        case PGRES_PIPELINE_ABORTED: break
        default: failure = failure ?? PostgreSQLError(result: result)
        }
      }
      // Without this, a lost connection would look like results that are missing.
      if PQstatus(self.handle) != CONNECTION_OK { try self.checkStatus(failure) }
    }
    let end = try self.nextResult(until: deadline)
    defer { PQclear(end) }
    guard PQresultStatus(end) == PGRES_PIPELINE_SYNC, PQexitPipelineMode(self.handle) == 1 else {
      throw self.lost
    }
    try self.checkStatus(failure)
    self.prepared.merge(names) { first, _ in first }
    return rows
  }

  /// Runs one statement.
  public func run(
    _ statement: Statement,
    until deadline: ContinuousClock.Instant
  ) throws(PostgreSQLError) -> Rows {
    // A pipeline has a result for each statement.
    try self.run([statement], until: deadline)[0]
  }

  /// Blocks the thread until another connection has notified a channel that this one listens to
  /// (LISTEN), or the time is over.
  ///
  /// - Parameter process: the `serverProcess` of a connection whose notifications do not count.
  /// - Returns: whether there was a notification.
  /// - Throws: `connectionLost` or `interrupted`.
  public func waitForNotification(
    besidesThoseOf process: Int32? = nil,
    until deadline: ContinuousClock.Instant
  ) throws(PostgreSQLError) -> Bool {
    while true {
      guard PQconsumeInput(self.handle) == 1 else { throw self.lost }
      var isNotified = false
      while let notification = PQnotifies(self.handle) {
        if notification.pointee.be_pid != process { isNotified = true }
        PQfreemem(notification)
      }
      if isNotified { return true }
      guard try self.wait(for: POLLIN, until: deadline) else { return false }
    }
  }

  // MARK: Sending

  private func prepare(_ statement: Statement, as name: String) throws(PostgreSQLError) {
    let types = statement.parameters.map(\.type)
    let result = PQsendPrepare(
      self.handle,
      name,
      statement.sql.text,
      CInt(types.count),
      types
    )
    guard result == 1 else { throw self.lost }
  }

  private func send(_ statement: Statement, prepared name: String?) throws(PostgreSQLError) {
    let parameters = statement.parameters
    let lengths = parameters.map { CInt($0.bytes?.count ?? 0) }
    let formats = Array(repeating: CInt(1), count: parameters.count)
    let result = Self.withPointers(to: parameters) { values in
      if let name {
        PQsendQueryPrepared(
          self.handle,
          name,
          CInt(parameters.count),
          values,
          lengths,
          formats,
          1
        )
      } else {
        PQsendQueryParams(
          self.handle,
          statement.sql.text,
          CInt(parameters.count),
          parameters.map(\.type),
          values,
          lengths,
          formats,
          1
        )
      }
    }
    guard result == 1 else { throw self.lost }
  }

  /// Calls `body` with the addresses of the values; NULL has none.
  private static func withPointers<Result>(
    to parameters: [Parameter],
    _ body: ([UnsafePointer<CChar>?]) -> Result
  ) -> Result {
    func add(_ index: Int, _ pointers: [UnsafePointer<CChar>?]) -> Result {
      guard index < parameters.count else { return body(pointers) }
      guard let bytes = parameters[index].bytes else { return add(index + 1, pointers + [nil]) }
      // An empty array may have no address, which would be NULL.
      return (bytes.isEmpty ? [0] : bytes).withUnsafeBytes { bytes in
        add(index + 1, pointers + [bytes.baseAddress?.assumingMemoryBound(to: CChar.self)])
      }
    }
    return add(0, [])
  }

  // MARK: Waiting

  /// The next result, which the caller must clear; nil at the end of a statement's results.
  private func nextResult(
    until deadline: ContinuousClock.Instant
  ) throws(PostgreSQLError) -> OpaquePointer? {
    while true {
      let rest = PQflush(self.handle)
      guard rest >= 0 else { throw self.lost }
      if PQisBusy(self.handle) == 0 { return PQgetResult(self.handle) }
      // While not all is sent, the server may wait for its answers to be read.
      guard try self.wait(for: rest > 0 ? POLLIN | POLLOUT : POLLIN, until: deadline) else {
        throw .noAnswer
      }
      guard PQconsumeInput(self.handle) == 1 else { throw self.lost }
    }
  }

  /// - Returns: false when the time is over.
  private func wait(
    for events: CInt,
    until deadline: ContinuousClock.Instant
  ) throws(PostgreSQLError) -> Bool {
    // poll(2) ignores a negative descriptor.
    var places = [
      pollfd(fd: PQsocket(self.handle), events: Int16(events), revents: 0),
      pollfd(fd: self.wakeup?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
    ]
    while true {
      let count = poll(&places, 2, deadline.milliseconds)
      if count == -1, errno == EINTR { continue }
      if count > 0, places[1].revents != 0 {
        throw PostgreSQLError(.interrupted, "the caller stopped waiting")
      }
      return count > 0
    }
  }

  private func checkStatus(_ failure: PostgreSQLError?) throws(PostgreSQLError) {
    guard PQstatus(self.handle) == CONNECTION_OK else {
      // The server may have said why it ended the connection.
      throw PostgreSQLError(.connectionLost, failure?.description ?? self.lost.message)
    }
    if let failure { throw failure }
  }

  private var lost: PostgreSQLError { PostgreSQLError(.connectionLost, connection: self.handle) }
}

/// Strings for C, with a nil behind them, as long as this lives.
private final class CStrings {
  let pointers: [UnsafePointer<CChar>?]

  init(_ texts: [String]) {
    self.pointers = texts.map { UnsafePointer(strdup($0)) } + [nil]
  }

  deinit {
    for pointer in self.pointers { free(UnsafeMutablePointer(mutating: pointer)) }
  }
}

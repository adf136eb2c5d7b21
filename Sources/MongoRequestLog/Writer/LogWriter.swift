internal import Concurrency
internal import Identifiers
internal import LogSearch
internal import Logging
internal import MongoDB
internal import RequestLog

/// Stores entries, on a thread of its own.
///
/// Insertions are shared: callers that arrive during one wait in the queue, and the first one to get
/// the thread stores for all.
actor LogWriter {
  private let executor = ThreadExecutor(name: "tokenwire-mglog")
  nonisolated var unownedExecutor: UnownedSerialExecutor {
    self.executor.asUnownedSerialExecutor()
  }

  let database: Database
  let configuration: MongoLogStore.Configuration
  let status: LogStatus
  let logger: Logger
  private let queue: AppendQueue
  private let news: CommitNews
  private let words: IndexedWords
  /// Ends the pauses between attempts, when the log is closed.
  nonisolated let closing = Interruption()
  private(set) var isClosed = false
  /// Since when the database cannot be reached, nil while it can.
  var outage: Outage<MongoDBError>?
  /// Reservations that may have been made without an answer: nothing is inserted there.
  var orphans: [Identifier] = []

  init(
    _ database: Database,
    _ configuration: MongoLogStore.Configuration,
    queue: AppendQueue,
    news: CommitNews,
    status: LogStatus,
    logger: Logger
  ) throws(LogError) {
    self.database = database
    self.configuration = configuration
    self.queue = queue
    self.news = news
    self.status = status
    self.logger = logger
    self.words = try IndexedWords()
  }

  /// Connects, and creates what the database lacks.
  func open(mayCreate: Bool) throws(LogError) {
    do throws(MongoDBError) {
      if !self.database.parameters.isLocal, !self.database.parameters.isEncrypted {
        self.logger.warning(
          """
          The connection to the log's database is not encrypted: whoever is on the way can read the \
          log. Leave out tls=false in its URL
          """,
          metadata: ["database": "\(self.database.parameters.place)"]
        )
      }
      let database = self.database
      let isThere = try database.pool.withClient { client throws(MongoDBError) in
        if !mayCreate { try Schema.check(client, database) }
        return try Schema.isCurrent(client, database)
      }
      if mayCreate { try self.createIndexes(isThere: isThere) }
    } catch {
      self.note(error, "The log cannot be opened")
      throw LogError(opening: error)
    }
  }

  /// - Parameter isThere: whether the log was created before; then its indexes should be there as well.
  private func createIndexes(isThere: Bool) throws(MongoDBError) {
    let database = self.database
    // The documents of other programs may be many, and are indexed as well.
    try database.makePatientPool().withClient { client throws(MongoDBError) in
      do throws(MongoDBError) {
        try Schema.createIndexes(client, database)
      } catch {
        guard isThere, error.code == .server(MongoDBError.unauthorized) else { throw error }
        try self.checkIndexes(client)
      }
      if !isThere { try LogEnd.create(client, database, schema: Schema.version) }
    }
  }

  /// For a user who may not create indexes.
  private func checkIndexes(_ client: borrowing Client) throws(MongoDBError) {
    do throws(MongoDBError) {
      let missing = try Schema.missingIndexes(client, self.database)
      if missing.isEmpty { return }
      throw MongoDBError(
        .invalid,
        """
        \(Database.entries) lacks the indexes \(missing.joined(separator: ", ")), and the user may not \
        create them: start once as a user who may
        """
      )
    } catch {
      guard error.code == .server(MongoDBError.unauthorized) else { throw error }
      self.logger.warning(
        """
        The user may neither create the log's indexes nor list them: should they be missing, repeated \
        keys go unnoticed. Grant listIndexes
        """,
        metadata: ["database": "\(self.database.parameters.place)"]
      )
    }
  }

  /// Ends pauses between attempts: what waits is stored at once, or fails.
  nonisolated func hurry() {
    self.closing.signal()
  }

  /// Stores what waits, and ends the queries that follow.
  func finish() {
    while self.storeGroup() {}
    self.news.close()
  }

  func close() {
    self.isClosed = true
  }

  /// Stores until the entry is stored or has failed.
  func outcome(of pending: PendingAppend) -> Result<StoredEntry, LogError> {
    while true {
      if let outcome = pending.outcome { return outcome }
      guard self.storeGroup() else {
        // The entry was withdrawn from the queue.
        return .failure(.cancelled)
      }
    }
  }

  /// - Returns: whether something waited.
  private func storeGroup() -> Bool {
    let group = self.queue.nextGroup(
      maximumCount: self.configuration.commitEntries,
      maximumBytes: self.configuration.commitBytes
    )
    if group.isEmpty { return false }
    let start = ContinuousClock.now
    for (pending, outcome) in zip(group, self.store(group.map(\.entry))) { pending.end(outcome) }
    self.queue.note(commitTime: .now - start)
    self.news.announce()
    return true
  }

  /// The words of entries, which are split on this thread.
  func words(of content: EntryContent) -> Set<[UInt8]>? {
    self.words.words(of: content)
  }

  func announce() {
    self.news.announce()
  }

  func note(_ error: any Error, _ message: Logger.Message) {
    self.logger.error(
      message,
      metadata: ["database": "\(self.database.parameters.place)", "error": "\(error)"]
    )
  }
}

internal import Logging
internal import RequestLog
internal import Synchronization

/// The readers of a log. Searches, which may take long, have their own, so that listing and
/// following do not wait for them.
final class LogReaders: Sendable {
  private let listing: ReaderPool
  private let searching: ReaderPool

  /// - Parameter readers: at least one; a single one does everything.
  init(_ readers: [LogReader]) {
    self.listing = ReaderPool(readers)
    self.searching = self.listing
  }

  init(path: String, _ configuration: SQLiteLogStore.Configuration, _ logger: Logger) {
    let pools = (0 ..< 2).map { _ in
      ReaderPool(
        (0 ..< max(configuration.readers, 1)).map { _ in
          LogReader(
            path: path,
            busyTimeout: configuration.busyTimeout,
            searchTime: configuration.searchTime,
            logger: logger
          )
        }
      )
    }
    self.listing = pools[0]
    self.searching = pools[1]
  }

  /// Runs `body` with the least busy reader.
  func read<Result>(
    searching: Bool = false,
    _ body: (LogReader) async throws(LogError) -> Result
  ) async throws(LogError) -> Result {
    let pool = searching ? self.searching : self.listing
    let index = pool.take()
    defer { pool.giveBack(index) }
    return try await body(pool.readers[index])
  }

  func open() async throws(LogError) {
    for reader in self.all { try await reader.warmUp() }
  }

  func close() async {
    for reader in self.all { await reader.close() }
  }

  private var all: [LogReader] { self.listing.readers + self.searching.readers }
}

extension LogReaders: PositionReader {
  func positions(
    of query: PositionQuery,
    after id: ULID
  ) async throws(LogError) -> Range<Position> {
    try await self.read { (reader) throws(LogError) in
      try await reader.positions(of: query, after: id)
    }
  }

  func end() async throws(LogError) -> Position {
    try await self.read { (reader) throws(LogError) in try await reader.end() }
  }

  func page(
    of query: PositionQuery,
    in positions: Range<Position>,
    limit: Int
  ) async throws(LogError) -> PositionPage {
    try await self.read(searching: query.search != nil) { (reader) throws(LogError) in
      try await reader.page(of: query, in: positions, limit: limit)
    }
  }
}

/// Readers that share their work.
private final class ReaderPool: Sendable {
  let readers: [LogReader]
  /// How many calls each reader has.
  private let loads: Mutex<[Int]>

  init(_ readers: [LogReader]) {
    self.readers = readers
    self.loads = Mutex(Array(repeating: 0, count: readers.count))
  }

  func take() -> Int {
    self.loads.withLock { loads in
      let index = loads.indices.min { loads[$0] < loads[$1] } ?? 0
      loads[index] += 1
      return index
    }
  }

  func giveBack(_ index: Int) {
    self.loads.withLock { $0[index] -= 1 }
  }
}

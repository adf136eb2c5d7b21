import Dispatch
import Foundation
import Identifiers
import Logging
import SQLite
import Synchronization
import Testing

@testable import RequestLog
@testable import SQLiteRequestLog

/// Runs `body` with the path of a new file in a folder that is removed after it.
func withTemporaryFile<Result>(
  _ body: (_ path: String) async throws -> Result
) async throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder.appendingPathComponent("log.sqlite").path)
}

/// Runs `body` with a log in a file of its own, and closes it.
func withLog<Result>(
  _ configuration: SQLiteLogStore.Configuration = .init(),
  _ body: (_ log: SQLiteLogStore, _ path: String) async throws -> Result
) async throws -> Result {
  try await withTemporaryFile { path in
    try await withLog(at: path, configuration) { try await body($0, path) }
  }
}

func withLog<Result>(
  at path: String,
  _ configuration: SQLiteLogStore.Configuration = .init(),
  _ body: (_ log: SQLiteLogStore) async throws -> Result
) async throws -> Result {
  let log = try await SQLiteLogStore.open(path: path, configuration: configuration, logger: .silent)
  do {
    let result = try await body(log)
    await log.close()
    return result
  } catch {
    await log.close()
    throw error
  }
}

extension Logger {
  static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

extension NewEntry {
  static func sample(
    _ prompt: String = "Why is the sky blue?",
    user: Identifier = "ada",
    key: Identifier = ""
  ) -> NewEntry {
    NewEntry(
      userID: user,
      prompt: prompt,
      response: "Because of Rayleigh scattering.",
      model: "smol",
      generationID: "g1",
      metadata: ["client": "test"],
      idempotencyKey: key
    )
  }
}

/// The first column of the first row, read beside the log.
func integer(_ sql: String, in path: String) throws -> Int64? {
  try integer(sql, on: Connection(path: path, access: .readOnly))
}

func integer(_ sql: String, on connection: Connection) throws -> Int64? {
  let statement = try connection.prepare(sql)
  return try statement.step() ? statement.integer(at: 0) : nil
}

func text(_ sql: String, on connection: Connection) throws -> String? {
  let statement = try connection.prepare(sql)
  return try statement.step() ? statement.text(at: 0) : nil
}

/// Indexes what is not in the index of words yet, and compares the index with the entries: it has
/// the words of each once.
func checkIndex(on connection: Connection) throws {
  try connection.addWordTokenizer()
  try connection.execute(
    """
    BEGIN IMMEDIATE;
    INSERT INTO search (rowid, prompt, response)
      SELECT position, prompt, response FROM entries
      WHERE position > (SELECT through FROM indexed) AND prompt IS NOT NULL;
    UPDATE indexed SET through = max(through, (SELECT coalesce(max(position), -1) FROM entries));
    COMMIT;
    INSERT INTO search (search, rank) VALUES ('integrity-check', 1)
    """
  )
}

/// A clock that tests set. It may hold up who reads it, which is the log's writer in a commit.
final class TestClock: Sendable {
  private let time: Mutex<Int64>
  private let isHolding = Mutex(false)
  private let isWaiting = Mutex(false)
  private let gate = DispatchSemaphore(value: 0)

  init(microseconds: Int64 = 1_700_000_000_000_000) {
    self.time = Mutex(microseconds)
  }

  var now: @Sendable () -> Timestamp {
    {
      if self.isHolding.withLock({ $0 }) {
        self.isWaiting.withLock { $0 = true }
        self.gate.wait()
      }
      return Timestamp(microseconds: self.time.withLock { $0 })
    }
  }

  /// Whether someone is held up.
  var isRead: Bool { self.isWaiting.withLock { $0 } }

  func set(microseconds: Int64) {
    self.time.withLock { $0 = microseconds }
  }

  /// Who reads the clock from now on waits until it is released.
  func hold() {
    self.isHolding.withLock { $0 = true }
  }

  func release() {
    self.isHolding.withLock { $0 = false }
    self.gate.signal()
  }
}

/// Lets other tasks run until `condition` holds.
func waitUntil(_ condition: () -> Bool) async {
  while !condition() { await Task.yield() }
}

extension SQLiteLogStore {
  func entries(_ query: LogQuery) async throws(LogError) -> [StoredEntry] {
    var entries: [StoredEntry] = []
    for try await entry in try self.query(query) { entries.append(entry) }
    return entries
  }

  /// Indexes all entries that there are.
  func index() async throws(LogError) {
    while try await self.writer.indexBatch(bytes: LogWriter.largeBatch) {}
  }

  /// Appends entries of one user at the same time.
  func fill(count: Int, user: Identifier = "ada") async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0 ..< count {
        group.addTask { _ = try await self.append(.sample("question \(number)", user: user)) }
      }
      try await group.waitForAll()
    }
  }
}

extension StoredEntry {
  var prompt: String? {
    if case .text(let prompt, _) = self.content { prompt } else { nil }
  }
}

/// How SQLite would run a statement, a line for each step.
func plan(of sql: String, in path: String) throws -> String {
  let connection = try Connection(path: path, access: .readOnly)
  try connection.addWordTokenizer()
  let statement = try connection.prepare("EXPLAIN QUERY PLAN " + sql)
  var lines: [String] = []
  while try statement.step() { lines.append(statement.text(at: 3) ?? "") }
  return lines.joined(separator: "\n")
}

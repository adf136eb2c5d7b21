import Foundation
import Identifiers
import Logging
import OutboxRequestLog
import PostgresRequestLog
import RequestLog
import SQLiteRequestLog
import Synchronization
import TestPostgreSQL
import Testing

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
      sessionID: "s",
      metadata: ["client": "test"],
      idempotencyKey: key
    )
  }
}

extension StoredEntry {
  var prompt: String? {
    if case .text(let prompt, _) = self.content { prompt } else { nil }
  }
}

extension LogStore {
  func entries(
    _ query: LogQuery = LogQuery(order: .oldestFirst)
  ) async throws(LogError) -> [StoredEntry] {
    var entries: [StoredEntry] = []
    for try await entry in try self.query(query) { entries.append(entry) }
    return entries
  }

  func prompts(of user: Identifier? = nil) async throws(LogError) -> [String] {
    try await self.entries(LogQuery(userID: user, order: .oldestFirst)).compactMap(\.prompt)
  }
}

/// A database, and the files of outboxes in front of it.
struct Place {
  let server: PostgreSQLServer
  let database: String
  let folder: String

  var url: String { self.server.url(of: self.database) }

  var outbox: String { self.file("outbox.db") }

  func file(_ name: String) -> String { "\(self.folder)/\(name)" }

  func execute(_ sql: String) async throws {
    try await self.server.execute(sql, in: self.database)
  }

  /// Opens the log as a server without an outbox does.
  func openCentral(
    _ configuration: PostgresLogStore.Configuration = .init()
  ) async throws(LogError) -> PostgresLogStore {
    try await PostgresLogStore.open(
      .init(url: self.url),
      configuration: configuration,
      logger: .silent
    )
  }

  func openLocal(_ path: String? = nil) async throws(LogError) -> SQLiteLogStore {
    try await SQLiteLogStore.open(
      path: path ?? self.outbox,
      configuration: .init(indexesWords: false),
      logger: .silent
    )
  }

  func openOutbox(
    _ path: String? = nil,
    maximumBytes: Int = 1 << 30,
    central: PostgresLogStore.Configuration = .init(),
    logger: Logger = .silent
  ) async throws(LogError) -> OutboxLog {
    try await OutboxLog.open(
      self.openLocal(path),
      maximumBytes: maximumBytes,
      logger: logger
    ) { (_) throws(LogError) in try await self.openCentral(central) }
  }

  /// Runs `body` with a running outbox, and closes it.
  func withOutbox<Result>(
    _ path: String? = nil,
    maximumBytes: Int = 1 << 30,
    central: PostgresLogStore.Configuration = .init(),
    logger: Logger = .silent,
    _ body: (OutboxLog) async throws -> Result
  ) async throws -> Result {
    let log = try await self.openOutbox(
      path,
      maximumBytes: maximumBytes,
      central: central,
      logger: logger
    )
    return try await log.running { try await body(log) }
  }

  /// Returns when the outbox's file has no entries.
  func waitUntilForwarded(_ path: String? = nil) async throws {
    while try await self.waiting(path) > 0 { try await Task.sleep(for: .milliseconds(2)) }
  }

  /// How many entries the outbox's file has.
  func waiting(_ path: String? = nil) async throws -> Int {
    let log = try await ReadOnlyLog.open(path: path ?? self.outbox, logger: .silent)
    return try await log.stats().total.entries
  }
}

extension LogStore {
  /// Runs the store beside `body`, and closes it.
  func running<Result>(_ body: () async throws -> Result) async throws -> Result {
    let running = Task { await self.run() }
    func end() async {
      running.cancel()
      await running.value
      await self.close()
    }
    do {
      let result = try await body()
      await end()
      return result
    } catch {
      await end()
      throw error
    }
  }
}

/// Runs `body` with an empty database and an empty folder.
///
/// - Parameter server: nil is the one that all tests share.
func withPlace<Result>(
  on server: PostgreSQLServer? = nil,
  _ body: (Place) async throws -> Result
) async throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(at: folder) }
  let used: PostgreSQLServer
  if let server { used = server } else { used = try await PostgreSQLServer.shared }
  let database = try await used.makeDatabase()
  return try await body(Place(server: used, database: database, folder: folder.path))
}

/// What was logged for operators.
final class Lines: Sendable {
  private let lines = Mutex<[String]>([])

  var logger: Logger {
    Logger(label: "test") { _ in Handler(lines: self) }
  }

  var all: [String] { self.lines.withLock { $0 } }

  private struct Handler: LogHandler {
    let lines: Lines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { self.metadata[key] }
      set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      self.lines.lines.withLock { $0.append("\(event.level): \(event.message)") }
    }
  }
}

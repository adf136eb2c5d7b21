import Dispatch
import Foundation
import Identifiers
import Logging
import PostgresRequestLog
import RequestLog
import SQLiteRequestLog
import Synchronization
import TestPostgreSQL
import Testing

#if MONGODB
import MongoRequestLog
import TestMongoDB
#endif

/// The stores that have to keep the same promises.
enum StoreKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case sqlite
  case postgresql
  case partitionedPostgreSQL
  #if MONGODB
  case mongodb
  #endif

  var testDescription: String { self.rawValue }

  /// How many entries are more than any store looks through at once. That of MongoDB has an index for
  /// all that is looked for, and its tests a slow server.
  var manyEntries: Int { self.rawValue == "mongodb" ? 600 : 3000 }
}

/// What tests set of a store.
struct StoreSettings: Sendable {
  var content = ContentMode.full
  var limits = EntryLimits()
  var searchTime = Duration.seconds(5)
  var clock: (@Sendable () -> Timestamp)?
}

/// Where a store keeps its entries: stores may be opened there one after the other.
struct StorePlace: Sendable {
  let kind: StoreKind
  /// A path or a URL.
  let name: String

  func open(_ settings: StoreSettings = StoreSettings()) async throws -> any ImportingLog {
    switch self.kind {
    case .sqlite:
      return try await SQLiteLogStore.open(
        path: self.name,
        configuration: .init(
          limits: settings.limits,
          content: settings.content,
          searchTime: settings.searchTime,
          clock: settings.clock ?? Timestamp.now
        ),
        logger: .silent
      )
    case .postgresql, .partitionedPostgreSQL:
      return try await PostgresLogStore.open(
        .init(url: self.name),
        configuration: .init(
          limits: settings.limits,
          content: settings.content,
          partition: self.kind == .partitionedPostgreSQL ? .month : nil,
          searchTime: settings.searchTime,
          clock: settings.clock
        ),
        logger: .silent
      )
    #if MONGODB
    case .mongodb:
      return try await MongoLogStore.open(
        .init(url: self.name),
        configuration: .init(
          limits: settings.limits,
          content: settings.content,
          // The server of the tests is slow, and has many of them at once.
          responseTime: .seconds(120),
          connectTime: .seconds(60),
          patience: .seconds(60),
          reservationTime: .seconds(120),
          listTime: .seconds(120),
          searchTime: .seconds(120),
          clock: settings.clock
        ),
        logger: .silent
      )
    #endif
    }
  }

  /// Runs `body` with a store, and closes it.
  func withStore<Result>(
    _ settings: StoreSettings = StoreSettings(),
    _ body: (any ImportingLog) async throws -> Result
  ) async throws -> Result {
    let store = try await self.open(settings)
    do {
      let result = try await body(store)
      await store.close()
      return result
    } catch {
      await store.close()
      throw error
    }
  }

  /// What an export of the store's entries has written.
  func exportedLines() async throws -> [String] {
    try await withTemporaryFolder { folder in
      let file = folder + "/export"
      switch self.kind {
      case .sqlite:
        _ = try await ReadOnlyLog.open(path: self.name, logger: .silent).export(to: file)
      case .postgresql, .partitionedPostgreSQL:
        let store = try await PostgresLogStore.open(.init(url: self.name), logger: .silent)
        _ = try await store.export(to: file)
        await store.close()
      #if MONGODB
      case .mongodb:
        let store = try await MongoLogStore.openExisting(.init(url: self.name), logger: .silent)
        _ = try await store.export(to: file)
        await store.close()
      #endif
      }
      let text = try String(contentsOfFile: file, encoding: .utf8)
      return text.unicodeScalars.split(separator: "\n").map { String($0) }
    }
  }
}

extension StoreKind {
  /// Runs `body` with an empty place for stores, which is removed after it.
  func withPlace<Result>(_ body: (StorePlace) async throws -> Result) async throws -> Result {
    switch self {
    case .sqlite:
      try await withTemporaryFolder { folder in
        try await body(StorePlace(kind: self, name: folder + "/log.sqlite"))
      }
    case .postgresql, .partitionedPostgreSQL:
      // The databases end with the server.
      try await body(
        StorePlace(
          kind: self,
          name: PostgreSQLServer.shared.url(of: PostgreSQLServer.shared.makeDatabase())
        )
      )
    #if MONGODB
    case .mongodb:
      try await body(StorePlace(kind: self, name: MongoDBServer.shared.makeDatabase()))
    #endif
    }
  }

  /// Runs `body` with an empty store.
  func withStore<Result>(
    _ settings: StoreSettings = StoreSettings(),
    _ body: (any ImportingLog) async throws -> Result
  ) async throws -> Result {
    try await self.withPlace { try await $0.withStore(settings, body) }
  }
}

func withTemporaryFolder<Result>(
  _ body: (_ path: String) async throws -> Result
) async throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder.path)
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

extension LogStore {
  func entries(_ query: LogQuery = LogQuery()) async throws(LogError) -> [StoredEntry] {
    var entries: [StoredEntry] = []
    for try await entry in try self.query(query) { entries.append(entry) }
    return entries
  }

  func prompts(_ query: LogQuery) async throws(LogError) -> [String] {
    try await self.entries(query).compactMap(\.prompt)
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

extension [String] {
  var stream: AsyncStream<String> {
    AsyncStream { continuation in
      for line in self { continuation.yield(line) }
      continuation.finish()
    }
  }
}

/// A clock that tests set.
final class TestClock: Sendable {
  private let time: Mutex<Int64>

  init(microseconds: Int64 = 1_700_000_000_000_000) {
    self.time = Mutex(microseconds)
  }

  var now: @Sendable () -> Timestamp {
    { Timestamp(microseconds: self.time.withLock { $0 }) }
  }

  func set(microseconds: Int64) {
    self.time.withLock { $0 = microseconds }
  }
}

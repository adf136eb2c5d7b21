import Foundation
import Identifiers
import Logging
import RequestLog
import TestMongoDB
import Testing

@testable import MongoRequestLog

extension Logger {
  static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

extension NewEntry {
  static func sample(
    _ prompt: String = "Why is the sky blue?",
    user: Identifier = "ada",
    key: Identifier = ""
  ) -> NewEntry {
    NewEntry(userID: user, prompt: prompt, response: "Because.", idempotencyKey: key)
  }
}

extension StoredEntry {
  /// Entries that another log has acknowledged earlier.
  static func older(count: Int) -> [StoredEntry] {
    var stamps = EntryStamps()
    return (0 ..< count).map { number in
      let time = Timestamp(microseconds: 1_700_000_000_000_000 + Int64(number))
      let stamp = stamps.next(now: time)
      return StoredEntry(
        id: stamp.id,
        timestamp: stamp.timestamp,
        userID: "ada",
        content: .text(prompt: "\(number)", response: "Because."),
        promptBytes: "\(number)".utf8.count,
        responseBytes: 8,
        model: "",
        generationID: "",
        metadata: [:],
        idempotencyKey: ""
      )
    }
  }
}

extension MongoLogStore {
  static func open(
    _ url: String,
    _ configuration: Configuration = Configuration()
  ) async throws -> MongoLogStore {
    try await self.open(Place(url: url), configuration: configuration, logger: .silent)
  }

  func entries(
    _ query: LogQuery = LogQuery(order: .oldestFirst)
  ) async throws(LogError) -> [StoredEntry] {
    var entries: [StoredEntry] = []
    for try await entry in try self.query(query) { entries.append(entry) }
    return entries
  }

  func prompts() async throws(LogError) -> [String] {
    try await self.entries().compactMap { entry in
      if case .text(let prompt, _) = entry.content { prompt } else { nil }
    }
  }
}

/// Runs `body` with a store in a database of its own, and closes it.
func withStore<Result>(
  on server: MongoDBServer? = nil,
  _ configuration: MongoLogStore.Configuration = .init(),
  _ body: (_ store: MongoLogStore, _ url: String) async throws -> Result
) async throws -> Result {
  let server = if let server { server } else { try await MongoDBServer.shared }
  let url = await server.makeDatabase()
  let store = try await MongoLogStore.open(url, configuration)
  do {
    let result = try await body(store, url)
    await store.close()
    return result
  } catch {
    await store.close()
    throw error
  }
}

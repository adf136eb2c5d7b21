import Foundation
import Identifiers
import Logging
import PostgreSQL
import RequestLog
import TestPostgreSQL
import Testing

@testable import PostgresRequestLog

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

extension PostgresLogStore {
  static func open(
    _ url: String,
    _ configuration: Configuration = Configuration()
  ) async throws -> PostgresLogStore {
    try await self.open(Place(url: url), configuration: configuration, logger: .silent)
  }

  func prompts() async throws(LogError) -> [String] {
    var prompts: [String] = []
    for try await entry in try self.query(LogQuery(order: .oldestFirst)) {
      if case .text(let prompt, _) = entry.content { prompts.append(prompt) }
    }
    return prompts
  }
}

/// Runs `body` with a store in a database of its own, and closes it.
func withStore<Result>(
  on server: PostgreSQLServer? = nil,
  _ configuration: PostgresLogStore.Configuration = .init(),
  _ body: (_ store: PostgresLogStore, _ database: TestDatabase) async throws -> Result
) async throws -> Result {
  let database = try await TestDatabase(on: server)
  return try await withStore(in: database, configuration) { try await body($0, database) }
}

func withStore<Result>(
  in database: TestDatabase,
  _ configuration: PostgresLogStore.Configuration = .init(),
  _ body: (_ store: PostgresLogStore) async throws -> Result
) async throws -> Result {
  let store = try await PostgresLogStore.open(database.url, configuration)
  do {
    let result = try await body(store)
    await store.close()
    return result
  } catch {
    await store.close()
    throw error
  }
}

/// An empty database.
struct TestDatabase {
  let server: PostgreSQLServer
  let name: String

  /// - Parameter server: nil is the one that all tests share.
  init(on server: PostgreSQLServer? = nil) async throws {
    if let server {
      self.server = server
    } else {
      self.server = try await PostgreSQLServer.shared
    }
    self.name = try await self.server.makeDatabase()
  }

  var url: String { self.server.url(of: self.name) }

  func execute(_ sql: String) async throws {
    try await self.server.execute(sql, in: self.name)
  }

  func integer(_ sql: Identifier) async throws -> Int64? {
    try await self.server.integer(sql, in: self.name)
  }

  /// Returns when a query's number is above 0.
  func wait(for sql: Identifier) async throws {
    while try await self.integer(sql) ?? 0 == 0 { await Task.yield() }
  }

  /// A connection of the test itself.
  func connect() throws -> PostgreSQL.Connection {
    try Connection(ConnectionParameters(url: self.url))
  }

  /// Makes the server run statements before each row that is inserted.
  func addTrigger(_ statements: String) async throws {
    try await self.execute(
      """
      CREATE FUNCTION public.test() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN \(statements) RETURN new; END
      $$;
      CREATE TRIGGER test BEFORE INSERT ON tokenwire.entries
        FOR EACH ROW EXECUTE FUNCTION public.test();
      """
    )
  }
}

extension PostgreSQL.Connection {
  func execute(_ sql: String) throws {
    try self.execute(sql, until: .now + .seconds(60))
  }
}

/// Appends until the store can be used again.
func appendWhenPossible(_ entry: NewEntry, to store: PostgresLogStore) async throws -> StoredEntry {
  while true {
    do throws(LogError) {
      return try await store.append(entry)
    } catch {
      guard error.code == .unavailable else { throw error }
      await Task.yield()
    }
  }
}

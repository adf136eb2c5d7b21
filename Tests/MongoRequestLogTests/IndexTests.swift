import Identifiers
import MongoDB
import RequestLog
import TestMongoDB
import Testing

@testable import MongoRequestLog

/// Indexes that are lost, as in a collection that was restored without them.
@Suite struct IndexTests {
  /// A database with a log that has one entry and no indexes.
  private func makeDatabase(
    _ server: MongoDBServer
  ) async throws -> (url: String, name: String, entry: StoredEntry) {
    let url = await server.makeDatabase()
    let store = try await MongoLogStore.open(url)
    let entry = try await store.append(.sample("first", key: "k"))
    await store.close()
    let name = String(url.split(separator: "/").last ?? "")
    _ = try await server.execute(#"{"dropIndexes": "requests", "index": "*"}"#, in: name)
    return (url, name, entry)
  }

  @Test func `they are created again at the next start`() async throws {
    let server = try await MongoDBServer.shared
    let (url, name, entry) = try await self.makeDatabase(server)
    let store = try await MongoLogStore.open(url)
    #expect(try await store.append(.sample("first", key: "k")) == entry)
    let repeated = #"{"_id": "x", "user_id": "ada", "idempotency_key": "k"}"#
    let insertion = #"{"insert": "requests", "documents": [\#(repeated)]}"#
    #expect(try await server.execute(insertion, in: name).contains("11000"))
    await store.close()
  }

  @Test func `what was stored twice meanwhile is told`() async throws {
    let server = try await MongoDBServer.shared
    let (url, name, _) = try await self.makeDatabase(server)
    let repeated = #"{"_id": "x", "user_id": "ada", "idempotency_key": "k"}"#
    let insertion = #"{"insert": "requests", "documents": [\#(repeated)]}"#
    _ = try await server.execute(insertion, in: name)
    let error = await #expect(throws: LogError.self) { _ = try await MongoLogStore.open(url) }
    let cause = String(describing: error?.cause)
    #expect(cause.contains("while it was missing"))
  }

  @Test func `a user who may not create them needs them`() async throws {
    let server = try await MongoDBServer.shared
    let (url, _, _) = try await self.makeDatabase(server)
    let proxy = try MongoDBProxy(of: url)
    try await proxy.prepare("createIndexes", .refused(13))
    let error = await #expect(throws: LogError.self) { _ = try await MongoLogStore.open(proxy.url) }
    let cause = String(describing: error?.cause)
    #expect(cause.contains("entries_by_position"))
    await (try await MongoLogStore.open(url)).close()
    try await proxy.prepare("createIndexes", .refused(13))
    await (try await MongoLogStore.open(proxy.url)).close()
    // Who may not even list them is warned.
    try await proxy.prepare("createIndexes", .refused(13))
    try await proxy.prepare("listIndexes", .refused(13))
    await (try await MongoLogStore.open(proxy.url)).close()
  }
}

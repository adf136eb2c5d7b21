import Foundation
import Identifiers
import RequestLog
import TestMongoDB
import Testing

@testable import MongoRequestLog

/// The database as the article's programs see it.
@Suite struct ArticleTests {
  @Test func `its programs find entries by its names, and theirs do not disturb the log`()
    async throws
  {
    let server = try await MongoDBServer.shared
    let url = await server.makeDatabase()
    let name = String(url.split(separator: "/").last ?? "")
    for number in 0 ..< 2 {
      let insertion =
        #"{"insert": "requests", "documents": [{"user_id": "\#(number)", "prompt": "p", "response": "r"}]}"#
      _ = try await server.execute(insertion, in: name)
    }
    let store = try await MongoLogStore.open(url)
    let stored = try await store.append(.sample("Why is the sky blue?", user: "ada"))
    #expect(try await store.entries() == [stored])
    #expect(try await store.stats().total.entries == 1)
    let query =
      #"{"find": "requests", "filter": {"user_id": "ada", "timestamp": {"$type": "date"}}}"#
    let found = try await server.execute(query, in: name)
    #expect(found.contains("\"prompt\": \"Why is the sky blue?\", \"response\": \"Because.\""))
    #expect(try await store.erase(user: "ada").entries == 1)
    let rest = try await server.execute(#"{"count": "requests"}"#, in: name)
    #expect(rest.contains(#""n": 2"#))
    await store.close()
  }

  @Test func `what other programs have in the collection does not count for the log's size`()
    async throws
  {
    let server = try await MongoDBServer.shared
    let url = await server.makeDatabase()
    let name = String(url.split(separator: "/").last ?? "")
    let store = try await MongoLogStore.open(url)
    for number in 0 ..< 5 { _ = try await store.append(.sample("\(number)")) }
    let text = String(repeating: "long ", count: 60_000)
    for _ in 0 ..< 5 {
      _ = try await server.execute(
        #"{"insert": "requests", "documents": [{"prompt": "\#(text)"}]}"#,
        in: name
      )
    }
    let retention = Retention(maximumBytes: 1 << 20)
    #expect(try await store.prune(retention) == .none)
    #expect(await !store.exceeds(retention))
    #expect(try await store.prune(retention) == .none)
    // The log's own entries still do.
    for _ in 0 ..< 5 { _ = try await store.append(.sample(text)) }
    #expect(await store.exceeds(retention))
    let removal = try await store.prune(retention)
    #expect((6 ... 9).contains(removal.entries))
    #expect(await !store.exceeds(retention))
    #expect(try await store.entries().count == 10 - removal.entries)
    let foreign = #"{"count": "requests", "query": {"position": {"$exists": false}}}"#
    #expect(try await server.execute(foreign, in: name).contains(#""n": 5"#))
    await store.close()
  }

  /// A report of others: metadata with dots and dollars in its keys cannot be stored, or not be found
  /// (mongodb/mongo-php-driver#790).
  @Test func `keys of metadata may have dots, dollars and U+0000 in them, and are found`()
    async throws
  {
    let server = try await MongoDBServer.shared
    let url = await server.makeDatabase()
    let name = String(url.split(separator: "/").last ?? "")
    let store = try await MongoLogStore.open(url)
    var entry = NewEntry.sample()
    entry.metadata = ["a.b": "1", "$set": "2", "": "3", "\u{0}": "4", "a": "5"]
    let stored = try await store.append(entry)
    #expect(try await store.entries() == [stored])
    let pair = #"{"key": "a.b", "value": "1"}"#
    let query = #"{"count": "requests", "query": {"metadata": {"$elemMatch": \#(pair)}}}"#
    #expect(try await server.execute(query, in: name).contains(#""n": 1"#))
    await store.close()
  }

  @Test func `the article's database is used unless the URL names another`() throws {
    let plain = try MongoLogStore.Place(url: "mongodb://127.0.0.1")
    #expect(try Database(plain.parameters, .init()).name == "llm_api")
    let named = try MongoLogStore.Place(url: "mongodb://127.0.0.1/logs")
    #expect(try Database(named.parameters, .init()).name == "logs")
  }

  @Test func `a log of a newer version is refused, and one that is not there is not created`()
    async throws
  {
    let server = try await MongoDBServer.shared
    let url = await server.makeDatabase()
    let name = String(url.split(separator: "/").last ?? "")
    let place = try MongoLogStore.Place(url: url)
    let missing = await #expect(throws: LogError.self) {
      _ = try await MongoLogStore.openExisting(place, logger: .silent)
    }
    #expect(missing?.code == .unavailable)
    await (try await MongoLogStore.open(url)).close()
    let change =
      #"{"update": "tokenwire", "updates": [{"q": {}, "u": {"$set": {"schema": 2}}}]}"#
    _ = try await server.execute(change, in: name)
    let newer = await #expect(throws: LogError.self) { _ = try await MongoLogStore.open(url) }
    #expect(newer?.code == .newerSchema)
  }
}

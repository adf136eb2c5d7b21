import Identifiers
import RequestLog
import SQLiteRequestLog
import TestTexts
import Testing

/// Names and texts of entries are compared by their bytes.
@Suite struct EntryIdentityTests {
  private static let fields: [@Sendable (inout NewEntry, Identifier) -> Void] = [
    { $0.model = $1 }, { $0.generationID = $1 }, { $0.metadata = ["k": $1.text] },
    { $0.metadata = TextMap([(key: $1.text, value: "v")]) }, { $0.prompt = $1.text },
    { $0.response = $1.text },
  ]

  @Test(arguments: CanonicallyEqual.pairs)
  func `a user has no entries of one whose name looks the same`(
    _ first: String,
    _ second: String
  ) async throws {
    let (one, other) = (Identifier(first), Identifier(second))
    try await withLog { log, _ in
      _ = try await log.append(.sample("one's", user: one, key: "k"))
      // The key is another user's.
      _ = try await log.append(.sample("other's", user: other, key: "k"))
      #expect(try await log.entries(LogQuery(userID: one)).map(\.prompt) == ["one's"])
      #expect(try await log.stats().users.mapValues(\.entries) == [one: 1, other: 1])
      #expect(try await log.stats(of: other).total.entries == 1)
      #expect(try await log.erase(user: one).entries == 1)
      #expect(try await log.entries(LogQuery()).map(\.userID) == [other])
    }
  }

  @Test(arguments: CanonicallyEqual.pairs)
  func `models and keys are told apart`(_ first: String, _ second: String) async throws {
    try await withLog { log, _ in
      for name in [first, second] {
        var entry = NewEntry.sample(name, key: Identifier(name))
        entry.model = Identifier(name)
        _ = try await log.append(entry)
      }
      for name in [first, second] {
        let found = try await log.entries(LogQuery(model: Identifier(name)))
        #expect(found.map(\.idempotencyKey) == [Identifier(name)])
      }
    }
  }

  @Test(arguments: CanonicallyEqual.pairs, 0 ..< 6)
  func `an entry with a used key that only looks the same is another`(
    _ pair: (String, String),
    _ field: Int
  ) async throws {
    var first = NewEntry.sample(key: "k")
    var second = first
    Self.fields[field](&first, Identifier(pair.0))
    Self.fields[field](&second, Identifier(pair.1))
    let entries = (first, second)
    #expect(first != second)
    try await withLog { log, _ in
      let stored = try await log.append(entries.0)
      #expect(try await log.append(entries.0) == stored)
      let error = await #expect(throws: LogError.self) { try await log.append(entries.1) }
      #expect(error?.code == .alreadyExists)
    }
  }

  @Test(arguments: CanonicallyEqual.pairs)
  func `both keys of metadata are kept, in the file and in an export`(
    _ first: String,
    _ second: String
  ) async throws {
    let metadata = TextMap([(key: first, value: second), (key: second, value: first)])
    try await withLog { log, _ in
      var entry = NewEntry.sample()
      entry.metadata = metadata
      let stored = try await log.append(entry)
      #expect(stored.metadata == metadata)
      #expect(try await log.entries(LogQuery()) == [stored])
      #expect(try StoredEntry(jsonLine: stored.jsonLine()) == stored)
    }
  }

  @Test(arguments: CanonicallyEqual.pairs)
  func `an import of an entry that only looks like one that is there is refused`(
    _ first: String,
    _ second: String
  ) async throws {
    try await withLog { log, _ in
      let stored = try await log.append(.sample(first))
      var other = stored
      other.content = .text(prompt: second, response: "Because of Rayleigh scattering.")
      other.promptBytes = second.utf8.count
      let lines = AsyncStream { continuation in
        continuation.yield(other.jsonLine())
        continuation.finish()
      }
      let error = await #expect(throws: (any Error).self) { try await log.importLines(lines) }
      #expect("\(try #require(error))".contains("id belongs to another entry"))
    }
  }
}

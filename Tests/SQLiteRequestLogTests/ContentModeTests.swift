import Identifiers
import Testing

@testable import RequestLog
@testable import SQLiteRequestLog

@Suite struct ContentModeTests {
  /// Stands for SHA-256.
  static let hash: @Sendable (String) -> [UInt8] = { Array($0.utf8.reversed()) }

  @Test func `texts are not kept when only their sizes are wanted`() async throws {
    try await withLog(.init(content: .metadataOnly)) { log, path in
      let entry = try await log.append(.sample("secret"))
      #expect(entry.content == .none)
      #expect(entry.promptBytes == 6)
      #expect(try integer("SELECT count(prompt) + count(response) FROM entries", in: path) == 0)
    }
  }

  @Test func `hashes of texts are kept in their place`() async throws {
    try await withLog(.init(content: .hashed(contentHash: Self.hash))) { log, path in
      let entry = try await log.append(.sample("secret", key: "k"))
      #expect(
        entry.content
          == .hashes(
            prompt: Array("terces".utf8),
            response: Self.hash("Because of Rayleigh scattering.")
          )
      )
      #expect(try await log.append(.sample("secret", key: "k")) == entry)
      let error = await #expect(throws: LogError.self) {
        try await log.append(.sample("public", key: "k"))
      }
      #expect(error?.code == .alreadyExists)
      #expect(try integer("SELECT count(prompt) + count(response) FROM entries", in: path) == 0)
    }
  }

  @Test func `a key is compared by what was kept when the mode has changed`() async throws {
    try await withTemporaryFile { path in
      let entry = try await withLog(at: path) { try await $0.append(.sample(key: "k")) }
      try await withLog(at: path, .init(content: .metadataOnly)) { log in
        let again = try await log.append(.sample(key: "k"))
        #expect(again == entry)
        let error = await #expect(throws: LogError.self) {
          try await log.append(.sample("longer than it was before", key: "k"))
        }
        #expect(error?.code == .alreadyExists)
      }
    }
  }
}

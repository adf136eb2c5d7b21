import Foundation
import Identifiers
import RequestLog
import Subprocess
import SystemPackage
import TestPostgreSQL
import Testing

@testable import PostgresRequestLog

/// Kills nodes at random moments, while their callers write.
@Suite struct NodeKillTests {
  private static let callers = 16

  @Test func `what a node has acknowledged is there once, whenever it is killed`() async throws {
    let database = try await TestDatabase()
    // Creates the tables, and reads them while nodes come and go.
    try await withStore(in: database) { store in
      var stored: [Identifier: Identifier] = [:]
      var next = Array(repeating: 0, count: Self.callers)
      for _ in 0 ..< max(KillTests.kills / 2, 1) {
        let lines = try await Self.runNode(
          on: database,
          from: next,
          killAfter: Int.random(in: 0 ..< 200)
        )
        for line in lines {
          let words = line.split(separator: " ").map(String.init)
          guard words.count == 3, words[0] == "stored" else { continue }
          let key = words[1].split(separator: "-").compactMap { Int($0) }
          #expect(stored[Identifier(words[1])] == nil && next[key[0]] == key[1])
          stored[Identifier(words[1])] = Identifier(words[2])
          next[key[0]] += 1
        }
      }
      var found: [Identifier: Identifier] = [:]
      for try await entry in try store.query(LogQuery(userID: "crash", order: .oldestFirst)) {
        #expect(found[entry.idempotencyKey] == nil)
        found[entry.idempotencyKey] = Identifier(entry.id.description)
      }
      #expect(!stored.isEmpty)
      #expect(stored.filter { found[$0.key] != $0.value }.isEmpty)
      // Each caller may have sent one entry that it was not told of.
      #expect(found.count <= stored.count + Self.callers)
    }
  }

  /// Runs a process that writes, and kills it when it has told of this many entries, or soon after.
  ///
  /// - Returns: what it has told.
  private static func runNode(
    on database: TestDatabase,
    from next: [Int],
    killAfter count: Int
  ) async throws -> [Substring] {
    let result = try await Subprocess.run(
      .path(Self.executable),
      arguments: Arguments([database.url, "append"] + next.map(String.init)),
      input: .none,
      output: .sequence,
      error: .string(limit: 1 << 20)
    ) { execution in
      var text = ""
      var lineCount = 0
      var isKilled = false
      for try await chunk in execution.standardOutput {
        let part = chunk.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        text += part
        lineCount += part.count { $0 == "\n" }
        if !isKilled, lineCount >= count {
          isKilled = true
          try execution.send(signal: .kill)
        }
      }
      return text
    }
    #expect(result.terminationStatus == .signaled(9), "\(result.standardError)")
    return result.closureResult.split(separator: "\n")
  }

  /// Beside the bundle that holds the tests.
  private static let executable = FilePath(
    URL(fileURLWithPath: CommandLine.arguments[0])
      .resolvingSymlinksInPath()
      .deletingLastPathComponent()
      .appendingPathComponent("LogCrashWriter")
      .path
  )
}

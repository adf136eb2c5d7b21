import Foundation
import Identifiers
import RequestLog
import Subprocess
import SystemPackage
import TestMongoDB
import Testing

@testable import MongoRequestLog

/// Kills nodes at random moments, while their callers write.
@Suite struct NodeKillTests {
  private static let callers = 16

  @Test func `what a node has acknowledged is there once, whenever it is killed`() async throws {
    let configuration = MongoLogStore.Configuration(reservationTime: .milliseconds(500))
    // Creates the log, and follows it while nodes come and go.
    try await withStore(configuration) { store, url in
      let running = Task { await store.run() }
      let query = LogQuery(userID: "crash", order: .oldestFirst, follows: true)
      let follower = Task { () throws(LogError) in try await store.entries(query).map(\.id) }
      var stored: [Identifier: Identifier] = [:]
      var next = Array(repeating: 0, count: Self.callers)
      for _ in 0 ..< max(KillTests.kills / 2, 1) {
        let lines = try await Self.runNode(
          on: url,
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
      // Nothing was skipped, and what dead nodes had reserved stops nobody.
      store.endFollowing()
      #expect(
        try await follower.value
          == (try await store.entries(LogQuery(userID: "crash", order: .oldestFirst)).map(\.id))
      )
      running.cancel()
      await running.value
    }
  }

  /// Runs a process that writes, and kills it when it has told of this many entries, or soon after.
  ///
  /// - Returns: what it has told.
  private static func runNode(
    on url: String,
    from next: [Int],
    killAfter count: Int
  ) async throws -> [Substring] {
    let result = try await Subprocess.run(
      .path(Self.executable),
      arguments: Arguments([url, "append"] + next.map(String.init)),
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

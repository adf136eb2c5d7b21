import Foundation
import SQLite
import Subprocess
import SystemPackage
import Testing

/// A process that writes to a log until it is killed, again and again, and what it was told.
struct CrashingWriter {
  static let callerCount = 16

  let path: String
  var isMaintaining = false
  /// Makes some of its writes fail.
  var faults: (library: String, seed: Int)?
  /// The ids of the acknowledged entries, by their keys.
  private(set) var stored: [String: String] = [:]
  /// The codes of errors that callers got.
  private(set) var failures: Set<String> = []
  /// For each caller the entry that comes next: one that was not acknowledged is sent again.
  private var next = Array(repeating: 0, count: Self.callerCount)

  init(path: String) {
    self.path = path
  }

  /// Runs the writer, and kills it when it has told of this many entries, or soon after.
  mutating func run(killAfter count: Int) async throws {
    var environment: [Environment.Key: String?] = [:]
    if let faults {
      environment = ["LD_PRELOAD": faults.library, "FAULTS_SEED": "\(faults.seed)"]
    }
    let result = try await Subprocess.run(
      .path(Self.executable),
      arguments: Arguments(
        [self.path, self.isMaintaining ? "maintain" : "append"] + self.next.map(String.init)
      ),
      environment: .inherit.updating(environment),
      input: .none,
      output: .sequence,
      error: .string(limit: 1 << 20)
    ) { execution in
      // Of a process that is just starting, too.
      if count == 0 {
        try await Self.waitAtRandom()
        try execution.send(signal: .kill)
      }
      var text = ""
      var lineCount = 0
      var isKilled = count == 0
      for try await chunk in execution.standardOutput {
        let part = chunk.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        text += part
        lineCount += part.count { $0 == "\n" }
        if !isKilled, lineCount >= count {
          isKilled = true
          try await Self.waitAtRandom()
          try execution.send(signal: .kill)
        }
      }
      return text
    }
    #expect(result.terminationStatus == .signaled(9), "\(result.standardError)")
    for line in result.closureResult.split(separator: "\n") { self.take(line) }
  }

  /// Looks at the file: it is sound, and has what was acknowledged, once, and what was not
  /// acknowledged at most once.
  func check() throws {
    guard FileManager.default.fileExists(atPath: self.path) else {
      #expect(self.stored.isEmpty)
      return
    }
    let connection = try Connection(path: self.path)
    #expect(try text("PRAGMA integrity_check", on: connection) == "ok")
    // A writer that was killed at its start may have left an empty file.
    guard try integer("PRAGMA user_version", on: connection) != 0 else {
      #expect(self.stored.isEmpty)
      return
    }
    try checkIndex(on: connection)
    let statement = try connection.prepare(
      "SELECT idempotency_key, id, response, prompt FROM entries WHERE user_id = 'crash'"
    )
    var found: [String: String] = [:]
    while try statement.step() {
      let key = statement.text(at: 0) ?? ""
      #expect(found[key] == nil)
      found[key] = statement.text(at: 1)
      #expect(statement.text(at: 2) == key)
      #expect(statement.text(at: 3)?.hasPrefix("\(key) ") == true)
    }
    let lost = self.stored.filter { found[$0.key] != $0.value }
    #expect(lost.isEmpty)
    #expect(found.count <= self.stored.count + Self.callerCount)
  }

  /// Compiles the library that makes writes fail.
  static func buildFaults(beside path: String) async throws -> String {
    let library = path + ".faults.so"
    let source = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent()
      .appendingPathComponent("../Crash/faults.c")
    let result = try await Subprocess.run(
      .name("clang"),
      arguments: ["-shared", "-fPIC", "-O1", "-o", library, source.path],
      output: .discarded,
      error: .string(limit: 1 << 20)
    )
    try #require(result.terminationStatus.isSuccess, "\(result.standardError)")
    return library
  }

  private mutating func take(_ line: Substring) {
    let words = line.split(separator: " ").map(String.init)
    if words.count == 3, words[0] == "stored" {
      let key = words[1].split(separator: "-").compactMap { Int($0) }
      #expect(self.stored[words[1]] == nil && self.next[key[0]] == key[1])
      self.stored[words[1]] = words[2]
      self.next[key[0]] += 1
    } else if words.count == 2, words[0] == "failed" {
      self.failures.insert(words[1])
    }
  }

  /// Up to 4 ms, about two commits: what is acknowledged ends a commit, and the moment of the kill
  /// should not be the same in all of them.
  private static func waitAtRandom() async throws {
    try await Task.sleep(for: .microseconds(Int.random(in: 0 ..< 4000)))
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

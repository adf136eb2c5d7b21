internal import Foundation
package import Identifiers
package import Subprocess
internal import SystemPackage

/// A process that wrote to a log, and was killed.
package struct KilledNode {
  /// How it ended.
  package let status: TerminationStatus
  /// What it has told.
  package let lines: [Substring]
  /// What it has written to standard error.
  package let errors: String

  /// Runs a process that writes, and kills it when it has told of some entries, or soon after.
  ///
  /// - Parameters:
  ///   - place: of the log.
  ///   - next: the number of each caller's next entry.
  ///   - count: of how many entries.
  package static func run(
    at place: String,
    from next: [Int],
    killAfter count: Int
  ) async throws -> KilledNode {
    let result = try await Subprocess.run(
      .path(Self.executable),
      arguments: Arguments([place, "append"] + next.map(String.init)),
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
    return KilledNode(
      status: result.terminationStatus,
      lines: result.closureResult.split(separator: "\n"),
      errors: result.standardError
    )
  }

  /// Adds the entries that the process has told to be stored.
  ///
  /// - Parameters:
  ///   - stored: the entries' ids by their keys, each of which is a caller's number and the entry's.
  ///   - next: the number of each caller's next entry.
  /// - Returns: whether each was new, and the next one of its caller.
  package func add(to stored: inout [Identifier: Identifier], next: inout [Int]) -> Bool {
    var areExpected = true
    for line in self.lines {
      let words = line.split(separator: " ").map { Identifier($0) }
      guard words.count == 3, words[0] == "stored" else { continue }
      let key = words[1].text.split(separator: "-").compactMap { Int($0) }
      areExpected = areExpected && stored[words[1]] == nil && next[key[0]] == key[1]
      stored[words[1]] = words[2]
      next[key[0]] += 1
    }
    return areExpected
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

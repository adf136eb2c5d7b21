import Foundation
import RPC
import Testing
import TokenwireAPI
import TokenwireClient

/// A log that is read by one who takes his time.
@Suite struct LogStreamTests {
  static let count = 20_000

  @Test func `a server reads no further ahead than its reader, however long the log`() async throws
  {
    try await LogFiles.with { files in
      // 80 MB in all; the search index would take long for more words.
      let filler = String(repeating: "-", count: 2000)
      try files.writeEntries(count: Self.count, user: "alice", to: "in") { "\(filler) \($0)" }
      let imported = try await files.run(["logs", "import", files.folder + "/in"])
      #expect(imported.output == "Imported \(Self.count) entries; 0 were there already.\n")
      try await Command.serve(environment: files.environment) { server, address in
        try await files.withClient(of: address, user: "alice") { client, options in
          // What a first query needs, the next one does not need again.
          let few = QueryLogsRequest(limit: 2000)
          for try await _ in try await client.api.queryLogs(few, options: options) {}
          let before = try server.residentBytes
          var largest = 0
          var seq: UInt64 = 0
          let all = QueryLogsRequest(order: .oldestFirst)
          for try await entry in try await client.api.queryLogs(all, options: options) {
            #expect(entry.seq == seq)
            // A server that reads ahead does it here.
            if seq == 1 { try await Task.sleep(for: .seconds(1)) }
            if seq % 1000 == 0 {
              try await Task.sleep(for: .milliseconds(5))
              largest = max(largest, try server.residentBytes)
            }
            seq += 1
          }
          #expect(seq == UInt64(Self.count))
          #expect(largest - before < 32 << 20)
        }
      }
    }
  }
}

extension Command {
  /// How much memory the command has.
  fileprivate var residentBytes: Int {
    get throws {
      let status = try String(contentsOfFile: "/proc/\(self.processID)/status", encoding: .utf8)
      let size = try #require(status.firstMatch(of: /VmRSS:\s+(\d+) kB/))
      return try #require(Int(size.1)) * 1024
    }
  }
}

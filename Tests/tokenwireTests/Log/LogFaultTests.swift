import Foundation
import RPC
import SQLite
import Subprocess
import SystemPackage
import Testing
import TokenwireAPI
import TokenwireClient

/// The log of a server whose disk fails.
@Suite struct LogFaultTests {
  static let faults: [(errno: Int32, code: CallError.Code, message: String)] = [
    (ENOSPC, .resourceExhausted, "The log's disk is full; nothing was stored"),
    (EIO, .unavailable, "The log cannot be written now; nothing was stored"),
    // A file system that has become read-only.
    (EROFS, .unavailable, "The log cannot be written now; nothing was stored"),
  ]

  @Test(arguments: faults)
  func `while writes fail nothing is stored, and then all is, without a restart`(
    errno: Int32,
    code: CallError.Code,
    message: String
  ) async throws {
    try await LogFiles.with { files in
      let fault = files.folder + "/fault"
      let environment = try await files.environment.merging(
        ["LD_PRELOAD": Self.buildFaults(in: files.folder), "FAULTS_FILE": fault]
      ) { $1 }
      var stored: [String] = []
      try await Command.serve(environment: environment) { _, address in
        try await files.withClient(of: address, user: "alice") { client, options in
          for round in 0 ..< 3 {
            let kept = LogRequestRequest(prompt: "kept \(round)", response: "r")
            stored.append(try await client.api.logRequest(kept, options: options).id)
            try Data("\(errno)".utf8).write(to: URL(fileURLWithPath: fault))
            // Some of one commit, from one page to many.
            await withTaskGroup { group in
              for number in 0 ..< 20 {
                let prompt = String(repeating: "lost ", count: number % 5 == 0 ? 20_000 : 1)
                group.addTask {
                  await #expect(throws: CallError(code, message)) {
                    let request = LogRequestRequest(prompt: prompt, response: "r")
                    return try await client.api.logRequest(request, options: options)
                  }
                }
              }
            }
            // What is there can be read.
            #expect(try await Self.ids(client, options) == stored)
            try FileManager.default.removeItem(atPath: fault)
          }
          let last = LogRequestRequest(prompt: "last", response: "r")
          stored.append(try await client.api.logRequest(last, options: options).id)
          #expect(try await Self.ids(client, options) == stored)
        }
      }
      try Self.expectSound(files.log, count: stored.count)
    }
  }

  @Test func `a file that may not grow refuses what does not fit, and takes it when it may`()
    async throws
  {
    try await LogFiles.with { files in
      // In KiB; the files of an empty log are smaller.
      let serve = #"ulimit -S -f 200; exec "$0" serve --listen 127.0.0.1:0"#
      let environment = files.environment.merging(["TOKENWIRE_GENERATOR": "scripted"]) { $1 }
      var stored: [String] = []
      _ = try await Command.run(
        ["-c", serve, Command.executable.string],
        executable: "/bin/bash",
        environment: environment
      ) { server in
        try await server.waitForOutput(")\n")
        let ready = try #require(server.output.firstMatch(of: /ready on ([^ ]+)/))
        try await files.withClient(of: String(ready.1), user: "alice") { client, options in
          let request = LogRequestRequest(
            prompt: String(repeating: "word ", count: 4000),
            response: "r"
          )
          var failure: CallError?
          while failure == nil {
            do throws(CallError) {
              stored.append(try await client.api.logRequest(request, options: options).id)
            } catch {
              failure = error
            }
            try #require(stored.count < 100)
          }
          #expect(failure?.code == .unavailable)
          #expect(!stored.isEmpty)
          #expect(try await Self.ids(client, options) == stored)
          let raised = try await Command.run(
            ["--pid", "\(server.processID)", "--fsize=unlimited:"],
            executable: "/usr/bin/prlimit"
          )
          #expect(raised.status == .exited(0), "\(raised.errors)")
          for _ in 0 ..< 20 {
            stored.append(try await client.api.logRequest(request, options: options).id)
          }
          #expect(try await Self.ids(client, options) == stored)
        }
        try server.send(.terminate)
      }
      try Self.expectSound(files.log, count: stored.count)
    }
  }

  @Test func `an export that does not fit leaves no file`() async throws {
    try await LogFiles.with { files in
      try files.writeEntries(count: 100, user: "alice", to: "in") { _ in
        String(repeating: "x", count: 1000)
      }
      #expect(try await files.run(["logs", "import", files.folder + "/in"]).status == .exited(0))
      for (command, name) in [("export", "out.jsonl"), ("backup", "out.db")] {
        let outcome = try await Command.run(
          [
            "-c", #"trap '' XFSZ; ulimit -f 100; exec "$0" logs "$@""#, Command.executable.string,
            command, "\(files.folder)/\(name)",
          ],
          executable: "/bin/bash",
          environment: files.environment
        )
        #expect(outcome.status == .exited(1))
        #expect(outcome.errors.hasPrefix("Error: \(files.folder)/\(name): "))
      }
      #expect(!(try files.names.contains { $0.hasPrefix("out") }))
    }
  }

  @Test(.enabled("root may write every file") { geteuid() != 0 })
  func `a server does not start with a log that it may only read`() async throws {
    try await LogFiles.with { files in
      try files.writeEntries(count: 1, user: "alice", to: "in") { _ in "x" }
      #expect(try await files.run(["logs", "import", files.folder + "/in"]).status == .exited(0))
      #expect(chmod(files.log, 0o400) == 0)
      let outcome = try await files.run(["serve", "--generator", "scripted"])
      #expect(outcome.status == .exited(1))
      #expect(outcome.errors.contains("The log cannot be opened"))
    }
  }

  /// The ids of alice's entries, oldest first.
  private static func ids(
    _ client: TokenwireClient,
    _ options: CallOptions
  ) async throws(CallError) -> [String] {
    let request = QueryLogsRequest(order: .oldestFirst)
    var ids: [String] = []
    for try await entry in try await client.api.queryLogs(request, options: options) {
      ids.append(entry.id)
    }
    return ids
  }

  private static func expectSound(_ path: String, count: Int) throws {
    let connection = try Connection(path: path)
    try connection.addWordTokenizer()
    let check = try connection.prepare("PRAGMA integrity_check")
    #expect(try check.step() && check.text(at: 0) == "ok")
    let entries = try connection.prepare("SELECT count(*) FROM entries")
    #expect(try entries.step() && entries.integer(at: 0) == Int64(count))
    // Of the index alone: the last entries need not be in it yet.
    try connection.execute("INSERT INTO search (search) VALUES ('integrity-check')")
  }

  /// Compiles the library that makes writes fail.
  private static func buildFaults(in folder: String) async throws -> String {
    let library = folder + "/faults.so"
    let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Crash/faults.c").path
    let built = try await Command.run(
      ["clang", "-shared", "-fPIC", "-O1", "-o", library, source],
      executable: "/usr/bin/env"
    )
    try #require(built.status == .exited(0), "\(built.errors)")
    return library
  }
}

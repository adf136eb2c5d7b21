import Foundation
import Identifiers
import Subprocess
import TestPostgreSQL
import Testing
import TokenwireAPI
import TokenwireClient

/// A server that keeps entries until the log's database has them.
@Suite struct OutboxTests {
  @Test(arguments: LogDatabaseKind.allCases)
  func `a server logs while its database is away, also at the start, and forwards later`(
    kind: LogDatabaseKind
  ) async throws {
    let server = try await kind.startServer()
    let url = try await server.makeDatabase()
    try await LogFiles.with { files in
      let outbox = files.folder + "/outbox.db"
      let environment: [Environment.Key: String?] = [
        "TOKENWIRE_KEY_FILE": files.folder + "/keys", "TOKENWIRE_LOG_STORE": url,
        "TOKENWIRE_LOG_OUTBOX": outbox, "TOKENWIRE_SCRIPTED_PACE": "0s",
      ]
      let token = try await files.token(for: "alice")
      func run(_ arguments: [String], at address: String) async throws -> Command.Outcome {
        try await Command.run(
          arguments + ["--server", address],
          environment: ["TOKENWIRE_TOKEN": token]
        )
      }
      func log(_ prompt: String, at address: String) async throws -> String {
        let logged = try await run(["log", "--prompt", prompt, "--response", "r"], at: address)
        #expect(logged.status == .exited(0), "\(logged.errors)")
        return logged.output.trimmingCharacters(in: .newlines)
      }
      try await server.stop()
      var ids: [String] = []
      try await Command.serve(environment: environment) { _, address in
        if kind.sharesRevocations {
          // The server cannot know yet which access tokens are revoked.
          let refused = try await run(["logs"], at: address)
          #expect(
            refused.errors.contains("UNAVAILABLE: Tokens cannot be verified now"),
            "\(refused.errors)"
          )
          try await server.start()
          while try await run(["logs"], at: address).status != .exited(0) {}
          try await server.stop()
        }
        ids.append(try await log("one", at: address))
        for arguments in [["logs"], ["logs", "--limit", "1"]] {
          let listed = try await run(arguments, at: address)
          #expect(listed.status == .exited(1))
          #expect(
            listed.errors.contains("UNAVAILABLE: The log"),
            "\(listed.errors)"
          )
          #expect(!listed.errors.contains(server.place))
        }
        // A client learns that its entry is on the server alone, and of the log's health.
        try await files.withClient(of: address, user: "alice") { client, options in
          let request = LogRequestRequest(prompt: "client", response: "r")
          let answer = try await client.api.logRequest(request, options: options)
          #expect(answer.durability == .localSynced)
          ids.append(answer.id)
          let health = HealthCheckRequest(service: "log")
          #expect(try await client.health.check(health, options: options).status == .notServing)
        }
        // What waits can be read from the file.
        let stats = try await Command.run(["logs", "stats", "--log-file", outbox])
        #expect(stats.output.hasPrefix("2 entries, "), "\(stats.errors)")
        let file = files.folder + "/out.jsonl"
        let exported = try await Command.run(["logs", "export", "--log-file", outbox, file])
        #expect(exported.errors.hasPrefix("Exported 2 entries"), "\(exported.errors)")
        // One server has the file.
        let second = try await Command.run(
          ["serve", "--generator", "scripted", "--listen", "127.0.0.1:0"],
          environment: environment
        )
        #expect(second.status == .exited(1))
        #expect(
          second.errors.contains("the outbox \(outbox): Another process writes to this log"),
          "\(second.errors)"
        )
        try await server.start()
        var listed = try await run(["logs", "--json"], at: address)
        while listed.status != .exited(0) || !listed.output.contains(ids[0]) {
          listed = try await run(["logs", "--json"], at: address)
        }
        try await files.withClient(of: address, user: "alice") { client, options in
          let health = HealthCheckRequest(service: "log")
          while try await client.health.check(health, options: options).status != .serving {}
        }
        ids.append(try await log("two", at: address))
      }
      // What waited was forwarded when the server stopped.
      let left = try await Command.run(["logs", "stats", "--log-file", outbox])
      #expect(left.output.hasPrefix("0 entries, "), "\(left.errors)")
      let central = try await Command.run(["logs", "export", "--log-store", url, "-"])
      let lines = central.output.split(separator: "\n")
      #expect(lines.count == 3)
      for (line, id) in zip(lines, ids) { #expect(line.contains(id)) }
    }
  }

  @Test func `an outbox is for a database`() async throws {
    for (arguments, message) in [
      (["--log-outbox", "o.db"], "is given without --log-store"),
      (["--log-outbox", "o.db", "--log-file", "l.db"], "is given with a log in a file, l.db"),
      (
        ["--log-outbox", "o.db", "--log-store", "sqlite:l.db"],
        "is given with a log in a file, l.db"
      ),
      (
        [
          "--log-outbox", "o.db", "--log-store", "postgresql://h/d", "--log-outbox-max-size",
          "1KiB",
        ], "--log-outbox-max-size"
      ),
    ] {
      let outcome = try await Command.run(["serve", "--generator", "scripted"] + arguments)
      #expect(outcome.status == .exited(64), "\(arguments) \(outcome.errors)")
      #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }
  }
}

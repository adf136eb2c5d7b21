import Foundation
import Subprocess
import Testing

/// What others have written does not act on the terminal of whoever runs a command.
@Suite struct TerminalTests {
  private static let hostile = HostileService.text

  static let calls: [[String]] = [
    ["generate", "x"], ["generate", "-n", "2", "x"], ["generate", "--json", "x"],
    ["log", "--prompt", "a", "--response", "b"], ["logs"], ["logs", "--json"], ["logs", "--csv"],
    ["logs", "erase", "--yes", "--user", hostile], ["health"],
  ]

  @Test(arguments: calls, [false, true])
  func `what a server says is shown`(arguments: [String], refuses: Bool) async throws {
    try await HostileService(refuses: refuses).serve { address in
      let outcome = try await Command.runOnTerminal(
        arguments + ["--server", address],
        environment: ["TOKENWIRE_TOKEN": "t"]
      )
      // What says how far it is begins its line anew.
      let shown = outcome.output.replacing("\u{1B}[K", with: "").replacing("\r", with: "\n")
      #expect(shown.obeyedByTerminal.isEmpty, "\(shown.debugDescription)")
      if arguments != ["health"] && !arguments.contains("erase") {
        #expect(outcome.output.contains("1B") || outcome.output.contains("001b"))
      }
    }
  }

  @Test func `into a pipe, a text goes byte for byte`() async throws {
    try await HostileService().serve { address in
      let outcome = try await Command.run(["generate", "--server", address, "x"])
      #expect(Array(outcome.output.utf8) == Array("a\u{1B}[31mb\(Self.hostile)\n".utf8))
    }
  }

  static let mistakes: [[String]] = [
    [hostile], ["--\(hostile)"], ["generate", "--\(hostile)", "x"],
    ["generate", "--server", hostile, "x"], ["generate", "--max-tokens", hostile, "x"],
    ["generate", "--json-schema", "/nowhere\(hostile)", "x"],
    ["generate", "--tls-ca", "/nowhere\(hostile)", "x"],
    ["serve", "--model", "/nowhere\(hostile)"], ["serve", "--config", "/nowhere\(hostile)"],
    ["serve", "--listen", hostile],
    ["frames", "/nowhere\(hostile)"], ["replay", "/nowhere\(hostile)", "--to", "127.0.0.1:1"],
    ["record", "--listen", "127.0.0.1:0", "--to", "127.0.0.1:1", "-o", "/nowhere/\(hostile)"],
    ["key", "list", "--key-file", "/nowhere\(hostile)"],
    ["token", "issue", "--user", "a", "--key-file", "/nowhere\(hostile)"],
    ["logs", "stats", "--log-file", "/nowhere\(hostile)"],
    ["logs", "import", "--log-file", "/nowhere/l", "/nowhere\(hostile)"],
  ]

  @Test(arguments: mistakes)
  func `what arguments have in them is shown`(arguments: [String]) async throws {
    let outcome = try await Command.runOnTerminal(arguments)
    #expect(outcome.status != .exited(0))
    #expect(outcome.output.obeyedByTerminal.isEmpty, "\(outcome.output.debugDescription)")
    #expect(outcome.output.contains("1B"))
  }

  @Test func `names in tokens and keys are shown`() async throws {
    try await withFolder { folder in
      let environment: [Environment.Key: String?] = ["TOKENWIRE_KEY_FILE": "\(folder)/k\u{9B}"]
      func run(_ arguments: [String]) async throws -> Command.Outcome {
        let outcome = try await Command.runOnTerminal(arguments, environment: environment)
        #expect(outcome.output.obeyedByTerminal.isEmpty, "\(outcome.output.debugDescription)")
        return outcome
      }
      _ = try await run(["key", "new"])
      _ = try await run(["key", "new"])
      _ = try await run(["key", "rotate"])
      _ = try await run(["key", "list"])
      let issued = try await run(["token", "issue", "--user", Self.hostile])
      let token = String(issued.output.prefix { !$0.isNewline })
      let inspected = try await run(["token", "inspect", token])
      #expect(inspected.output.contains("It verifies"))
      _ = try await run(["token", "revoke", "--user", Self.hostile])
      _ = try await run(["token", "revoke", "--jti", Self.hostile])
    }
  }

  @Test func `names in a log's file are shown`() async throws {
    try await LogFiles.with { files in
      let user = #"a\u001b[2J\u009b\u202eb"#
      try files.writeEntries(count: 1, user: user, to: "in") { _ in #"\u001b[2J\u009b"# }
      let hostile = "\(files.folder)/\(Self.hostile.replacing("/", with: ""))"
      for arguments in [
        ["import", files.folder + "/in"], ["stats"], ["backup", hostile + "1"],
        ["export", hostile + "2"], ["export", hostile + "2"],
        ["erase", "--yes", "--user", Self.hostile, "--log-file", files.log],
      ] {
        let outcome = try await Command.runOnTerminal(
          ["logs"] + arguments,
          environment: files.environment
        )
        // What says how far it is begins its line anew.
        let shown = outcome.output.replacing("\u{1B}[K", with: "").replacing("\r", with: "\n")
        #expect(shown.obeyedByTerminal.isEmpty, "\(shown.debugDescription)")
      }
    }
  }

  @Test func `names and errors in a recording are shown, each on its line`() async throws {
    try await withFolder { folder in
      let file = folder + "/a.frames.jsonl"
      let forged = "x\\u001b[2J\\u009b\\u202e\\n    9.999   9 → forged"
      try Data(
        """
        {"format":"tokenwire-frames","recorded":"2026-11-24T19:00:00Z","tokens":"kept","version":1}
        {"connection":1,"event":"open","from":"client","time_us":0}
        {"connection":1,"event":"end","from":"server","time_us":1,"error":"\(forged)"}

        """.utf8
      ).write(to: URL(fileURLWithPath: file))
      let shown = try await Command.runOnTerminal(["frames", file])
      let plain = shown.output.replacing(/\u{1B}\[[0-9]+m/, with: "")
      #expect(plain.obeyedByTerminal.isEmpty, "\(plain.debugDescription)")
      #expect(plain.contains("ended: x"))
      let piped = try await Command.run(["frames", file])
      #expect(piped.output.split(separator: "\n").count == 2)
      #expect(piped.output.contains("\u{1B}[2J"))
      let narrow = try await Command.runOnTerminal(["frames", file], columns: 40)
      let lines = narrow.output.split(whereSeparator: \.isNewline)
      #expect(lines.count == 2 && lines.allSatisfy { $0.count <= 40 })
      let replayed = try await Command.runOnTerminal(["replay", file, "--to", "127.0.0.1:1"])
      #expect(replayed.output.obeyedByTerminal.isEmpty)
    }
  }

  @Test func `calls have colours on a terminal, but not with NO_COLOR`() async throws {
    try await Command.serve { _, server in
      try await withFolder { folder in
        let file = folder + "/a"
        _ = try await Command.run(
          ["record", "--listen", "127.0.0.1:0", "--to", server, "-o", file]
        ) { recorder in
          try await recorder.waitForOutput("\n")
          let line = try #require(recorder.output.firstMatch(of: /records on (\S+)/))
          _ = try await Command.run(["generate", "--server", String(line.1), "x"])
          try recorder.send(.interrupt)
        }
        // Those who run tests set it.
        let colored = try await Command.runOnTerminal(
          ["frames", file],
          environment: ["NO_COLOR": ""]
        )
        #expect(colored.output.contains("\u{1B}[36m"))
        let plain = try await Command.runOnTerminal(
          ["frames", file],
          environment: ["NO_COLOR": "1"]
        )
        #expect(!plain.output.contains("\u{1B}"))
      }
    }
  }

  @Test func `what peers have sent is shown in a server's log, each entry on its line`()
    async throws
  {
    try await withFolder { folder in
      let keys = folder + "/keys"
      _ = try await Command.run(["key", "new", "--key-file", keys])
      let user = "eve\n2026-01-01T00:00:00+0000 info tokenwire: forged\u{1B}[2J"
      let admin = try await Command.run(
        ["token", "issue", "--key-file", keys, "--user", user, "--scope", "admin"]
      ).output.trimmingCharacters(in: .newlines)
      let outcome = try await Command.serve(
        environment: ["TOKENWIRE_KEY_FILE": keys, "TOKENWIRE_LOG_FILE": folder + "/log"]
      ) { _, address in
        let erased = try await Command.run(
          ["logs", "erase", "--yes", "--user", user, "--server", address],
          environment: ["TOKENWIRE_TOKEN": admin]
        )
        #expect(erased.status == .exited(0), "\(erased.errors)")
      }
      #expect(outcome.errors.contains("forged"))
      #expect(outcome.errors.obeyedByTerminal.isEmpty)
      #expect(!outcome.errors.split(separator: "\n").contains { $0.hasPrefix("2026-01-01") })
    }
  }
}

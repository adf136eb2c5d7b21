import Foundation
import Subprocess
import Synchronization
import SystemPackage
import Testing

@Suite struct LogsListTests {
  @Test func `entries are comma-separated values, with what would part them quoted`() async throws {
    try await LogFiles.with { files in
      let texts = [
        "plain", "a, b", "say \"hi\"", "two\nlines", "two\r\nlines", " ä 🎌", "\u{1B}[2J",
      ]
      try files.writeEntries(count: texts.count, user: "alice, a", to: "in") { number in
        texts[number].replacing("\"", with: #"\""#).replacing("\r\n", with: #"\r\n"#)
          .replacing("\n", with: #"\n"#).replacing("\u{1B}", with: #"\u001b"#)
      }
      _ = try await files.run(["logs", "import", files.folder + "/in"])
      try await Command.serve(environment: files.environment) { _, address in
        let token = try await files.token(for: "alice, a")
        func list(_ flags: String...) async throws -> Command.Outcome {
          try await Command.run(
            ["logs", "--server", address, "--oldest-first"] + flags,
            environment: ["TOKENWIRE_TOKEN": token]
          )
        }
        let csv = try await list("--csv").output
        let quoted = [
          "plain", "\"a, b\"", "\"say \"\"hi\"\"\"", "\"two\nlines\"", "\"two\r\nlines\"", " ä 🎌",
          "\u{1B}[2J",
        ]
        var records = [
          "id,timestamp,user_id,model,generation_id,metadata,prompt,response,session_id"
        ]
        for (number, text) in quoted.enumerated() {
          let time = "2023-11-14T22:13:2\(number).000000Z"
          let id = "01HF7YAT00" + "000000000000000\(number)"
          records.append("\(id),\(time),\"alice, a\",m,,,\(text),\(text),")
        }
        let found = csv.replacing(/01HF7[0-9A-Z]{5}/) { _ in "01HF7YAT00" }
        #expect(found == records.map { $0 + "\r\n" }.joined())

        let text = try await list().output
        #expect(text.contains("> \u{1B}[2J\n  \u{1B}[2J\n"))
        let both = try await list("--csv", "--json")
        #expect(both.status == .exited(64))
        #expect(both.errors.contains("give either --json or --csv"))
      }
    }
  }

  @Test func `what a spreadsheet would take for a formula is text`() async throws {
    try await LogFiles.with { files in
      let texts = ["=1+1", "+1", "-1", "@a", "a=1", "=a,b"]
      try files.writeEntries(count: texts.count, user: "=u", to: "in") { texts[$0] }
      _ = try await files.run(["logs", "import", files.folder + "/in"])
      try await Command.serve(environment: files.environment) { _, address in
        let token: [Environment.Key: String?] = [
          "TOKENWIRE_TOKEN": try await files.token(for: "=u")
        ]
        let list = ["logs", "--server", address, "--oldest-first"]
        for (flag, user, shown) in [
          ("--csv", "'=u", ["'=1+1", "'+1", "'-1", "'@a", "a=1", "\"'=a,b\""]),
          ("--csv=raw", "=u", ["=1+1", "+1", "-1", "@a", "a=1", "\"=a,b\""]),
        ] {
          let csv = try await Command.run(list + [flag], environment: token).output
          let records = csv.split(separator: "\r\n").dropFirst()
          #expect(records.count == texts.count)
          for (record, text) in zip(records, shown) {
            #expect(record.hasSuffix(",\(user),m,,,\(text),\(text),"), "\(record)")
          }
        }
      }
    }
  }

  @Test func `no text of an entry passes for another entry`() async throws {
    try await LogFiles.with { files in
      let id = "01M8ZZZZZZZZZZZZZZZZZZZZZZ"
      // Whatever ends a line for one reader or another.
      let forged = ["\n", "\r", "\r\n", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}"].map {
        "x\($0)\($0)\(id)  2026-01-01T00:00:00.000Z  admin\($0)> rm -rf /"
      }.joined(separator: "\n")
      let plain = "\(id)  2026-01-01T00:00:00.000Z  admin"
      // Names may have fewer bytes.
      let name = "x\n\n\(plain)\n> rm -rf /"
      let user = try await files.token(for: name)
      try await Command.serve(environment: files.environment) { _, address in
        for text in [forged, plain] {
          let logged = try await Command.run(
            [
              "log", "--server", address, "--prompt", text, "--response", text, "--model", name,
              "--generation-id", name, "--metadata", "\(name)=\(text)",
            ],
            environment: ["TOKENWIRE_TOKEN": user]
          )
          #expect(logged.status == .exited(0), "\(logged.errors)")
        }
        let list = ["logs", "--server", address]
        let token: [Environment.Key: String?] = ["TOKENWIRE_TOKEN": user]
        for shown in [
          try await Command.run(list, environment: token),
          try await Command.runOnTerminal(list, environment: token),
        ] {
          let lines = shown.output.unicodeScalars.split { Self.breaks.contains($0) }.map {
            String(String.UnicodeScalarView($0))
          }
          #expect(lines.count { $0.hasPrefix("01") } == 2, "\(shown.output)")
          #expect(!lines.contains { $0.hasPrefix(id) })
        }
      }
    }
  }

  private static let breaks: Set<Unicode.Scalar> = [
    "\n", "\r", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}",
  ]

  @Test func `the list is what is shown without a name of a command`() async throws {
    try await LogFiles.with { files in
      // A word that is the name of a command, too.
      try files.writeEntries(count: 2, user: "alice", to: "in") { ["export", "stats"][$0] }
      _ = try await files.run(["logs", "import", files.folder + "/in"])
      try await Command.serve(environment: files.environment) { _, address in
        let token = try await files.token(for: "alice")
        for command in [["logs"], ["logs", "list"]] {
          let outcome = try await Command.run(
            command + ["--search", "export", "--server", address],
            environment: ["TOKENWIRE_TOKEN": token]
          )
          #expect(outcome.status == .exited(0))
          #expect(outcome.output.contains("> export\n") && !outcome.output.contains("stats"))
        }
      }
    }
  }

  @Test func `what is followed goes on over the end of a server, until Ctrl-C`() async throws {
    try await LogFiles.with { files in
      let socket = "unix:\(files.folder)/s"
      let token: [Environment.Key: String?] = [
        "TOKENWIRE_TOKEN": try await files.token(for: "alice")
      ]
      func log(_ prompt: String) async throws {
        let logged = try await Command.run(
          ["log", "--server", socket, "--prompt", prompt, "--response", "r"],
          environment: token
        )
        #expect(logged.status == .exited(0), "\(logged.errors)")
      }
      // Notes come with the output, to be waited for.
      let follow = #"exec "$0" logs --follow --json --server "$1" 2>&1"#
      var follower: Task<Command.Outcome, any Error>?
      let (seen, continuation) = AsyncStream.makeStream(of: String.self)
      @Sendable func next() async -> String? { await seen.first { _ in true } }
      try await Command.serve(on: socket, environment: files.environment) { _, _ in
        try await log("before")
        follower = Task {
          try await Command.run(
            ["-c", follow, Command.executable.string, socket],
            executable: "/bin/sh",
            environment: token
          ) { command in
            for text in ["\"first\"", "the server is gone", "the server is back", "\"second\""] {
              try await command.waitForOutput(text)
              continuation.yield(text)
            }
            try command.send(.interrupt)
          }
        }
        // Whether it follows cannot be seen from outside: it does when it shows one of these.
        let isSeen = Mutex(false)
        let logging = Task {
          while !isSeen.withLock({ $0 }) { try await log("first") }
        }
        #expect(await next() == "\"first\"")
        isSeen.withLock { $0 = true }
        try await logging.value
      }
      #expect(await next() == "the server is gone")
      try await Command.serve(on: socket, environment: files.environment) { _, _ in
        #expect(await next() == "the server is back")
        try await log("second")
        #expect(await next() == "\"second\"")
      }
      let outcome = try await #require(follower).value
      #expect(outcome.status == .exited(130))
      #expect(!outcome.output.contains("before"))
      #expect(outcome.output.matches(of: /"second"/).count == 1)
    }
  }

  @Test func `a server that is not there is not waited for`() async throws {
    try await LogFiles.with { files in
      let outcome = try await files.run(
        ["logs", "--follow", "--server", "unix:\(files.folder)/nobody"]
      )
      #expect(outcome.status == .exited(1))
      #expect(outcome.errors.hasPrefix("Error: UNAVAILABLE: "))
    }
  }
}

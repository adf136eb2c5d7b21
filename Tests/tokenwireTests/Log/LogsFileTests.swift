import Foundation
import Subprocess
import SystemPackage
import Testing

/// The commands that work on the log's file.
@Suite struct LogsFileTests {
  @Test func `an export is imported without loss, and again without a change`() async throws {
    try await LogFiles.with { files in
      var exported = ""
      try await Command.serve(environment: files.environment) { _, address in
        let token = try await files.token(for: "alice")
        for number in 0 ..< 3 {
          _ = try await Command.run(
            [
              "log", "--server", address, "--prompt", "a\u{2028}b\r\n\(number)",
              "--response", "é\u{1}", "--model", "m", "--generation-id", "g",
              "--idempotency-key", "k\(number)",
            ],
            environment: ["TOKENWIRE_TOKEN": token]
          )
        }
        // While the server has it open.
        let outcome = try await files.run(["logs", "export", files.folder + "/a.jsonl"])
        #expect(outcome.errors == "Exported 3 entries to \(files.folder)/a.jsonl.\n")
        exported = try String(contentsOfFile: files.folder + "/a.jsonl", encoding: .utf8)
        #expect(exported.utf8.count { $0 == UInt8(ascii: "\n") } == 3)
        #expect(try files.permissions(of: "a.jsonl") == 0o600)

        let refused = try await files.run(["logs", "import", files.folder + "/a.jsonl"])
        #expect(refused.status == .exited(1))
        #expect(
          refused.errors == """
            Error: \(files.log): a server, or another process, writes to it: stop it before you \
            import\n
            """
        )
      }
      let other = ["--log-file", files.folder + "/other.db"]
      for line in ["3 entries; 0 were", "0 entries; 3 were"] {
        let outcome = try await files.run(["logs", "import", files.folder + "/a.jsonl"] + other)
        #expect(outcome.output == "Imported \(line) there already.\n")
      }
      #expect(try files.permissions(of: "other.db") == 0o600)
      _ = try await files.run(["logs", "export", files.folder + "/b.jsonl"] + other)
      #expect(try String(contentsOfFile: files.folder + "/b.jsonl", encoding: .utf8) == exported)
    }
  }

  @Test func `a backup of a log that is written to is a log`() async throws {
    try await LogFiles.with { files in
      try files.writeEntries(count: 200, user: "alice", to: "in") { "text \($0)" }
      _ = try await files.run(["logs", "import", files.folder + "/in"])
      try await Command.serve(environment: files.environment) { _, _ in
        let outcome = try await files.run(["logs", "backup", files.folder + "/copy.db"])
        #expect(outcome.errors == "Copied the log to \(files.folder)/copy.db.\n")
        #expect(try files.permissions(of: "copy.db") == 0o600)
        let again = try await files.run(["logs", "backup", files.folder + "/copy.db"])
        #expect(again.status == .exited(1))
        #expect(
          again.errors == "Error: \(files.folder)/copy.db: There is a file of that name already\n"
        )
      }
      var environment = files.environment
      environment["TOKENWIRE_LOG_FILE"] = files.folder + "/copy.db"
      try await Command.serve(environment: environment) { _, address in
        let shown = try await Command.run(
          ["logs", "--server", address, "--json"],
          environment: ["TOKENWIRE_TOKEN": try await files.token(for: "alice")]
        )
        #expect(shown.output.count { $0 == "\n" } == 200)
      }
    }
  }

  @Test func `statistics are rows elsewhere, and bars as wide as a terminal there`() async throws {
    try await LogFiles.with { files in
      try files.writeEntries(count: 3, user: "alice", to: "a") { _ in "0123456789" }
      let name = "a name that is too long for a terminal"
      try files.writeEntries(count: 1, user: name, to: "b") { _ in "0123456789" }
      for name in ["a", "b"] {
        let log = "\(files.folder)/\(name).db"
        _ = try await files.run(["logs", "import", "\(files.folder)/\(name)", "--log-file", log])
      }
      let log = files.folder + "/a.db"
      let plain = try await files.run(["logs", "stats", "--log-file", log]).output
      #expect(plain.hasPrefix("3 entries, 78 B of text in a file of "))
      #expect(
        plain.hasSuffix(
          """
          By user
          alice  3 entries  78 B

          By day, in UTC
          2023-11-14  3 entries  78 B

          """
        )
      )
      for (log, width, line) in [
        ("a", 40, "alice  3 entries  78 B  ████████████████"),
        ("a", 25, "alice  3 entries  78 B"),
        ("b", 60, "a name that is too long for a t…  1 entry  59 B  ███████████"),
      ] {
        let tokenwire = "'\(Command.executable)'"
        let command = "stty cols \(width); \(tokenwire) logs stats --log-file \(log).db"
        let shown = try await Command.run(
          ["-c", #"cd "$0" && exec script -qec "$1" /dev/null"#, files.folder, command],
          executable: "/bin/sh"
        ).output
        let lines = shown.split(whereSeparator: \.isNewline)
        #expect(lines.contains { $0 == line }, "\(shown)")
      }
    }
  }

  @Test func `a user is erased in a file, once it is confirmed on a terminal`() async throws {
    try await LogFiles.with { files in
      try files.writeEntries(count: 3, user: "alice", to: "in") { _ in "secretword" }
      _ = try await files.run(["logs", "import", files.folder + "/in"])
      let erase = ["logs", "erase", "--user", "alice", "--log-file", files.log]
      let command = (["'\(Command.executable)'"] + erase).joined(separator: " ")
      let declined = try await Command.run(
        ["-c", #"echo no | script -qec "$0" /dev/null"#, command],
        executable: "/bin/sh"
      )
      #expect(
        declined.output.contains("Erase all that alice has logged in \(files.log), for good? [y/N]")
      )
      #expect(declined.output.contains("Nothing was erased."))
      let bytes = try Data(contentsOf: URL(fileURLWithPath: files.log))
      #expect(bytes.range(of: Data("secretword".utf8)) != nil)

      let erased = try await files.run(erase)
      #expect(erased.output == "Erased 3 entries of alice, 78 B of text.\n")
      for name in try files.names where name.hasPrefix("log.db") {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(files.folder)/\(name)"))
        #expect(bytes.range(of: Data("secretword".utf8)) == nil)
      }
      let again = try await files.run(erase + ["--yes"])
      #expect(again.output == "Erased 0 entries of alice, 0 B of text.\n")
    }
  }

  @Test func `a user is erased by a running server, for an admin`() async throws {
    try await LogFiles.with { files in
      try files.writeEntries(count: 3, user: "alice", to: "in") { _ in "secret" }
      _ = try await files.run(["logs", "import", files.folder + "/in"])
      let server = try await Command.serve(environment: files.environment) { _, address in
        let erase = ["logs", "erase", "--user", "alice"]
        func run(_ token: String) async throws -> Command.Outcome {
          try await Command.run(
            erase + ["--server", address],
            environment: ["TOKENWIRE_TOKEN": token]
          )
        }
        let refused = try await run(try await files.token(for: "alice"))
        #expect(refused.status == .exited(1))
        #expect(refused.errors.contains("does not have the scope \"admin\""))
        let locked = try await files.run(erase + ["--log-file", files.log])
        #expect(locked.status == .exited(1))
        #expect(locked.errors.contains("leave out --log-file to have the server erase"))
        let erased = try await run(try await files.token(for: "root", scope: "admin"))
        #expect(erased.output == "Erased 3 entries of alice, 54 B of text.\n")
      }
      #expect(server.errors.contains("by=root bytes=54 entries=3 user=alice"))
    }
  }

  @Test func `an import reads what other programs and systems write, from pipes, too`() async throws
  {
    try await LogFiles.with { files in
      try files.writeEntries(count: 3, user: "alice", to: "in") { "text \($0)" }
      let text = try String(contentsOfFile: files.folder + "/in", encoding: .utf8)
      let other = "\u{FEFF}\r\n" + text.replacing("\n", with: "\r\n") + "\r\n \t\r\n\n"
      try Data(other.utf8).write(to: URL(fileURLWithPath: files.folder + "/other"))
      for (number, arguments) in [["\(files.folder)/other"], ["-"], ["/dev/stdin"]].enumerated() {
        let log = ["--log-file", "\(files.folder)/\(number).db"]
        let imported = try await files.run(["logs", "import"] + arguments + log, input: other)
        #expect(imported.output == "Imported 3 entries; 0 were there already.\n")
        let copies = [["-"], ["/dev/stdout"], ["/dev/fd/1"]]
        let exported = try await files.run(["logs", "export"] + copies[number] + log)
        #expect(exported.output == text)
        #expect(exported.errors.hasPrefix("Exported 3 entries to "))
      }
      #expect(!(try files.names.contains("-")))
    }
  }

  @Test func `an export into a pipe with a name is read at its other end`() async throws {
    try await LogFiles.with { files in
      try files.writeEntries(count: 300, user: "alice", to: "in") { "text \($0)" }
      _ = try await files.run(["logs", "import", files.folder + "/in"])
      #expect(mkfifo(files.folder + "/pipe", 0o600) == 0)
      async let exported = files.run(["logs", "export", files.folder + "/pipe"])
      let copy = ["--log-file", files.folder + "/copy.db"]
      let imported = try await files.run(["logs", "import", files.folder + "/pipe"] + copy)
      #expect(imported.output == "Imported 300 entries; 0 were there already.\n")
      #expect(try await exported.status == .exited(0))
    }
  }

  @Test func `an import that fails leaves no new log, and what was there as it was`() async throws {
    try await LogFiles.with { files in
      try files.writeEntries(count: 1, user: "alice", to: "in") { _ in "x" }
      let good = try String(contentsOfFile: files.folder + "/in", encoding: .utf8)
      for bad in ["{}\n", "\u{0}\n", good + "[1]\n"] {
        let failed = try await files.run(["logs", "import", "-"], input: bad)
        #expect(failed.status == .exited(1))
        #expect(failed.errors.hasPrefix("Error: standard input: Line "))
        #expect(failed.errors.hasSuffix("; no log was made\n"))
        #expect(try files.names == ["in", "keys"])
      }
      let folder = try await files.run(["logs", "import", files.folder])
      #expect(folder.errors == "Error: \(files.folder) is a folder\n")
      _ = try await files.run(["logs", "import", files.folder + "/in"])
      let failed = try await files.run(["logs", "import", "-"], input: "{}\n")
      #expect(failed.status == .exited(1))
      #expect(try await files.run(["logs", "stats"]).output.hasPrefix("1 entry, "))
    }
  }

  @Test func `limits of an import are those of the server's settings`() async throws {
    try await LogFiles.with { files in
      let long = String(repeating: "x", count: 1 << 20 + 1)
      try files.writeEntries(count: 1, user: "alice", to: "in") { _ in long }
      let refused = try await files.run(["logs", "import", files.folder + "/in"])
      #expect(
        refused.errors.hasPrefix(
          """
          Error: \(files.folder)/in: Line 1: prompt may have at most 1048576 bytes. Given: 1048577
          """
        )
      )
      let flags = ["--log-max-prompt-size", "2MiB", "--log-max-response-size", "2MiB"]
      let taken = try await files.run(["logs", "import", files.folder + "/in"] + flags)
      #expect(taken.output == "Imported 1 entry; 0 were there already.\n")
      let wrong = try await files.run(
        ["logs", "import", files.folder + "/in", "--log-max-prompt-size", "5MiB"]
      )
      #expect(wrong.status == .exited(64))
      #expect(wrong.errors.contains("--log-max-prompt-size"))
    }
  }

  @Test func `what is wrong with a file is told`() async throws {
    try await LogFiles.with { files in
      let none = try await files.run(["logs", "stats"])
      #expect(none.status == .exited(1))
      #expect(none.errors == "Error: \(files.log): There is no such file\n")
      let erase = try await files.run(["logs", "erase", "--user", "a", "--log-file", files.log])
      #expect(erase.errors == "Error: \(files.log): There is no such file\n")
      let unnamed = try await Command.run(["logs", "stats"])
      #expect(
        unnamed.errors.contains(
          "--log-store is missing, and neither TOKENWIRE_LOG_STORE nor TOKENWIRE_LOG_FILE is set"
        )
      )
      let missing = try await files.run(["logs", "import", files.folder + "/in"])
      #expect(missing.errors.hasPrefix("Error: \(files.folder)/in cannot be read: "))
      #expect(try files.names == ["keys"])

      try files.writeEntries(count: 2, user: "alice", to: "in") { _ in "x" }
      let file = try FileHandle(forWritingTo: URL(fileURLWithPath: files.folder + "/in"))
      try file.seekToEnd()
      try file.write(contentsOf: Data("{}\n".utf8))
      let bad = try await files.run(["logs", "import", files.folder + "/in"])
      #expect(bad.errors.hasPrefix("Error: \(files.folder)/in: Line 3: it is not an entry in JSON"))
      try file.write(contentsOf: Data([0xFF, 0x0A]))
      try file.seek(toOffset: 0)
      try file.write(contentsOf: Data([0xFF]))
      let binary = try await files.run(["logs", "import", files.folder + "/in"])
      #expect(binary.errors == "Error: \(files.folder)/in: line 1 is not UTF-8\n")
      let stats = try await files.run(["logs", "stats"])
      #expect(stats.errors == "Error: \(files.log): There is no such file\n")
      let other = try await files.run(["logs", "stats", "--log-file", files.folder + "/keys"])
      #expect(other.errors.contains("file is not a database"))
    }
  }
}

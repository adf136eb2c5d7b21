import Foundation
import Subprocess
import SystemPackage
import Testing

/// What somebody tries who does not know the command yet.
@Suite struct NewcomerTests {
  @Test func `it tells its version`() async throws {
    let outcome = try await Command.run(["--version"])
    #expect(outcome.status == .exited(0))
    let module = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../clients/python/tokenwire/__init__.py")
    let python = try String(contentsOf: module, encoding: .utf8)
    #expect(python.contains("\n__version__ = \"\(outcome.output.dropLast())\"\n"))
  }

  static let mistakes: [(arguments: [String], advice: String)] = [
    (["generat", "x"], "Did you mean tokenwire generate?"),
    (["logs", "imprt"], "Did you mean tokenwire logs import?"),
    (["token", "revok", "--jti", "x"], "Did you mean tokenwire token revoke?"),
    (["generate", "--maxtokens", "1", "x"], "Did you mean '--max-tokens'?"),
    (
      ["generate", "--stop", "- a", "x"],
      "A value that begins with a dash is given with \"=\": --stop='- a'"
    ),
    (
      ["generate", "--system", "-x", "y"],
      "A value that begins with a dash is given with \"=\": --system=-x"
    ),
    (
      ["generate", "-5 + 3?"],
      "A prompt that begins with a dash comes behind --: tokenwire generate -- '-5 + 3?'"
    ),
    (
      ["generate", "--max-tokens", "1", "- a\n- b"],
      "A prompt that begins with a dash comes behind --: tokenwire generate --max-tokens 1 -- '- a"
    ),
    (["generate", "Why", "is", "it?"], "A prompt of several words needs quotes around it"),
    (["help", "generat"], "Did you mean tokenwire generate?"),
    (["help", "logs", "lst"], "Did you mean tokenwire logs list?"),
    (["help", "nope"], "There is no command nope"),
    (["help", "models", "nope"], "There is no command models nope"),
    (["logs", "stats"], "\nUsage: tokenwire logs stats ["),
    (["token", "inspect", "--key-file", "k", ""], "\nUsage: tokenwire token inspect ["),
    (["logs", "--csv=foo"], "--csv is \"foo\": give --csv, or --csv=raw"),
    (["logs", "backup", "--log-file", "l", "-"], "a backup is a database, which needs a file"),
    (["generate", "--grammar", ""], "--grammar is empty"),
    (["serve", "--model", "a="], "is \"a=\", but must be a file"),
    (["token", "issue", "--user", "a", "--scope", ","], "an access token needs a scope"),
  ]

  @Test(arguments: mistakes)
  func `a mistake on the command line is told with what to do`(
    arguments: [String],
    advice: String
  ) async throws {
    let outcome = try await Command.run(arguments)
    #expect(outcome.status == .exited(64))
    #expect(outcome.errors.contains(advice), "\(outcome.errors)")
  }

  @Test(arguments: [
    (#"generate "$(printf 'a\377')""#, "argument 2 is not UTF-8"),
    (#"log --prompt "$(printf '\377')""#, "argument 3, behind --prompt, is not UTF-8"),
    (#"log --prompt="$(printf '\377')""#, "argument 2 is not UTF-8"),
  ])
  func `an argument that is not UTF-8 is refused, and not changed`(
    arguments: String,
    mistake: String
  ) async throws {
    let outcome = try await Command.run(
      ["-c", #"exec "$0" "# + arguments, Command.executable.string],
      executable: "/bin/sh"
    )
    #expect(outcome.status == .exited(64))
    #expect(outcome.errors.hasPrefix("Error: \(mistake)"), "\(outcome.errors)")
  }

  @Test func `what standard output is not open for goes nowhere else`() async throws {
    try await Command.serve { _, address in
      let outcome = try await Command.run(
        ["-c", #"exec "$0" count --server "$1" x >&-"#, Command.executable.string, address],
        executable: "/bin/sh"
      )
      #expect(outcome.status == .exited(1))
      #expect(
        outcome.errors == "Error: Cannot write to standard output: Bad file descriptor\n"
      )
    }
  }

  @Test func `a variable that is nearly one is told`() async throws {
    let outcome = try await Command.run(
      ["key", "list", "--key-file", "/nowhere"],
      environment: [
        "TOKENWIRE_SERVRE": "x", "TOKENWIRE_PARALELL": "1", "TOKENWIRE_SERVER": "y",
        "TOKENWIRE_UNKNOWN_THING": "z",
      ]
    )
    let warnings = outcome.errors.split(separator: "\n").filter { $0.hasPrefix("Warning") }
    #expect(
      warnings == [
        "Warning: TOKENWIRE_PARALELL is not read: did you mean TOKENWIRE_PARALLEL?",
        "Warning: TOKENWIRE_SERVRE is not read: did you mean TOKENWIRE_SERVER?",
      ]
    )
  }

  @Test func `the server comes from a variable, too`() async throws {
    try await Command.serve { _, address in
      let outcome = try await Command.run(["health"], environment: ["TOKENWIRE_SERVER": address])
      #expect(outcome.output == "SERVING\n")
    }
    let wrong = try await Command.run(["health"], environment: ["TOKENWIRE_SERVER": "here"])
    #expect(wrong.status == .exited(64))
    #expect(wrong.errors.hasPrefix("Error: TOKENWIRE_SERVER is \"here\", but must be host:port"))
  }

  @Test func `the models of a server are listed`() async throws {
    try await Command.serve { _, address in
      let table = try await Command.run(["models", "--server", address])
      #expect(table.status == .exited(0))
      let lines = table.output.split(separator: "\n")
      #expect(lines.count == 2 && lines[1].hasPrefix("*  scripted  ready"))
      // Texts that need no model have no context.
      #expect(!table.output.contains(/\d/))
      let json = try await Command.run(["models", "--json", "--server", address])
      #expect(json.output.contains(#""id":"scripted""#))
      #expect(json.output.contains(#""state":"ready""#))
    }
  }

  @Test func `the tokens of a prompt are counted`() async throws {
    try await Command.serve { _, address in
      let outcome = try await Command.run(["count", "--raw", "--server", address, "one two three"])
      #expect(outcome.status == .exited(0))
      #expect(Int(outcome.output.dropLast()).map { $0 > 0 } == true)
      #expect(outcome.errors == "")
      let piped = try await Command.run(
        ["count", "--raw", "--server", address],
        input: "one two three\r\n"
      )
      #expect(piped.output == outcome.output)
    }
  }

  @Test func `a text is ended by its id`() async throws {
    try await Command.serve(environment: ["TOKENWIRE_SCRIPTED_PACE": "1ms"]) { _, address in
      let outcome = try await Command.run(
        ["generate", "--server", address, "--json", "--max-tokens", "1000000", "go"]
      ) { text in
        try await text.waitForOutput("\n")
        let id = try #require(text.output.firstMatch(of: /"generation_id":"([^"]+)"/)).1
        let aborted = try await Command.run(["abort", "--server", address, String(id)])
        #expect(aborted.status == .exited(0))
        #expect(aborted.errors == "Ended \(id).\n")
      }
      #expect(outcome.output.contains(#""finish_reason":"cancelled""#))
      let unknown = try await Command.run(["abort", "--server", address, "gen-0"])
      #expect(unknown.status == .exited(1))
      #expect(unknown.errors.hasPrefix("Error: NOT_FOUND: "))
    }
  }

  @Test func `on a terminal, a prompt that is waited for is asked for`() async throws {
    try await Command.serve { _, address in
      let outcome = try await Command.runOnTerminal(
        ["generate", "--server", address, "--max-tokens", "1"],
        input: "hello\n\u{4}"
      )
      #expect(outcome.output.contains("Type the prompt, and end it with Ctrl-D"))
      #expect(outcome.output.contains("[1 token,"))
    }
  }
}

import Foundation
import Subprocess
import SystemPackage
import Testing

@Suite struct GenerateCommandTests {
  @Test func `it prints the text, and a line about it beside`() async throws {
    try await Command.serve { _, address in
      let outcome = try await Command.run(
        ["generate", "--server", address, "--max-tokens", "4", "go"]
      )
      #expect(outcome.status == .exited(0))
      #expect(outcome.output == "The quick brown fox\n")
      #expect(
        outcome.errors.wholeMatch(
          of: /\[4 tokens, first after \d+ ms, [\d.]+ tokens\/s, ended by length\]\n/
        ) != nil
      )
    }
  }

  @Test func `several texts come one after the other, each below its number`() async throws {
    try await Command.serve { _, address in
      let outcome = try await Command.run(
        ["generate", "--server", address, "--max-tokens", "2", "-n", "2", "--deterministic", "go"]
      )
      #expect(outcome.status == .exited(0))
      #expect(outcome.output == "==> 1 of 2 <==\nThe quick\n==> 2 of 2 <==\nThe quick\n")
      let notes = outcome.errors.split(separator: "\n")
      #expect(notes.dropLast() == ["[2 tokens, ended by length]", "[2 tokens, ended by length]"])
      #expect(
        notes.last?.wholeMatch(of: /\[4 tokens, first after \d+ ms, [\d.]+ tokens\/s\]/) != nil
      )
    }
  }

  @Test func `a number of texts that is not offered is refused`() async throws {
    try await Command.serve { _, address in
      let outcome = try await Command.run(["generate", "--server", address, "-n", "17", "go"])
      #expect(outcome.status == .exited(1))
      #expect(outcome.errors.hasPrefix("Error: INVALID_ARGUMENT: -n is 17, but "))
    }
  }

  @Test func `a prompt comes from standard input, too`() async throws {
    try await Command.serve { _, address in
      let outcome = try await Command.run(
        ["generate", "--server", address, "--max-tokens", "1", "--echo", "--raw"],
        input: "from a pipe: 'quoted' $HOME\n"
      )
      #expect(outcome.output == "from a pipe: 'quoted' $HOMEThe\n")
    }
  }

  @Test(arguments: ["hi\n", "hi\r\n", "\u{FEFF}hi\n", "hi"])
  func `line ends and marks of standard input are no part of a prompt`(input: String) async throws {
    try await withFolder { folder in
      let file = folder + "/prompt"
      try Data(input.utf8).write(to: URL(fileURLWithPath: file))
      try await Command.serve { _, address in
        let generate = ["generate", "--server", address, "--max-tokens", "1", "--echo", "--raw"]
        for arguments in [[], ["-"], ["--prompt-file", file], ["--prompt-file", "-"]] {
          let outcome = try await Command.run(generate + arguments, input: input)
          #expect(Array(outcome.output.utf8) == Array("hiThe\n".utf8))
        }
      }
    }
  }

  @Test func `a grammar and a schema are files or texts`() async throws {
    try await withFolder { folder in
      let grammar = #"root ::= "a""#
      try Data(grammar.utf8).write(to: URL(fileURLWithPath: folder + "/g"))
      try Data("{}".utf8).write(to: URL(fileURLWithPath: folder + "/s"))
      // The scripted generator follows neither: what counts is that they arrive.
      try await Command.serve { _, address in
        for flags in [
          ["--grammar", grammar], ["--grammar", folder + "/g"], ["--json-schema", " {}"],
          ["--json-schema", folder + "/s"],
        ] {
          let outcome = try await Command.run(["generate", "--server", address, "x"] + flags)
          #expect(!outcome.errors.contains("cannot be read"), "\(flags)")
        }
        let missing = try await Command.run(
          ["generate", "--server", address, "--grammar", folder + "/none", "x"]
        )
        #expect(
          missing.errors
            == "Error: The file \(folder)/none cannot be read: No such file or directory\n"
        )
      }
    }
  }

  @Test func `a flag without an effect is told`() async throws {
    try await Command.serve { _, address in
      let generate = ["generate", "--server", address, "--logprobs", "1", "--max-tokens", "1", "x"]
      let outcome = try await Command.run(generate)
      #expect(outcome.errors.hasPrefix("Warning: --logprobs has no effect without --json\n"))
      let json = try await Command.run(generate + ["--json"])
      #expect(json.errors == "")
    }
  }

  @Test(arguments: ["1m", "30s", "30", "1e2", "inf", "1e10", "99999999999d"])
  func `times are given in one form`(timeout: String) async throws {
    try await Command.serve { _, address in
      let generate = ["generate", "--server", address, "--max-tokens", "1", "x"]
      let outcome = try await Command.run(generate + ["--timeout", timeout])
      #expect(outcome.status == .exited(0), "\(outcome.errors)")
    }
  }

  @Test(arguments: ["0", "-1", "1x", "", "nan"])
  func `a timeout that is none is refused`(timeout: String) async throws {
    let outcome = try await Command.run(["generate", "--timeout=\(timeout)", "x"])
    #expect(outcome.status == .exited(64))
    #expect(outcome.errors.contains("must be a time above zero"))
  }

  @Test func `an empty prompt is refused`() async throws {
    try await Command.serve { _, address in
      let outcome = try await Command.run(["generate", "--server", address, ""])
      #expect(outcome.status == .exited(1))
      #expect(outcome.errors == "Error: INVALID_ARGUMENT: Prompt is required\n")
    }
  }

  @Test func `as JSON, each event is an object`() async throws {
    try await Command.serve { _, address in
      let outcome = try await Command.run(
        ["generate", "--server", address, "--json", "--max-tokens", "2", "--seed", "9", "go"]
      )
      let events = try outcome.output.split(separator: "\n").map {
        try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
      }
      #expect(events.compactMap { $0["seq"] as? Int } == [0, 1, 2, 3])
      // In the order of the proto, and with what is 0, empty or false.
      let lines = outcome.output.split(separator: "\n")
      #expect(lines[0].contains(#""cached_tokens":0,"user_id":"","queue_time_nano":"#))
      #expect(
        lines[1].contains(
          /^{"seq":1,"completion_tokens":1,"delta":{"text":"The","token_ids":\[\d+\],"logprobs":\[\],"index":0,"reasoning_text":"","tool_calls":\[\]}}$/
        )
      )
      #expect((events.first?["started"] as? [String: Any])?["seed"] as? Int == 9)
      #expect((events[1]["delta"] as? [String: Any])?["text"] as? String == "The")
      #expect((events.last?["finished"] as? [String: Any])?["finish_reason"] as? String == "length")
    }
  }

  @Test func `Ctrl-C ends the text and exits with 130`() async throws {
    try await Command.serve(environment: ["TOKENWIRE_SCRIPTED_PACE": "1ms"]) { _, address in
      let outcome = try await Command.run(Self.endless(on: address)) { client in
        try await client.waitForOutput("fox")
        try client.send(.interrupt)
      }
      #expect(outcome.status == .exited(130))
    }
  }

  @Test func `a server that is not there is named`() async throws {
    // A port that no server of these tests is given.
    let outcome = try await Command.run(["generate", "--server", "127.0.0.1:1", "go"])
    #expect(outcome.status == .exited(1))
    #expect(
      outcome.errors
        == "Error: UNAVAILABLE: Cannot connect to 127.0.0.1:1: nothing listens there\n"
    )
  }

  @Test func `a server that is killed ends the text with an error`() async throws {
    try await Command.serve(environment: ["TOKENWIRE_SCRIPTED_PACE": "1ms"]) { server, address in
      let outcome = try await Command.run(Self.endless(on: address)) { client in
        try await client.waitForOutput("fox")
        try server.send(.kill)
      }
      #expect(outcome.status == .exited(1))
      // On a line of its own.
      #expect(outcome.errors.hasPrefix("\nError: UNAVAILABLE"))
    }
  }

  @Test func `a disk that is full ends the text with an error`() async throws {
    let (status, errors) = try await self.generate(to: .open("/dev/full", .writeOnly))
    #expect(status == .exited(1))
    #expect(errors == "Error: Cannot write to standard output: No space left on device\n")
  }

  @Test func `a reader that has gone away ends the text without a word`() async throws {
    let pipe = try FileDescriptor.pipe()
    try pipe.readEnd.close()
    let (status, errors) = try await self.generate(to: pipe.writeEnd)
    #expect(status == .exited(141))
    #expect(errors == "")
  }

  @Test func `a timeout ends the text with an error`() async throws {
    try await Command.serve(environment: ["TOKENWIRE_SCRIPTED_PACE": "1ms"]) { _, address in
      let outcome = try await Command.run(Self.endless(on: address) + ["--timeout", "0.2"])
      #expect(outcome.status == .exited(1))
      #expect(outcome.errors.contains("DEADLINE_EXCEEDED"))
    }
  }

  /// Generates with `output`, which is closed then, as standard output.
  private func generate(
    to output: FileDescriptor
  ) async throws -> (status: TerminationStatus, errors: String) {
    var outcome: (TerminationStatus, String)?
    try await Command.serve { _, address in
      let result = try await Subprocess.run(
        .path(Command.executable),
        arguments: ["generate", "--server", address, "go"],
        output: .fileDescriptor(output, closeAfterSpawningProcess: true),
        error: .string(limit: 4096)
      )
      outcome = (result.terminationStatus, result.standardError)
    }
    let (status, errors) = try #require(outcome)
    return (status, errors)
  }

  private static func endless(on address: String) -> [String] {
    ["generate", "--server", address, "--max-tokens", "1000000", "go"]
  }
}

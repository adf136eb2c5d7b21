import Foundation
import Subprocess
import SystemPackage
import Testing

/// Plays the recordings in Tests/Recordings to a server as `Tests/Recordings/make` has started it.
@Suite struct GoldenRecordingTests {
  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Recordings").path

  private static let names = ["stream", "error", "cancel", "refused-token", "log", "odd-frames"]

  private static func path(_ name: String) -> String { "\(self.folder)/\(name).frames.jsonl" }

  @Test(arguments: names, ["max", "1"])
  func `the server says what it said`(name: String, speed: String) async throws {
    try await Self.withServer { server, token in
      // With one, the refused call would be accepted.
      let flags = name == "log" ? ["--token", token] : []
      let outcome = try await Command.run(
        ["replay", Self.path(name), "--to", server, "--speed", speed] + flags
      )
      #expect(outcome.output == "")
      #expect(outcome.status == .exited(0))
    }
  }

  private static func withCaller(
    _ body: (_ address: String) async throws -> Void
  ) async throws {
    let text = try String(contentsOfFile: Self.folder + "/calls.txt", encoding: .utf8)
    let settings: [Environment.Key: String?] = [
      "TOKENWIRE_SCRIPTED_TEXT": text.trimmingCharacters(in: .newlines),
      "TOKENWIRE_SCRIPTED_PACE": "5ms",
    ]
    _ = try await Command.serve(environment: settings) { _, address in try await body(address) }
  }

  @Test(arguments: ["max", "1"])
  func `the server thinks and calls as it did`(speed: String) async throws {
    try await Self.withCaller { server in
      let replay = ["replay", Self.path("tools"), "--to", server, "--speed", speed]
      let outcome = try await Command.run(replay)
      #expect(outcome.output == "")
      #expect(outcome.status == .exited(0))
    }
  }

  @Test func `calls and thoughts come from a recording, too`() async throws {
    let flags = ["--generator", "recording:\(Self.path("tools"))"]
    let outcome = try await Command.run(["serve", "--listen", "127.0.0.1:0"] + flags) { server in
      try await server.waitForOutput(")\n")
      let ready = try #require(server.output.firstMatch(of: /on (\S+) \(model scripted\)/))
      let text = try await Command.run([
        "generate", "--server", String(ready.1), "--tools", Self.folder + "/tools.json",
        "Say something",
      ])
      #expect(
        text.output == #"""
          I look. 
          {"id":"call_1","name":"look","arguments":"{\"at\": [\"a fox\", 2]}"}
          {"id":"call_2","name":"go","arguments":"{}"}

          """#
      )
      #expect(text.errors.hasPrefix("Both at once, I think.\n["))
      try server.send(.terminate)
    }
    #expect(outcome.status == .exited(0))
  }

  /// Changes that a server might make, made in the recording: the difference is the same.
  @Test(arguments: [
    // " quick" becomes " quack", in the base64 of its Data frame.
    ("stream", "gcXVpY2s", "gcXVhY2s", "text, from its character 7 on"),
    // The line of the last message is left out.
    ("stream", #""finished":{"#, "", #"+ {finished:{finish_reason:LENGTH"#),
    // A code of 5 becomes one of 3: "Token is invalid!" is UNAUTHENTICATED, 16.
    ("refused-token", "ChUIEBIR", "ChUIAxIR", "status"),
  ])
  func `a change is caught`(
    name: String,
    old: String,
    new: String,
    subject: String
  ) async throws {
    try await withFolder { folder in
      var lines = try String(contentsOfFile: Self.path(name), encoding: .utf8)
        .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      let place = try #require(lines.firstIndex { $0.contains(old) })
      if new.isEmpty {
        lines.remove(at: place)
      } else {
        lines[place] = lines[place].replacing(old, with: new)
      }
      let file = folder + "/changed.frames.jsonl"
      try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: file))
      try await Self.withServer { server, _ in
        let outcome = try await Command.run(["replay", file, "--to", server])
        #expect(outcome.status == .exited(1))
        #expect(outcome.output.contains(subject))
      }
    }
  }

  @Test func `a client is answered from a recording`() async throws {
    let flags = ["--generator", "recording:\(Self.path("stream"))"]
    let outcome = try await Command.run(["serve", "--listen", "127.0.0.1:0"] + flags) { server in
      try await server.waitForOutput(")\n")
      let ready = try #require(server.output.firstMatch(of: /on (\S+) \(model scripted\)/))
      let generate = ["generate", "--server", String(ready.1)]
      let text = try await Command.run(generate + ["Say something"])
      #expect(text.output.hasPrefix("The quick brown fox jumps over the lazy dog."))
      #expect(text.errors.contains("[20 tokens"))
      let unknown = try await Command.run(generate + ["Say nothing"])
      #expect(
        unknown.errors == """
          Error: INVALID_ARGUMENT: The recording has no answer to this input; it has answers to \
          "Say something"

          """
      )
      try server.send(.terminate)
    }
    #expect(outcome.status == .exited(0))
    let none = try await Command.run(["serve", "--generator", "recording:/nowhere"])
    #expect(
      none.errors == "Error: The recording /nowhere cannot be read: No such file or directory\n"
    )
  }

  private static func withServer(
    _ body: (_ address: String, _ token: String) async throws -> Void
  ) async throws {
    try await withFolder { folder in
      let keys: [Environment.Key: String?] = ["TOKENWIRE_KEY_FILE": folder + "/keys.json"]
      #expect(try await Command.run(["key", "new"], environment: keys).status == .exited(0))
      let token = try await Command.run(
        ["token", "issue", "--user", "golden", "--expires", "1h"],
        environment: keys
      ).output.trimmingCharacters(in: .newlines)
      let settings: [Environment.Key: String?] = [
        "TOKENWIRE_LOG_FILE": folder + "/log.db", "TOKENWIRE_SCRIPTED_PACE": "5ms",
      ]
      try await Command.serve(environment: keys.merging(settings) { $1 }) { _, address in
        try await body(address, token)
      }
    }
  }
}

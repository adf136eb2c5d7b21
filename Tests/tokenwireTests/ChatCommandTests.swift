import Foundation
import Subprocess
import SystemPackage
import Testing

@Suite struct ChatCommandTests {
  @Test func `without a terminal, each line is answered`() async throws {
    try await withFolder { folder in
      let file = folder + "/chat.json"
      try await Command.serve(environment: ["TOKENWIRE_SCRIPTED_TEXT": "Hello."]) { _, address in
        let outcome = try await Command.run(
          ["chat", "--server", address, "--max-tokens", "1"],
          input: "\u{FEFF}one\r\n/system Be kind.\n\ntwo\n/save \(file)\n/quit\nthree\n"
        )
        #expect(outcome.status == .exited(0), "\(outcome.errors)")
        #expect(outcome.output == "Hello.\nHello.\n")
        let saved = try JSONDecoder().decode(
          [[String: String]].self,
          from: Data(contentsOf: URL(fileURLWithPath: file))
        )
        #expect(saved.map { $0["role"] } == ["system", "user", "assistant", "user", "assistant"])
        #expect(saved.map { $0["content"] } == ["Be kind.", "one", "Hello.", "two", "Hello."])
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)

        let again = try await Command.run(
          ["chat", "--server", address],
          input: "/save \(file)\n"
        )
        #expect(again.status == .exited(1))
        #expect(again.errors == "Error: \(file): there is a file of that name; give another one\n")
      }
    }
  }

  @Test func `a line that ends with a backslash goes on in the next`() async throws {
    try await withFolder { folder in
      let file = folder + "/chat.json"
      try await Command.serve(environment: ["TOKENWIRE_SCRIPTED_TEXT": "Hello."]) { _, address in
        let outcome = try await Command.run(
          ["chat", "--server", address, "--max-tokens", "1"],
          input: """
            /system Be \\
            kind.
            one \\
            /save\\

            two\\\u{20}
            three\\\\
            \\
            /four
            /save \(file)
            five\\
            """
        )
        #expect(outcome.status == .exited(0), "\(outcome.errors)")
        #expect(outcome.output == "Hello.\nHello.\nHello.\nHello.\n")
        #expect(
          try Self.saved(in: file) == [
            "Be \nkind.", "one \n/save\n", "Hello.", "two\\ ", "Hello.", "three\\\n\n/four",
            "Hello.",
          ]
        )
      }
    }
  }

  @Test(arguments: [true, false])
  func `on a terminal, Ctrl-C throws away all lines of a message`(isEdited: Bool) async throws {
    try await withFolder { folder in
      let file = folder + "/chat.json"
      try await Command.serve(environment: ["TOKENWIRE_SCRIPTED_TEXT": "Hello."]) { _, address in
        // Lines are edited where the answer goes to a terminal, too.
        let output = isEdited ? nil : folder + "/answers"
        let outcome = try await Self.runOnTerminal(
          address,
          maxTokens: 1,
          output: output
        ) { chat, type in
          try await chat.waitForOutput("> ")
          try type("lost\\\n")
          try await chat.waitForOutput("\r\n... ")
          try type("as well\u{3}")
          try await chat.waitForOutput("\r\n> ", times: 2)
          try type("one\\\n")
          try await chat.waitForOutput("\r\n... ", times: 2)
          try type("two\n")
          try await chat.waitForOutput("--max-tokens]")
          try await chat.waitForOutput("> ", times: 3)
          try type("/save \(file)\n")
          try await chat.waitForOutput("Saved 2 messages")
          try type("\u{4}")
        }
        #expect(outcome.status == .exited(0), "\(outcome.output)")
        #expect(try Self.saved(in: file) == ["one\ntwo", "Hello."])
      }
    }
  }

  @Test func `on a terminal, Ctrl-C ends an answer and not the chat`() async throws {
    try await Command.serve(environment: ["TOKENWIRE_SCRIPTED_PACE": "1ms"]) { _, address in
      let outcome = try await Self.runOnTerminal(address) { chat, type in
        try await chat.waitForOutput("> ")
        try type("say it\n")
        try await chat.waitForOutput("lazy dog")
        try type("\u{3}")
        try await chat.waitForOutput("\r\n> ", times: 2)
        try type("half a li\u{3}")
        try await chat.waitForOutput("\r\n> ", times: 3)
        try type("/help\n")
        try await chat.waitForOutput("/save FILE")
        try type("\u{4}")
      }
      #expect(outcome.status == .exited(0), "\(outcome.output)")
      #expect(!outcome.output.contains("Error"))
    }
  }

  @Test func `an error does not end a chat on a terminal`() async throws {
    try await HostileService(refuses: true).serve { address in
      let outcome = try await Self.runOnTerminal(address) { chat, type in
        try await chat.waitForOutput("> ")
        try type("hello\n")
        try await chat.waitForOutput("Error: INVALID_ARGUMENT: bad")
        try type("/nonsense\n")
        try await chat.waitForOutput("there is no /nonsense")
        try type("/quit now\n")
        try await chat.waitForOutput("/quit takes no text")
        try type("/quit\n")
      }
      #expect(outcome.status == .exited(0))
      #expect(!outcome.output.contains("\u{1B}[2J"))
    }
  }

  @Test func `a server that is not there is told before anything is typed`() async throws {
    let outcome = try await Command.run(["chat", "--server", "127.0.0.1:1"], input: "hello\n")
    #expect(outcome.status == .exited(1))
    #expect(outcome.errors.hasPrefix("Error: UNAVAILABLE: Cannot connect to 127.0.0.1:1"))
  }

  /// The texts of a conversation that was saved.
  private static func saved(in file: String) throws -> [String?] {
    try JSONDecoder().decode(
      [[String: String]].self,
      from: Data(contentsOf: URL(fileURLWithPath: file))
    ).map { $0["content"] }
  }

  /// Runs a chat on a terminal, on which `body` types.
  private static func runOnTerminal(
    _ address: String,
    maxTokens: Int = 1_000_000,
    output: String? = nil,
    _ body: (Command, _ type: (String) throws -> Void) async throws -> Void
  ) async throws -> Command.Outcome {
    try await withFolder { folder in
      // What is typed comes through a named pipe, which stays open for as long as the body runs.
      let keys = folder + "/keys"
      #expect(mkfifo(keys, 0o600) == 0)
      let chat = [
        Command.executable.string, "chat", "--server", address, "--max-tokens", "\(maxTokens)",
      ]
      let redirection = output.map { " > \($0.quotedForShell)" } ?? ""
      // In the place of the shell: a Ctrl-C would end that, too, and some shells then end with 130.
      let command = "exec " + chat.map(\.quotedForShell).joined(separator: " ") + redirection
      return try await Command.run(
        ["-c", #"exec script -qec "$1" /dev/null < "$0""#, keys, command],
        executable: "/bin/sh"
      ) { command in
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: keys))
        defer { try? file.close() }
        try await body(command) { try file.write(contentsOf: Data($0.utf8)) }
      }
    }
  }
}

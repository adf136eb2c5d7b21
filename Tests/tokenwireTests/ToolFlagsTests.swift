import Foundation
import Subprocess
import Testing

@Suite struct ToolFlagsTests {
  private static let script = #"""
    <think>Let me see.</think>I look. <tool_call>{"name": "look", "arguments": {"at": [1, 2]}}</tool_call>
    """#
  private static let tools = #"""
    [{"type": "function", "function": {"name": "look", "description": "Looks.", "strict": true,
      "parameters": {"type": "object"}}}, {"name": "go"}, {"type": "function", "name": "stop"}]
    """#

  private static func withServer(
    text: String = script,
    tools: String = tools,
    _ body: (_ generate: [String], _ file: String) async throws -> Void
  ) async throws {
    try await withFolder { folder in
      let file = folder + "/tools.json"
      try Data(tools.utf8).write(to: URL(fileURLWithPath: file))
      let environment: [Environment.Key: String?] = ["TOKENWIRE_SCRIPTED_TEXT": text]
      _ = try await Command.serve(environment: environment) { _, address in
        try await body(["generate", "--server", address, "go"], file)
      }
    }
  }

  @Test func `a call is a line of JSON below the text, and thoughts are beside`() async throws {
    try await Self.withServer { generate, file in
      let outcome = try await Command.run(generate + ["--tools", file])
      #expect(outcome.status == .exited(0), "\(outcome.errors)")
      #expect(
        outcome.output == #"""
          I look. 
          {"id":"call_1","name":"look","arguments":"{\"at\": [1, 2]}"}

          """#
      )
      #expect(outcome.errors.hasPrefix("Let me see.\n["))
      #expect(outcome.errors.hasSuffix("ended by tool_calls]\n"))
    }
  }

  @Test func `tools count as part of a prompt`() async throws {
    try await Self.withServer { generate, file in
      let count = ["count"] + generate.dropFirst()
      let outcome = try await Command.run(count + ["--tools", file, "--tool-choice", "look"])
      #expect(outcome.status == .exited(0), "\(outcome.errors)")
      let unknown = try await Command.run(count + ["--tools", file, "--tool-choice", "jump"])
      #expect(unknown.errors.contains("--tool-choice is \"jump\", but must be"))
      let raw = try await Command.run(count + ["--raw", "--tools", file])
      #expect(raw.errors.contains("--tools belongs to a conversation, which --raw is not"))
    }
  }

  @Test func `calls without a text have no empty line before them`() async throws {
    let call = #"<tool_call>{"name": "go", "arguments": {}}</tool_call>"#
    try await Self.withServer(text: call + call) { generate, file in
      let outcome = try await Command.run(generate + ["--tools", file])
      #expect(
        outcome.output == #"""
          {"id":"call_1","name":"go","arguments":"{}"}
          {"id":"call_2","name":"go","arguments":"{}"}

          """#
      )
      let cut = try await Command.run(generate + ["--tools", file, "--max-tokens", "4"])
      #expect(cut.errors.hasSuffix("ended by length, incomplete]\n"))
    }
  }

  @Test func `which tools may be called is a flag`() async throws {
    try await Self.withServer { generate, file in
      for choice in ["auto", "required", "look"] {
        let outcome = try await Command.run(
          generate + ["--tools", file, "--tool-choice", choice, "--reasoning", "off"]
        )
        #expect(outcome.output.contains(#""name":"look""#), "\(choice)")
      }
      let none = try await Command.run(generate + ["--tools", file, "--tool-choice", "none"])
      #expect(none.output.contains("<tool_call>"))
      let unknown = try await Command.run(generate + ["--tools", file, "--tool-choice", "fly"])
      #expect(
        unknown.errors
          == "Error: INVALID_ARGUMENT: --tool-choice is \"fly\", but must be a tool of tools\n"
      )
    }
  }

  @Test func `a flag of conversations is refused beside raw text`() async throws {
    for flags in [
      ["--tools", "x"], ["--reasoning", "off"], ["--reasoning-effort", "low"],
      ["--reasoning-max-tokens", "1"],
    ] {
      let outcome = try await Command.run(["generate", "--raw", "go"] + flags)
      #expect(outcome.status == .exited(64))
      #expect(
        outcome.errors.contains("\(flags[0]) belongs to a conversation, which --raw is not")
      )
    }
    let other = try await Command.run(["generate", "go", "--reasoning", "much"])
    #expect(other.status == .exited(64))
  }

  @Test(arguments: [
    ("[", "are not JSON: it ends too early"),
    ("[{\"name\": \"a\"}\n,}]", "are not JSON: line 2: \"}]\" cannot be there"),
    ("[1, 1,]", ": [0] must be an object"),
    ("{}", ": they must be an array of tools"),
    ("[{}]", ": [0].name is missing"),
    (#"[{"name": "a"}, {"function": {}}]"#, ": [1].function.name is missing"),
    (#"[{"name": 1}]"#, ": [0].name must be a text"),
    (#"[{"type": "code", "name": "a"}]"#, #": [0].type must be "function""#),
    (
      #"[{"name": "a", "function": {"name": "a"}}]"#, ": [0].name is beside function: give it there"
    ),
    (
      #"[{"name": "a", "parameters": "{}"}]"#,
      ": [0].parameters must be an object, a JSON schema"
    ),
    (
      #"[{"name": "a", "arguments": {}}]"#,
      ": [0].arguments is not known: a tool has name, description and parameters"
    ),
  ])
  func `what is wrong with the tools is told with its place`(
    tools: String,
    problem: String
  ) async throws {
    try await withFolder { folder in
      let file = folder + "/tools.json"
      try Data(tools.utf8).write(to: URL(fileURLWithPath: file))
      let outcome = try await Command.run(["generate", "go", "--tools", file])
      #expect(outcome.status == .exited(1))
      let space = problem.hasPrefix(":") ? "" : " "
      #expect(outcome.errors == "Error: The tools in \(file)\(space)\(problem)\n")
    }
  }

  @Test func `a file that is not there is told`() async throws {
    let outcome = try await Command.run(["generate", "go", "--tools", "/none"])
    #expect(
      outcome.errors == "Error: The file /none cannot be read: No such file or directory\n"
    )
    let serve = try await Command.run(
      ["serve", "--model", "/none.gguf", "--chat-template", "/none"]
    )
    #expect(serve.status == .exited(64))
    #expect(
      serve.errors.contains(
        """
        --chat-template (TOKENWIRE_CHAT_TEMPLATE, or "chatTemplate" in the file): The file /none \
        cannot be read: No such file or directory
        """
      )
    )
  }

  @Test func `a chat keeps what was thought apart from the answer`() async throws {
    try await withFolder { folder in
      let file = folder + "/chat.json"
      let text = "<think>Hm.</think>Hello."
      try await Command.serve(environment: ["TOKENWIRE_SCRIPTED_TEXT": text]) { _, address in
        let outcome = try await Command.run(
          ["chat", "--server", address],
          input: "one\n/save \(file)\n"
        )
        #expect(outcome.output == "Hello.\n")
        let saved = try JSONDecoder().decode(
          [[String: String]].self,
          from: Data(contentsOf: URL(fileURLWithPath: file))
        )
        #expect(
          saved == [
            ["role": "user", "content": "one"],
            ["role": "assistant", "content": "Hello.", "reasoning_text": "Hm."],
          ]
        )
      }
    }
  }
}

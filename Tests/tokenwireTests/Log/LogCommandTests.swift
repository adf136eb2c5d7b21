import Foundation
import Subprocess
import Testing

@Suite struct LogCommandTests {
  private static let advice = "Give one with --token, or set TOKENWIRE_TOKEN"

  @Test func `what is logged is on disk, and is shown to its user`() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let keyFile = folder.appending(path: "keys").path
    _ = try await Command.run(["key", "new", "--key-file", keyFile])
    let token = try await Command.run(
      ["token", "issue", "--key-file", keyFile, "--user", "alice"]
    ).output.trimmingCharacters(in: .newlines)
    let environment: [Environment.Key: String?] = [
      "TOKENWIRE_KEY_FILE": keyFile,
      "TOKENWIRE_LOG_FILE": folder.appending(path: "log").path,
    ]
    var id = ""
    try await Command.serve(environment: environment) { server, address in
      let logged = try await Command.run(
        ["log", "--server", address, "--prompt", "Why?", "--response", "Because.", "--model", "m"],
        environment: ["TOKENWIRE_TOKEN": token]
      )
      #expect(logged.status == .exited(0))
      id = logged.output.trimmingCharacters(in: .newlines)
      #expect(id.count == 26)
      // Whatever becomes of the server now.
      try server.send(.kill)
    }
    try await Command.serve(environment: environment) { _, address in
      let shown = try await Command.run(
        ["logs", "--server", address, "--search", "because", "--since", "1h", "--json"],
        environment: ["TOKENWIRE_TOKEN": token]
      )
      let entry = try #require(
        JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [String: Any]
      )
      #expect(entry["id"] as? String == id)
      #expect(entry["user_id"] as? String == "alice")
      #expect(entry["prompt"] as? String == "Why?")
      let text = try await Command.run(
        ["logs", "--server", address],
        environment: ["TOKENWIRE_TOKEN": token]
      )
      #expect(text.output.contains("alice  m\n> Why?\n  Because.\n"))
      let none = try await Command.run(["logs", "--server", address])
      #expect(none.errors == "Error: UNAUTHENTICATED: Token is missing! \(Self.advice)\n")
    }
  }

  @Test func `a server without a log says so`() async throws {
    try await Command.serve { _, address in
      // Before 1970, which no number of microseconds tells.
      let old = try await Command.run(["logs", "--server", address, "--since", "999999999999d"])
      #expect(old.errors.contains("it keeps no log"))
      let outcome = try await Command.run(["logs", "--server", address])
      #expect(outcome.status == .exited(1))
      #expect(outcome.errors.contains("it keeps no log"))
    }
  }

  @Test func `texts come from files and standard input, and metadata from flags`() async throws {
    try await LogFiles.with { files in
      try Data("\u{FEFF}What\r\nis it?\r\n".utf8).write(
        to: URL(fileURLWithPath: files.folder + "/prompt")
      )
      let environment: [Environment.Key: String?] = [
        "TOKENWIRE_TOKEN": try await files.token(for: "alice")
      ]
      try await Command.serve(environment: files.environment) { _, address in
        let logged = try await Command.run(
          [
            "log", "--server", address, "--prompt-file", files.folder + "/prompt",
            "--response", "-", "--metadata", "ticket=42", "--metadata", "note=a=b",
          ],
          input: "This.\r\n",
          environment: environment
        )
        #expect(logged.status == .exited(0), "\(logged.errors)")
        let shown = try await Command.run(["logs", "--server", address], environment: environment)
        let lines = shown.output.split(separator: "\n").dropFirst()
        #expect(
          Array(lines) == [
            #"metadata {"note":"a=b","ticket":"42"}"#, "> What", "> is it?", "  This.",
          ]
        )
      }
      for flags in [
        ["--prompt", "a"], ["--prompt", "-", "--response", "-"],
        ["--prompt", "a", "--prompt-file", "b", "--response", "c"],
        ["--prompt", "a", "--response", "b", "--metadata", "c"],
        ["--prompt", "a", "--response", "b", "--metadata", "c=1", "--metadata", "c=2"],
      ] {
        #expect(try await Command.run(["log"] + flags).status == .exited(64))
      }
    }
  }
}

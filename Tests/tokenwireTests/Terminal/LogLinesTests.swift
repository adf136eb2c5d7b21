import Foundation
import Listening
import RPC
import Subprocess
import SystemPackage
import Testing
import TokenwireAPI
import TokenwireClient

/// The server's log on standard error.
@Suite struct LogLinesTests {
  @Test func `a log that nobody reads holds up no call, and no end of the server`() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let outcome = try await Command.run(
      [
        "-c",
        // What opens a FIFO for reading, too, keeps it from being broken; it holds 64 KiB.
        "mkfifo \"$1\"; exec 3<> \"$1\"; shift; exec \"$0\" \"$@\" 2>&3",
        Command.executable.string, folder.appendingPathComponent("log").path,
        "serve", "--listen", "127.0.0.1:0", "--generator", "scripted", "--access-log",
        "--anonymous-requests-per-minute", "1000000",
      ],
      executable: "/bin/sh"
    ) { server in
      try await server.waitForOutput(")\n")
      let ready = try #require(server.output.firstMatch(of: /ready on ([^ ]+) \(/))
      let endpoint = try #require(Endpoint(String(ready.1)))
      let client = try await TokenwireClient.connect(to: endpoint)
      for _ in 0 ..< 1_000 {
        _ = try await client.api.listModels(
          ListModelsRequest(),
          options: CallOptions(timeout: .seconds(600))
        )
      }
      await client.close()
      try server.send(.terminate)
    }
    #expect(outcome.status == .exited(0))
  }

  @Test func `each call is a line, without what was asked or answered`() async throws {
    let outcome = try await Command.run(
      [
        "serve", "--listen", "127.0.0.1:0", "--generator", "scripted", "--scripted-text",
        "an answer", "--access-log",
      ]
    ) { server in
      try await server.waitForOutput(")\n")
      let ready = try #require(server.output.firstMatch(of: /ready on ([^ ]+) \(/))
      let call = try await Command.run([
        "generate", "--server", String(ready.1), "--max-tokens", "2", "a question",
      ])
      #expect(call.status == .exited(0))
      try server.send(.terminate)
    }
    let lines = outcome.errors.split(separator: "\n").filter { $0.contains("/Generate") }
    #expect(lines.count == 1)
    let line = try #require(lines.first)
    #expect(line.contains("status=OK") && line.contains("tokens=2"))
    #expect(!outcome.errors.contains("question") && !outcome.errors.contains("answer"))
  }
}

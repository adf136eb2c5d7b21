import Foundation
import Subprocess
import Testing

/// Servers whose models others have: Tokenwire behind itself, in both dialects.
@Suite struct UpstreamServerTests {
  /// Runs a server of the models of a file for as long as `body` runs.
  private static func serve(
    _ models: String,
    _ body: (_ server: Command, _ address: String, _ file: String) async throws -> Void
  ) async throws -> Command.Outcome {
    try await withFolder { folder in
      let file = folder + "/upstreams.json"
      try Self.write(models, to: file)
      return try await Command.run(["serve", "--listen", "127.0.0.1:0", "--upstreams", file]) {
        server in
        try await server.waitForOutput(")\n")
        let ready = try #require(server.output.firstMatch(of: /^tokenwire is ready on ([^ ]+)/))
        try await body(server, String(ready.1), file)
        try server.send(.terminate)
      }
    }
  }

  private static func write(_ models: String, to file: String) throws {
    try Data("{\"models\": [\(models)]}".utf8).write(to: URL(fileURLWithPath: file))
  }

  private static func model(
    _ name: String,
    _ kind: String,
    _ there: String,
    _ address: String
  )
    -> String
  {
    """
    {"name": "\(name)", "kind": "\(kind)", "model": "\(there)", "base_url": "http://\(address)/v1"}
    """
  }

  @Test func `a chain of servers gives the text, its usage and its errors`() async throws {
    try await Command.serve { _, first in
      let models = ["tokenwire", "anthropic", "vllm"].map {
        Self.model($0, $0, "scripted", first)
      }
      _ = try await Self.serve(models.joined(separator: ", ")) { _, second, _ in
        let models = ["tokenwire", "anthropic", "vllm"].map {
          Self.model($0, "anthropic", $0, second)
        }
        _ = try await Self.serve(models.joined(separator: ", ")) { _, third, _ in
          for (server, model) in [second, third].flatMap({ server in
            ["tokenwire", "anthropic", "vllm"].map { (server, $0) }
          }) {
            let outcome = try await Command.run([
              "generate", "--server", server, "--model", model, "--max-tokens", "9", "--json", "go",
            ])
            #expect(outcome.status == .exited(0), "\(outcome.errors)")
            #expect(outcome.output.contains("\"completion_tokens\":9"))
            #expect(outcome.output.contains("\"source\":\"reported\""))
            #expect(outcome.output.contains("\"finish_reason\":\"length\""))
            #expect(outcome.output.contains("\"replica\":\"1\""))
          }
          let unknown = try await Command.run([
            "generate", "--server", third, "--model", "x", "go",
          ])
          #expect(unknown.errors.contains("NOT_FOUND"))
        }
      }
    }
  }

  @Test func `models come and go at SIGHUP, and a broken file changes nothing`() async throws {
    try await Command.serve { _, first in
      let outcome = try await Self.serve(Self.model("old", "tokenwire", "scripted", first)) {
        server,
        address,
        file in
        func names() async throws -> [Substring] {
          let outcome = try await Command.run(["models", "--server", address, "--json"])
          return outcome.output.matches(of: /"id":"([a-z]+)"/).map(\.1)
        }
        try Data("{".utf8).write(to: URL(fileURLWithPath: file))
        try server.send(.terminalClosed)
        #expect(try await names() == ["old"])
        let running = try await Command.run([
          "generate", "--server", address, "--model", "old", "--max-tokens", "100000", "go",
        ]) { client in
          try await client.waitForOutput("quick")
          try Self.write(Self.model("new", "anthropic", "scripted", first), to: file)
          try server.send(.terminalClosed)
          while try await names() != ["new"] {}
        }
        // The text of a model that has gone goes on to its end.
        #expect(running.status == .exited(0), "\(running.errors)")
        #expect(running.errors.contains("[100000 tokens"))
        let outcome = try await Command.run([
          "generate", "--server", address, "--max-tokens", "2", "go",
        ])
        #expect(outcome.output == "The quick\n")
      }
      #expect(outcome.status == .exited(0))
      #expect(outcome.errors.contains("the old models elsewhere stay"))
    }
  }

  @Test func `check tells what each server has`() async throws {
    try await Command.serve { _, address in
      try await withFolder { folder in
        let file = folder + "/upstreams.json"
        let good = Self.model("good", "tokenwire", "scripted", address)
        try Self.write(good, to: file)
        let well = try await Command.run(["upstreams", "check", file])
        #expect(well.status == .exited(0))
        #expect(well.output.contains("It has the model"))
        let others = [
          Self.model("other", "tokenwire", "nothing", address),
          Self.model("gone", "vllm", "x", "127.0.0.1:1"),
        ]
        try Self.write(([good] + others).joined(separator: ", "), to: file)
        let outcome = try await Command.run(["upstreams", "check", file])
        #expect(outcome.status == .exited(1))
        #expect(outcome.output.contains("does not list the model"))
        #expect(outcome.output.contains("cannot be connected to"))
      }
    }
  }

  @Test func `a server with models of both kinds knows them all`() async throws {
    try await Command.serve { _, first in
      try await withFolder { folder in
        let file = folder + "/upstreams.json"
        try Self.write(Self.model("other", "tokenwire", "scripted", first), to: file)
        _ = try await Command.run(
          ["serve", "--generator", "scripted", "--listen", "127.0.0.1:0", "--upstreams", file]
        ) { server in
          try await server.waitForOutput("(models scripted, other)\n")
          try server.send(.terminate)
        }
        try Self.write(Self.model("scripted", "tokenwire", "scripted", first), to: file)
        let twice = try await Command.run([
          "serve", "--generator", "scripted", "--listen", "127.0.0.1:0", "--upstreams", file,
        ])
        #expect(twice.status != .exited(0))
        #expect(twice.errors.contains("has a model \"scripted\""))
      }
    }
  }
}

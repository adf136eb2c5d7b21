import Foundation
import Listening
import Subprocess
import TestHTTP
import Testing

@Suite struct ServeCommandTests {
  @Test func `it says when it is ready, and stops at SIGTERM`() async throws {
    let outcome = try await Command.serve { _, _ in }
    #expect(outcome.status == .exited(0))
    #expect(outcome.output.split(separator: "\n").count == 1)
  }

  @Test func `it lets a running text end before it stops`() async throws {
    let outcome = try await Command.serve(environment: ["TOKENWIRE_SCRIPTED_PACE": "10ms"]) {
      server,
      address in
      let outcome = try await Command.run(
        ["generate", "--server", address, "--max-tokens", "30", "go"]
      ) { client in
        try await client.waitForOutput("quick")
        try server.send(.terminate)
      }
      #expect(outcome.status == .exited(0))
      #expect(outcome.errors.contains("[30 tokens"))
    }
    #expect(outcome.status == .exited(0))
  }

  @Test func `a second signal ends the running texts at once`() async throws {
    let outcome = try await Command.serve(
      environment: ["TOKENWIRE_SCRIPTED_PACE": "10ms", "TOKENWIRE_SHUTDOWN_GRACE_PERIOD": "1h"]
    ) { server, address in
      let outcome = try await Command.run(
        ["generate", "--server", address, "--max-tokens", "1000000", "go"]
      ) { client in
        try await client.waitForOutput("quick")
        try server.send(.terminate)
        // Signals of one kind that come together are one: the text goes on between the two.
        try await client.waitForOutput("dog. The quick")
        try server.send(.interrupt)
      }
      #expect(outcome.status == .exited(1))
      #expect(outcome.errors.contains("Error: UNAVAILABLE: The server is shutting down"))
    }
    #expect(outcome.status == .exited(0))
    #expect(outcome.errors.contains("a second signal ends them at once"))
  }

  @Test func `a text that outlasts the grace period ends with an error`() async throws {
    let outcome = try await Command.serve(
      environment: ["TOKENWIRE_SCRIPTED_PACE": "10ms", "TOKENWIRE_SHUTDOWN_GRACE_PERIOD": "50ms"]
    ) { server, address in
      let outcome = try await Command.run(
        ["generate", "--server", address, "--max-tokens", "1000000", "go"]
      ) { client in
        try await client.waitForOutput("quick")
        try server.send(.terminate)
      }
      #expect(outcome.status == .exited(1))
      #expect(outcome.errors.contains("Error: UNAVAILABLE: The server is shutting down"))
    }
    #expect(outcome.status == .exited(0))
  }

  @Test func `it serves over a socket file, and removes it`() async throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("tw-\(UUID().uuidString).sock").path
    let outcome = try await Command.serve(on: "unix:\(path)") { _, address in
      #expect(address == "unix:\(path)")
      let outcome = try await Command.run(
        ["generate", "--server", address, "--max-tokens", "2", "go"]
      )
      #expect(outcome.output == "The quick\n")
    }
    #expect(outcome.status == .exited(0))
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func `it serves metrics, on a port of their own`() async throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("tw-\(UUID().uuidString).sock").path
    func answer(_ target: String, at address: String) async throws -> String {
      try await #require(Endpoint(address)).answer(to: .request("GET \(target)"))
    }
    let outcome = try await Command.serve(
      environment: ["TOKENWIRE_METRICS_LISTEN": "unix:\(path)"]
    ) { _, address in
      _ = try await Command.run(["generate", "--server", address, "--max-tokens", "7", "go"])
      let lines = try await answer("/metrics", at: "unix:\(path)").content
        .split(separator: "\n")
      let method = #"method="tokenwire.v1.Tokenwire/Generate""#
      #expect(lines.contains("# TYPE tokenwire_calls_total counter"))
      #expect(lines.contains(#"tokenwire_calls_total{\#(method),status="OK"} 1"#))
      #expect(lines.contains("tokenwire_tokens_generated_total{\(method)} 7"))
      #expect(lines.contains("tokenwire_time_to_first_token_seconds_count 1"))
      #expect(lines.contains("tokenwire_generations_waiting 0"))
      #expect(lines.contains { $0.hasPrefix("process_resident_memory_bytes ") })
      // Health is there, for probes, and nothing else; and none of it at the server's own address.
      #expect(try await answer("/health", at: "unix:\(path)").content == #"{"status":"ok"}"#)
      let other = try await answer("/v1/models", at: "unix:\(path)")
      #expect(other.status == "404")
      #expect(other.content == #"{"code":"not_found","message":"There is nothing at /v1/models"}"#)
      #expect(try await answer("/metrics", at: address).status == "404")
    }
    #expect(outcome.status == .exited(0))
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func `health beside metrics is told also while no other connection is accepted`()
    async throws
  {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("tw-\(UUID().uuidString).sock").path
    let metrics = try #require(Endpoint("unix:\(path)"))
    let environment: [Environment.Key: String?] = [
      "TOKENWIRE_METRICS_LISTEN": "unix:\(path)", "TOKENWIRE_MAX_CONNECTIONS": "1",
    ]
    try await Command.serve(environment: environment) { server, address in
      _ = try await Command.run(["health", "--server", address, "--watch"]) { watch in
        try await watch.waitForOutput("SERVING\n")
        let refused = try await #require(Endpoint(address)).answer(to: .request("GET /health"))
        #expect(refused.status == "429")
        #expect(try await metrics.answer(to: .request("GET /health")).status == "200")
        #expect(try await metrics.answer(to: .request("GET /metrics")).status == "200")
        try server.send(.terminate)
      }
    }
    try await Command.serveLoading(environment: environment) { _, _, _ in
      let health = try await metrics.answer(to: .request("GET /health"))
      let page = try await metrics.answer(to: .request("GET /metrics"))
      #expect(health.status == "503")
      #expect(page.status == "200")
    }
  }

  @Test func `an address for metrics that is taken stops the server in one sentence`() async throws
  {
    try await Command.serve { _, address in
      let outcome = try await Command.run([
        "serve", "--generator", "scripted", "--listen", "127.0.0.1:0", "--metrics-listen", address,
      ])
      #expect(outcome.status == .exited(1))
      #expect(
        outcome.errors.hasSuffix(
          "Error: Cannot listen on \(address): another process listens there\n"
        )
      )
    }
  }

  @Test func `a port that is taken stops the start in one sentence`() async throws {
    try await Command.serve { _, address in
      let outcome = try await Command.run(["serve", "--generator", "scripted", "--listen", address])
      #expect(outcome.status == .exited(1))
      #expect(
        outcome.errors == "Error: Cannot listen on \(address): another process listens there\n"
      )
    }
  }

  @Test func `a model that is not there stops the start in one sentence`() async throws {
    let outcome = try await Command.run(["serve", "--model", "/nowhere.gguf"])
    #expect(outcome.status == .exited(1))
    #expect(outcome.errors == "Error: The model /nowhere.gguf does not exist\n")
  }

  @Test func `a model that cannot be loaded ends the server in one sentence`() async throws {
    let outcome = try await Command.serveLoading { server, _, model in
      try model.goOn()
      try await server.waitForOutput("Error: The model \(model.path) is not a GGUF file\n")
    }
    #expect(outcome.status == .exited(1))
    #expect(!outcome.output.contains("ready"))
  }

  @Test func `a server whose model loads stops at SIGTERM`() async throws {
    let outcome = try await Command.serveLoading { _, address, _ in
      let outcome = try await Command.run(["generate", "--server", address, "go"])
      #expect(outcome.status == .exited(1))
      #expect(
        outcome.errors
          == "Error: UNAVAILABLE: The model is still loading: try again in a moment (call again in 1 s)\n"
      )
    }
    #expect(outcome.status == .exited(0))
    #expect(!outcome.output.contains("ready"))
  }

  @Test func `a server without a model says what to give`() async throws {
    let outcome = try await Command.run(["serve"])
    #expect(outcome.status == .exited(64))
    #expect(outcome.errors.contains("--model"))
  }

  @Test func `a malformed environment stops the start`() async throws {
    let outcome = try await Command.run(["serve"], environment: ["TOKENWIRE_LISTEN": "here"])
    #expect(outcome.status == .exited(64))
    #expect(outcome.errors.contains("TOKENWIRE_LISTEN"))
  }

  @Test func `a configuration file comes from a variable, too`() async throws {
    try await withFolder { folder in
      let file = folder + "/server.json"
      try Data(#"{"generator": "scripted", "listen": "here"}"#.utf8).write(
        to: URL(fileURLWithPath: file)
      )
      let outcome = try await Command.run(["serve"], environment: ["TOKENWIRE_CONFIG": file])
      #expect(outcome.status == .exited(64))
      #expect(outcome.errors.contains(#""here", but must be "host:port""#))
    }
  }

  @Test func `a start that fails says which file it is about, and why`() async throws {
    try await LogFiles.with { files in
      for (flags, message) in [
        (["--log-file", "/nowhere/l"], "Error: /nowhere/l: "),
        (
          ["--key-file", files.folder + "/keys", "--revocation-file", "/nowhere/r"],
          "Error: The revocation file /nowhere/r cannot be opened: unable to open database file"
        ),
        (
          ["--key-file", "/nowhere/k"],
          "Error: The key file /nowhere/k cannot be opened: No such file or directory"
        ),
      ] {
        let outcome = try await Command.run(["serve", "--generator", "scripted"] + flags)
        #expect(outcome.status == .exited(1))
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
      }
    }
  }

  @Test func `settings without an effect are told`() async throws {
    let outcome = try await Command.serve(environment: ["TOKENWIRE_ANONYMOUS": "false"]) { _, _ in }
    #expect(outcome.errors.hasPrefix("Warning: --anonymous is false, but without --key-file"))
  }

  @Test(arguments: [["serve", "--nonsense"], ["nonsense"], ["serve", "--parallel"]])
  func `a wrong flag is refused with the usage`(arguments: [String]) async throws {
    let outcome = try await Command.run(arguments)
    #expect(outcome.status == .exited(64))
    #expect(outcome.errors.contains("Usage: tokenwire"))
  }
}

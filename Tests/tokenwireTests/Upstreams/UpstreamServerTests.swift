import Foundation
import Listening
import Subprocess
import TestCertificates
import TestTimes
import Testing

/// Servers whose models others have: Tokenwire behind itself, in both dialects.
@Suite struct UpstreamServerTests {
  /// Runs a server of the models of a file for as long as `body` runs.
  private static func serve(
    _ models: String,
    environment: [Environment.Key: String?] = [:],
    _ body: (_ server: Command, _ address: String, _ file: String) async throws -> Void
  ) async throws -> Command.Outcome {
    try await withFolder { folder in
      let file = folder + "/upstreams.json"
      try Self.write(models, to: file)
      return try await Command.run(
        ["serve", "--listen", "127.0.0.1:0", "--upstreams", file],
        environment: environment
      ) { server in
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

  @Test func `a chain of servers counts tokens where the last one can`() async throws {
    try await Command.serve { _, first in
      let models = ["tokenwire", "anthropic", "vllm", "openai"].map {
        Self.model($0, $0, "scripted", first)
      }
      _ = try await Self.serve(models.joined(separator: ", ")) { _, second, _ in
        let models = ["tokenwire", "anthropic", "vllm", "openai"].map {
          Self.model($0, "tokenwire", $0, second)
        }
        _ = try await Self.serve(models.joined(separator: ", ")) { _, third, _ in
          func count(_ server: String, _ model: String?) async throws -> Command.Outcome {
            try await Command.run(
              ["count", "--server", server] + (model.map { ["--model", $0] } ?? [])
                + ["--system", "Be brief.", "one two three"]
            )
          }
          let direct = try await count(first, nil)
          #expect(direct.status == .exited(0), "\(direct.errors)")
          for server in [second, third] {
            for model in ["tokenwire", "anthropic"] {
              let outcome = try await count(server, model)
              #expect(outcome.output == direct.output, "\(outcome.errors)")
            }
            // The scripted model has no vocabulary, and the kind openai no endpoint.
            for model in ["vllm", "openai"] {
              let outcome = try await count(server, model)
              #expect(outcome.output.isEmpty)
              #expect(outcome.errors.contains("UNIMPLEMENTED"))
              #expect(outcome.errors.contains("does not know CountTokens"))
            }
          }
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

  @Test func `what a text costs is in the log, also if its caller has ended it`() async throws {
    // Four bytes of a prompt count as a token, when its server does not say it, and so does a message.
    let prompt = String(repeating: "word ", count: 400)
    let file = """
      {"models": [{"name": "m", "kind": "openai-compatible", "model": "scripted",
      "base_url": "http://ADDRESS/v1", "prices": {"prompt": 1000, "completion": 1000000}}]}
      """
    try await Command.serve(environment: ["TOKENWIRE_SCRIPTED_PACE": "5ms"]) { _, first in
      let models = file.replacing("ADDRESS", with: first)
        .trimmingPrefix(#"{"models": ["#).dropLast(2)
      let outcome = try await Self.serve(
        String(models),
        environment: ["TOKENWIRE_ACCESS_LOG": "true"]
      ) { _, address, _ in
        let whole = try await Command.run([
          "generate", "--server", address, "--max-tokens", "9", "a b c",
        ])
        #expect(whole.status == .exited(0))
        let cut = try await Command.run([
          "generate", "--server", address, "--max-tokens", "100000", "--json", prompt,
        ]) { client in
          try await client.waitForOutput("\"delta\"", times: 3)
          let id = try #require(client.output.firstMatch(of: /"generation_id":"(gen-[0-9a-f]+)"/))
          let abort = try await Command.run(["abort", "--server", address, String(id.1)])
          #expect(abort.status == .exited(0), "\(abort.errors)")
        }
        #expect(cut.output.contains(#""finish_reason":"cancelled""#))
        #expect(cut.output.contains(#""prompt_tokens":504,"#))
        #expect(cut.output.contains(#""source":"counted""#))
      }
      let costs = outcome.errors.matches(of: #/ cost=([0-9.]+)/#).compactMap { Double($0.1) }
      #expect(costs.count == 2, "\(outcome.errors)")
      let served = outcome.errors.matches(of: #/ model=m .*replica=1 .*upstream_model=scripted/#)
      #expect(served.count == 2, "\(outcome.errors)")
      #expect(costs.first.map { 9 ... 9.1 ~= $0 } == true)
      #expect(costs.last.map { $0 >= 3.5 } == true)
    }
  }

  @Test func `the prompt of a text that its caller did not wait for is in the log`() async throws {
    let prompt = String(repeating: "word ", count: 400)
    // Longer than the test.
    try await Command.serve(environment: ["TOKENWIRE_SCRIPTED_PACE": "1h"]) { _, first in
      let model = """
        {"name": "m", "kind": "openai-compatible", "model": "scripted",
        "base_url": "http://\(first)/v1", "prices": {"prompt": 1000, "completion": 1000000}}
        """
      // Of a call that has ended before its server was asked, nothing is counted.
      try await withGrowingTime(from: .seconds(1)) { time in
        let outcome = try await Self.serve(
          model,
          environment: ["TOKENWIRE_ACCESS_LOG": "true"]
        ) { _, address, _ in
          let outcome = try await Command.run([
            "generate", "--server", address, "--max-tokens", "9",
            "--timeout", "\(Int(time / .milliseconds(1)))ms", prompt,
          ])
          #expect(outcome.errors.contains("DEADLINE_EXCEEDED"), "\(outcome.errors)")
        }
        let costs = outcome.errors.matches(of: #/ cost=([0-9.]+)/#).compactMap { Double($0.1) }
        return costs.count == 1 && 0.5 ... 0.51 ~= costs[0]
      }
    }
  }

  /// Two texts at once have two connections of HTTP/1.1, but one of HTTP/2.
  @Test func `servers with a certificate of one's own are asked over HTTP/2`() async throws {
    try await Certificates.withFolder { files in
      let environment: [Environment.Key: String?] = [
        "TOKENWIRE_TLS_CERTIFICATE": files.server.certificate,
        "TOKENWIRE_TLS_KEY": files.server.key, "TOKENWIRE_SCRIPTED_PACE": "5ms",
        "TOKENWIRE_ACCESS_LOG": "true",
      ]
      let first = try await Command.serve(environment: environment) { _, first in
        let port = first.split(separator: ":").last ?? ""
        let models = [("good", files.ca), ("bad", files.otherCA)].map { name, authorities in
          """
          {"name": "\(name)", "kind": "tokenwire", "model": "scripted",
          "base_url": "https://localhost:\(port)/v1", "ca_file": "\(authorities)"}
          """
        }
        _ = try await Self.serve(models.joined(separator: ", ")) { _, second, file in
          func generate(_ model: String, _ tokens: Int) -> [String] {
            ["generate", "--server", second, "--model", model, "--max-tokens", "\(tokens)", "go"]
          }
          let long = try await Command.run(generate("good", 100_000)) { client in
            try await client.waitForOutput("quick")
            let short = try await Command.run(generate("good", 2))
            #expect(short.output == "The quick\n")
            try client.send(.interrupt)
          }
          #expect(long.output.hasPrefix("The quick"))
          let refused = try await Command.run(generate("bad", 2))
          #expect(refused.errors.contains("UNAVAILABLE"))
          // The client asks again, and may at last find a server that rests.
          let check = try await Command.run(["upstreams", "check", file])
          #expect(check.output.contains("certificate may not be trusted"))
        }
      }
      let peers = first.errors.matches(of: /method=\S*Generate model=\S+ peer=(\S+)/).map(\.1)
      #expect(peers.count == 2, "\(first.errors)")
      #expect(Set(peers).count == 1, "\(first.errors)")
    }
  }

  @Test func `SIGHUP reads the authorities of servers again`() async throws {
    try await Certificates.withFolder { files in
      let environment: [Environment.Key: String?] = [
        "TOKENWIRE_TLS_CERTIFICATE": files.server.certificate,
        "TOKENWIRE_TLS_KEY": files.server.key,
      ]
      _ = try await Command.serve(environment: environment) { _, first in
        let authorities = files.path("authorities.pem")
        func trust(_ file: String) throws {
          try files.write(try String(contentsOfFile: file, encoding: .utf8), to: authorities)
        }
        try trust(files.otherCA)
        let port = first.split(separator: ":").last ?? ""
        let model = """
          {"name": "m", "kind": "tokenwire", "model": "scripted",
          "base_url": "https://localhost:\(port)/v1", "ca_file": "\(authorities)"}
          """
        _ = try await Self.serve(model) { server, second, _ in
          func generate() async throws -> Command.Outcome {
            try await Command.run(["generate", "--server", second, "--max-tokens", "2", "go"])
          }
          #expect(try await generate().errors.contains("UNAVAILABLE"))
          try trust(files.ca)
          try server.send(.terminalClosed)
          while try await generate().output != "The quick\n" {}
        }
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

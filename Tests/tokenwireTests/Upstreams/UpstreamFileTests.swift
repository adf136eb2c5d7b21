import Foundation
import Generation
import Identifiers
import Testing
import UpstreamGeneration

@testable import tokenwire

/// The file of models elsewhere.
@Suite struct UpstreamFileTests {
  /// Reads a file with these models.
  private static func models(
    _ text: String,
    _ change: (_ folder: String) throws -> Void = { _ in }
  ) async throws -> [UpstreamModel] {
    try await withFolder { folder in
      try change(folder)
      let path = folder + "/upstreams.json"
      let whole = text.replacing("FOLDER", with: folder)
      try Data(whole.utf8).write(to: URL(fileURLWithPath: path))
      return try UpstreamFile(path: path).models
    }
  }

  @Test func `all of it is read`() async throws {
    let models = try await Self.models(
      #"""
      {"models": [
        {"name": "gpt", "kind": "openai", "model": "gpt-4o", "base_url": "https://api.openai.com/v1/",
         "key_file": "FOLDER/key", "fallback": "own", "prompt": "message",
         "defaults": {"temperature": 0.5, "top_p": 0.9, "max_tokens": 900}, "context_length": 128000,
         "connect_timeout": "2s", "silence_timeout": "1m", "max_concurrent": 8, "max_queue": 0,
         "hedge_after": "500ms", "affinity_factor": 2, "check_interval": "10s",
         "prices": {"prompt": 2.5, "cached": 1.25, "completion": 10}},
        {"name": "own", "kind": "vllm", "replicas": [
          {"name": "a", "base_url": "http://10.0.0.1:8000/v1"},
          {"base_url": "http://10.0.0.2:8000/v1"}]},
        {"name": "azure", "kind": "azure", "api_version": "2024-10-21",
         "base_url": "https://x.openai.azure.com"}
      ]}
      """#
    ) { folder in
      let key = folder + "/key"
      try Data("sk-abc\n".utf8).write(to: URL(fileURLWithPath: key))
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
    }
    #expect(models.map(\.id) == ["gpt", "own", "azure"])
    #expect(
      models[0]
        == UpstreamModel(
          "gpt",
          kind: .openai,
          name: "gpt-4o",
          replicas: [UpstreamReplica(name: "1", baseURL: "https://api.openai.com/v1")],
          key: APIKey("sk-abc"),
          promptForm: .message,
          defaults: UpstreamDefaults(temperature: 0.5, topP: 0.9, maxTokens: 900),
          contextLength: 128_000,
          limits: UpstreamLimits(
            connectTimeout: .seconds(2),
            silenceTimeout: .seconds(60),
            concurrentCalls: 8,
            maximumQueue: 0,
            affinityFactor: 2,
            hedgeAfter: .milliseconds(500),
            checkInterval: .seconds(10)
          ),
          prices: TokenPrices(prompt: 2.5, cached: 1.25, completion: 10),
          fallback: "own"
        )
    )
    #expect(models[1].replicas.map(\.name) == ["a", "2"])
    #expect(models[1].name == "own")
    #expect(models[1].promptForm == .completion)
    #expect(models[1].limits.concurrentCalls == 256)
    #expect(models[2].limits.concurrentCalls == 100)
  }

  private static let model = #""name": "m", "kind": "openai", "base_url": "https://a.example/v1""#

  @Test(arguments: [
    ("[]", "must be an object"),
    ("{", "is not JSON"),
    (#"{"models": []}"#, "models is missing or empty"),
    (#"{"models": [{}], "x": 1}"#, "models[0].name is missing"),
    (#"{"models": [{\#(model)}], "x": 1}"#, ", x: there is no such member"),
    (
      #"{"models": [{\#(model), "temperature": 1}]}"#,
      "models[0].temperature: there is no such member"
    ),
    (
      #"{"models": [{"name": "m", "kind": "gpt", "base_url": "https://a"}]}"#,
      "one of openai, azure"
    ),
    (#"{"models": [{"name": "m", "kind": "openai"}]}"#, "models[0].replicas is missing"),
    (#"{"models": [{"name": "m", "kind": "openai", "base_url": "ftp://a"}]}"#, "\"ftp://a\""),
    (
      #"{"models": [{"name": "m", "kind": "openai", "base_url": "https://u:p@a"}]}"#, "without user"
    ),
    (#"{"models": [{\#(model), "key_env": "TOKENWIRE_NO_SUCH_KEY"}]}"#, "TOKENWIRE_NO_SUCH_KEY"),
    (#"{"models": [{\#(model), "key_file": "/nowhere"}]}"#, "No such file"),
    (#"{"models": [{\#(model), "key_file": "FOLDER/open"}]}"#, "chmod 600"),
    (#"{"models": [{\#(model), "ca_file": "/nowhere"}]}"#, "ca_file"),
    (#"{"models": [{\#(model), "ca_file": "/etc/hostname"}]}"#, "a PEM file of certificates"),
    (#"{"models": [{\#(model), "key_file": "FOLDER/long"}]}"#, "at most 4096 bytes"),
    (
      #"{"models": [{\#(model), "max_queue": 0.5}]}"#,
      "max_queue is 0.5, but must be a whole number"
    ),
    (#"{"models": [{\#(model), "context_length": 10.7}]}"#, "a whole number"),
    (
      #"{"models": [{"name": "m", "kind": "azure", "base_url": "https://a", "api_version": "1&x=y"}]}"#,
      "models[0].api_version"
    ),
    (
      #"{"models": [{"name": "m", "kind": "anthropic", "base_url": "https://a", "prompt": "completion"}]}"#,
      "models[0].prompt is \"completion\", but must be \"message\""
    ),
    (
      #"{"models": [{"name": "m", "kind": "anthropic", "base_url": "https://a", "defaults": {"temperature": 1.5}}]}"#,
      "from 0 to 1"
    ),
    (
      #"{"models": [{"name": "m", "kind": "anthropic", "base_url": "https://a", "defaults": {"temperature": 1, "top_p": 0.5}}]}"#,
      "models[0].defaults.top_p"
    ),
    (
      #"{"models": [{"name": "m", "kind": "vllm", "replicas": [{"base_url": "http://a/v1"}, {"base_url": "http://a/v1/"}]}]}"#,
      "models[0].replicas[1].base_url is \"http://a/v1\", but must be different"
    ),
    (#"{"models": [{\#(model), "api_version": "1"}]}"#, "api_version"),
    (#"{"models": [{\#(model)}, {\#(model)}]}"#, "two models \"m\""),
    (#"{"models": [{\#(model), "fallback": "x"}]}"#, "no model \"x\""),
    (#"{"models": [{\#(model), "fallback": "m"}]}"#, "fall back on each other"),
    (#"{"models": [{\#(model), "silence_timeout": "soon"}]}"#, "\"soon\""),
    (#"{"models": [{\#(model), "max_concurrent": 0}]}"#, "from 1 to 100000"),
    (#"{"models": [{\#(model), "defaults": {"seed": 1}}]}"#, "models[0].defaults.seed"),
    (
      #"{"models": [{"name": "m", "kind": "ollama", "base_url": "http://a/v1", "defaults": {"top_k": 5}}]}"#,
      "models[0].defaults.top_k is 5, but must be left out"
    ),
    (
      #"{"models": [{"name": "m", "kind": "vllm", "key_file": "FOLDER/key", "base_url": "http://10.0.0.1/v1"}]}"#,
      "https"
    ),
    (
      #"{"models": [{"name": "m", "kind": "vllm", "replicas": [{"base_url": "http://a/v1", "weight": 1}]}]}"#,
      "models[0].replicas[0].weight"
    ),
    (
      #"{"models": [{"name": "m", "kind": "vllm", "replicas": [{"name": "2", "base_url": "http://a/v1"}, {"base_url": "http://b/v1"}]}]}"#,
      "different for each replica"
    ),
  ])
  func `what is wrong is told with its place`(text: String, sentence: String) async throws {
    let error = try await #require(throws: ConfigurationError.self) {
      try await Self.models(text) { folder in
        for (name, mode) in [("open", 0o644), ("key", 0o600)] {
          try Data("sk-secret".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
          try FileManager.default.setAttributes(
            [.posixPermissions: mode],
            ofItemAtPath: "\(folder)/\(name)"
          )
        }
        let long = "\(folder)/long"
        try Data(repeating: UInt8(ascii: "k"), count: 5000).write(to: URL(fileURLWithPath: long))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: long)
      }
    }
    #expect(error.message.contains(sentence))
    #expect(!error.message.contains("sk-secret"))
  }

  @Test func `the usual variables name the proxy`() throws {
    func applies(_ variables: [String: String], _ url: String) throws -> Bool {
      let scheme = try #require(UpstreamURL(url)?.scheme)
      return try ProxyRules(scheme: scheme) { variables[$0] }.applies(to: url)
    }
    let proxy = "http://proxy.example:3128"
    #expect(try applies(["HTTPS_PROXY": proxy], "https://api.openai.com/v1"))
    #expect(try applies(["all_proxy": proxy], "http://a.example/v1"))
    #expect(try !applies(["HTTPS_PROXY": proxy], "http://a.example/v1"))
    // https://httpoxy.org
    #expect(try !applies(["HTTP_PROXY": proxy], "http://a.example/v1"))
    let exceptions = ["https_proxy": proxy, "no_proxy": "localhost, .corp.example,*.x.example"]
    #expect(try !applies(exceptions, "https://LOCALHOST/v1"))
    #expect(try !applies(exceptions, "https://a.corp.example/v1"))
    #expect(try !applies(exceptions, "https://x.example/v1"))
    #expect(try applies(exceptions, "https://notcorp.example/v1"))
    #expect(try !applies(["https_proxy": proxy, "no_proxy": "*"], "https://a.example/v1"))
    #expect(throws: UpstreamConfigurationError.self) {
      try applies(["https_proxy": "socks5://a"], "https://a.example/v1")
    }
  }
}

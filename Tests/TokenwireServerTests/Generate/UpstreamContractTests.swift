import Generation
import Identifiers
import Logging
import TestGenerators
import TestServers
import Testing
import UpstreamGeneration

/// Generators of other servers' models keep to what all generators promise.
@Suite struct UpstreamContractTests {
  @Test(arguments: [UpstreamKind.tokenwire, .vllm, .anthropic, .openai, .ollama])
  func `a model of another server does`(kind: UpstreamKind) async throws {
    let script = Script("The quick brown fox jumps over it. ", repeats: true)
    try await withEndpoint(of: ScriptedGenerator(script)) { endpoint in
      let replica = UpstreamReplica(name: "1", baseURL: "http://\(endpoint)/v1")
      let model = UpstreamModel("model", kind: kind, name: "scripted", replicas: [replica])
      try await GeneratorContract(
        of: GenerationRequest(input: .prompt("go"), maxTokens: 12)
      ) {
        UpstreamGenerator(model, logger: .silent)
      }.check()
    }
  }
}

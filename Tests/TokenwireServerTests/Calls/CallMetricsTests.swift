import Metrics
import MetricsTestKit
import RPC
import Testing
import TokenwireAPI
import TokenwireClient

@testable import TokenwireServer

/// What is counted of calls.
@Suite struct CallMetricsTests {
  @Test func `calls are counted by method and status, with their time and their tokens`()
    async throws
  {
    let metrics = TestMetrics()
    let interceptor = CallMetrics([TokenwireMethod.generate], factory: metrics)
    try await Secured.with(interceptors: [interceptor]) { server in
      var request = SecureGenerateTests.request()
      request.maxTokens = 2
      for try await _ in try await server.client.api.generate(request) {}
      await #expect(throws: CallError.self) {
        for try await _ in try await server.client.api.generate(GenerateRequest()) {}
      }
      _ = try await server.client.api.listModels(ListModelsRequest())
    }
    func calls(_ method: String, _ status: String) throws -> Int64 {
      try metrics.expectCounter("tokenwire_calls", [("method", method), ("status", status)])
        .totalValue
    }
    let method = TokenwireMethod.generate.description
    #expect(try calls(method, "OK") == 1)
    #expect(try calls(method, "INVALID_ARGUMENT") == 1)
    #expect(try calls("unknown", "OK") == 1)
    let tokens = try metrics.expectCounter("tokenwire_tokens_generated", [("method", method)])
    #expect(tokens.totalValue == 2)
    let duration = try metrics.expectTimer("tokenwire_call_duration", [("method", method)])
    #expect(duration.values.count == 2)
  }
}

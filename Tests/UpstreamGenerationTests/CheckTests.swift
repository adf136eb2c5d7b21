import Concurrency
import Generation
import Identifiers
import Testing
import UpstreamGeneration

/// What servers tell of their models.
@Suite struct CheckTests {
  private static func report(
    _ kind: UpstreamKind,
    _ steps: [FakeUpstream.Step]
  ) async throws -> UpstreamReport {
    let upstream = try await FakeUpstream.start(models: steps) { _, _ in [] }
    var model = UpstreamModel.of(upstream, kind: kind)
    if kind == .azure { model.apiVersion = "2024-10-21" }
    let reports = await UpstreamReport.reports(of: model, proxies: .none)
    try await upstream.stop()
    return try #require(reports.first)
  }

  private static func list(_ names: String...) -> [FakeUpstream.Step] {
    let entries = names.map { "{\"id\":\"\($0)\",\"max_model_len\":4096}" }
    return .answer(
      "{\"data\":[\(entries.joined(separator: ","))]}",
      type: "application/json"
    )
  }

  @Test(arguments: [
    (UpstreamKind.vllm, list("other", "there"), true), (.vllm, list("other"), false),
    // Without its tag, and with another one.
    (.ollama, list("there:latest"), true), (.ollama, list("there:8b"), false),
    // They have one model, whatever it is called.
    (.llamaServer, list("some.gguf"), true), (.tgi, list("org/name"), true),
    // Models, not deployments.
    (.azure, list("gpt-4o"), true),
    // The model itself, perhaps by another name.
    (
      .anthropic,
      .answer(
        #"{"type":"model","id":"there-20250101","max_input_tokens":9}"#,
        type: "application/json"
      ),
      true
    ), (.anthropic, .refusal("404 Not Found", #"{"error":{"type":"not_found_error"}}"#), false),
    (.openai, .refusal("404 Not Found"), false),
    (.compatible, .refusal("404 Not Found"), true), (.openai, .refusal("401 Unauthorized"), false),
    (.openai, .refusal("503 Service Unavailable"), false), (.openai, [.close], false),
  ])
  func `each kind tells in its way whether it has the model`(
    kind: UpstreamKind,
    steps: [FakeUpstream.Step],
    isWell: Bool
  ) async throws {
    let report = try await Self.report(kind, steps)
    #expect(report.isWell == isWell, "\(report.words)")
  }

  @Test func `the length of the context comes with the model`() async throws {
    #expect(try await Self.report(.vllm, Self.list("there")).contextLength == 4096)
    let model = #"{"type":"model","id":"there","max_input_tokens":200000}"#
    let steps = [FakeUpstream.Step].answer(model, type: "application/json")
    #expect(try await Self.report(.anthropic, steps).contextLength == 200_000)
  }

  @Test func `a model without a server is not available, before any call`() async throws {
    let isUp = Monitor(false)
    let dead = try await FakeUpstream.start(models: [.close]) { _, _ in [] }
    let late = try await FakeUpstream.start(
      models: isUp.withLock { $0 } ? Self.list("there") : .refusal("503 Service Unavailable")
    ) { _, _ in [] }
    let limits = UpstreamLimits(checkInterval: .milliseconds(20))
    try await withGenerator(.of(dead, late, limits: limits)) { generator in
      while generator.model.isAvailable { await Task.yield() }
      isUp.update { $0 = true }
      while !generator.model.isAvailable { await Task.yield() }
    }
    try await dead.stop()
    try await late.stop()
  }

  @Test func `a server that fails for its list alone is there`() async throws {
    let asked = Monitor(0)
    @Sendable func list() -> [FakeUpstream.Step] {
      asked.update { $0 += 1 }
      return .refusal("500 Internal Server Error")
    }
    let upstream = try await FakeUpstream.start(models: list()) { _, _ in [] }
    let limits = UpstreamLimits(checkInterval: .milliseconds(20))
    try await withGenerator(.of(upstream, limits: limits)) { generator in
      // The second round comes when the first has ended.
      await asked.wait { $0 >= 2 }
      #expect(generator.model.isAvailable)
    }
    try await upstream.stop()
  }

  @Test func `a server that comes late is asked again`() async throws {
    let isUp = Monitor(false)
    let upstream = try await FakeUpstream.start(
      models: isUp.withLock { $0 } ? Self.list("there") : [.close]
    ) { _, _ in [] }
    let limits = UpstreamLimits(checkInterval: .milliseconds(20))
    try await withGenerator(.of(upstream, limits: limits)) { generator in
      try await Task.sleep(for: .milliseconds(100))
      #expect(generator.model.contextLength == Int(Int32.max))
      isUp.update { $0 = true }
      while generator.model.contextLength != 4096 { await Task.yield() }
    }
    try await upstream.stop()
  }
}

import Foundation
import Generation
import Identifiers
import Logging
import NIOCore
import Protobuf
import RPC
import Testing
import TokenwireAPI

@testable import ConformanceDriver
@testable import TokenwireServer

/// The conformance cases of Generate, over a transport that knows nothing but `RPC`.
@Suite struct GenerateConformanceTests {
  @Test(arguments: ConformanceCase.ofGenerate)
  func `a transport of lines of JSON is as good as any other`(
    _ testCase: ConformanceCase
  )
    async throws
  {
    try await Self.withClient(of: testCase.server) { client in
      for expected in testCase.calls {
        let outcome = try await Self.make(expected.call, with: client)
        try Self.compare(outcome, of: expected.call, with: expected.expected)
      }
    }
  }

  @Test func `there are cases`() {
    #expect(ConformanceCase.ofGenerate.count >= 20)
  }

  private static func withClient(
    of server: String,
    _ body: @escaping @Sendable (ToyClient) async throws -> Void
  ) async throws {
    let script = try #require(ConformanceCase.texts[Identifier(server)])
    let generator = ScriptedGenerator(Script(script.text, repeats: true), pace: script.pace)
    let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    let models = ModelCatalog(
      [ModelSource(generator.model.id) { generator }],
      ModelLoading(begin: .demand),
      logger: logger
    )
    let dispatcher = CallDispatcher(
      services: [GenerationService(models: models, logger: logger).definition],
      interceptors: [AccessControl(AccessRules(), keepsLog: false, logger: logger)],
      limits: CallLimits(),
      logger: logger
    )
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await models.slots[0].run {} }
      defer { group.cancelAll() }
      try await ToyClient.with(dispatcher, body)
    }
  }

  /// Makes a call, as ConformanceDriver does.
  private static func make(_ call: Call, with client: ToyClient) async throws -> Outcome {
    var outcome = Outcome()
    do {
      if call.call == "abort" {
        let request = AbortRequest(generationID: call.generationId ?? "")
        try await client.call(TokenwireMethod.abort, request.encoded) { _ in true }
        return outcome
      }
      let request = call.generateRequest.encoded
      try await client.call(TokenwireMethod.generate, request, seconds: call.timeout) { bytes in
        let response = try GenerateResponse(serialized: bytes)
        outcome.responses.append(Response(response))
        if outcome.responses.count == call.abortAfter {
          let id = outcome.responses.first?.started?.generationId ?? ""
          let request = AbortRequest(generationID: id)
          try await client.begin(TokenwireMethod.abort, request.encoded)
        }
        return outcome.responses.count != call.cancelAfter
      }
    } catch let error as CallError {
      outcome.fail(error)
    }
    return outcome
  }

  private static func compare(_ outcome: Outcome, of call: Call, with expected: Data) throws {
    let object = try JSONSerialization.jsonObject(with: expected)
    let expected = try #require(object as? [String: NSObject])
    #expect(outcome.status == expected["status"] as? String ?? "OK", "\(outcome.message)")
    var actual = outcome.summary
    // That call asks for the first of several texts.
    if call.call == "text" {
      actual["text"] = (actual["texts"] as? [[String: NSObject]])?.first?["text"]
    }
    for (name, value) in expected where name != "status" {
      let found = try #require(actual[name], "\(name)")
      #expect(Self.contains(found, value), "\(name): \(found) is not \(value)")
    }
    #expect(outcome.responses.compactMap(\.seq) == Array(0 ..< UInt64(outcome.responses.count)))
  }
}

extension GenerateConformanceTests {
  /// Whether one value is another, which may have members that are not expected.
  private static func contains(_ value: NSObject, _ expected: NSObject) -> Bool {
    if let expected = expected as? [String: NSObject] {
      let members = value as? [String: NSObject] ?? [:]
      return expected.allSatisfy { name, expected in
        members[name].map { Self.contains($0, expected) } ?? false
      }
    }
    if let expected = expected as? [NSObject] {
      let items = value as? [NSObject] ?? []
      return items.count == expected.count
        && zip(items, expected).allSatisfy { Self.contains($0, $1) }
    }
    return value == expected
  }
}

extension Message {
  fileprivate var encoded: ByteBuffer {
    var buffer = ByteBuffer()
    self.serialize(into: &buffer)
    return buffer
  }
}

extension Outcome {
  /// A stream as one, however it was cut into deltas: what `_summary` in expectations.py makes of it.
  fileprivate var summary: [String: NSObject] {
    var summary: [String: NSObject] = ["message": self.message as NSString]
    var texts: [Int32: JoinedText] = [:]
    var text = ""
    for response in self.responses {
      if let started = response.started {
        summary["model"] = started.model as NSString
        summary["seed"] = NSNumber(value: started.seed)
        summary["user_id"] = started.userId as NSString
        summary["prompt_tokens"] = NSNumber(value: started.promptTokens)
      } else if let finished = response.finished {
        summary["finish_reason"] = finished.finishReason as NSString
        summary["matched_stop"] = finished.matchedStop as NSString
        summary["completion_tokens"] = NSNumber(value: finished.usage.completionTokens)
        summary["incomplete"] = NSNumber(value: finished.incomplete)
        summary["reasoning_tokens"] = NSNumber(value: finished.usage.reasoningTokens)
        texts[finished.index, default: JoinedText()].finishReason = finished.finishReason
      } else if let delta = response.delta {
        text += delta.text
        texts[delta.index, default: JoinedText()].append(delta)
      }
    }
    summary.merge(texts[0, default: JoinedText()].members) { $1 }
    summary["text"] = text as NSString
    summary["texts"] = texts.keys.sorted().compactMap { texts[$0]?.members } as NSArray
    return summary
  }
}

/// The deltas of one text.
private struct JoinedText {
  var finishReason: String?
  private var text = ""
  private var reasoningText = ""
  private var calls: [Int32: [String: String]] = [:]

  mutating func append(_ delta: Response.DeltaEvent) {
    self.text += delta.text
    self.reasoningText += delta.reasoningText
    for piece in delta.toolCalls {
      let members = ["id": piece.id, "name": piece.name, "arguments": piece.arguments]
      self.calls[piece.index, default: [:]].merge(members) { $0 + $1 }
    }
  }

  var members: [String: NSObject] {
    var members: [String: NSObject] = [
      "text": self.text as NSString,
      "reasoning_text": self.reasoningText as NSString,
      "tool_calls": self.calls.keys.sorted().compactMap { self.calls[$0] } as NSArray,
    ]
    if let finishReason { members["finish_reason"] = finishReason as NSString }
    return members
  }
}

import Generation
import Identifiers
import NIOCore

@testable import UpstreamGeneration

/// What servers of models answer: whatever they send, its meaning does not depend on where it is cut.
struct UpstreamTarget: FuzzTarget {
  private static let kinds: [UpstreamKind] = [.openai, .anthropic, .tokenwire]

  var seeds: [ByteBuffer] {
    [
      "\u{0}data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
      "\u{0}data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}}]}\r\n\r\n",
      "\u{0}data: {\"error\":{\"type\":\"server_error\",\"message\":\"no\"}}\n\n",
      "\u{1}event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":3}}}\n\n",
      "\u{1}data: {\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\"}}\n\n",
      "\u{2}: ping\n\ndata:{\"choices\":[{\"text\":\"a\",\"logprobs\":{\"tokens\":[\"a\"],\"token_logprobs\":[-1]}}],\"usage\":{\"completion_tokens\":1}}\r\r",
    ].map { ByteBuffer(string: $0) }
  }

  func run(_ input: ByteBuffer) {
    guard let first = input.readableBytesView.first else { return }
    let bytes = Array(input.readableBytesView.dropFirst())
    let kind = Self.kinds[Int(first) % Self.kinds.count]
    let whole = Self.read([bytes], kind)
    let single = Self.read(bytes.map { [$0] }, kind)
    fail("cut, it means \(single), else \(whole)", unless: whole == single)
  }

  /// What a caller gets of an answer.
  private struct Meaning: Equatable {
    var text = ""
    var reasoning = ""
    var calls: [Int: String] = [:]
    var reasons: [FinishReason] = []
    var failed = false
  }

  private static func read(_ pieces: [[UInt8]], _ kind: UpstreamKind) -> Meaning {
    let model = UpstreamModel("m", kind: kind, replicas: [UpstreamReplica(name: "r", baseURL: "")])
    var answer = UpstreamAnswer(
      to: GenerationRequest(input: .prompt("a")),
      of: model,
      from: "r",
      ThoughtMemory(),
      requestSize: 100,
      arrival: .now
    )
    var news: [GenerationEvent] = []
    var meaning = Meaning()
    do {
      for piece in pieces where !answer.isDone { try answer.read(piece, into: &news) }
      try answer.finish(into: &news)
    } catch {
      meaning.failed = true
    }
    for event in news {
      switch event {
      case .delta(let delta):
        meaning.text += delta.text
        meaning.reasoning += delta.reasoning
        for call in delta.toolCalls { meaning.calls[call.index, default: ""] += call.arguments }
      case .finished(let finished): meaning.reasons.append(finished.reason)
      case .started, .progress, .promptLogprobs: break
      }
    }
    return meaning
  }
}

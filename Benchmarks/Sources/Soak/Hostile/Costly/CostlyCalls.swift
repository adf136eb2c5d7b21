import NIOCore

/// Callers who ask for what is allowed, and costs a server much beside the model's work. They ask again
/// as soon as they are answered.
struct CostlyCalls: Attack {
  let name: String
  let calls: [Call]

  /// Each with nothing else, and all together.
  static let all: [CostlyCalls] = [
    .plain, .largeTexts, .controlTokens, .schemas, .grammars, .stopStrings,
  ]

  /// One call, as the bytes of its frame.
  struct Call {
    let frame: ByteBuffer

    /// - Parameter fields: those of the request by their numbers, all of them texts.
    init(_ method: String, _ fields: [(number: UInt64, text: String)], maxTokens: UInt64? = nil) {
      var request = ByteBuffer()
      for (number, text) in fields { request.writeField(number, ByteBuffer(string: text)) }
      if let maxTokens {
        request.writeTag(6, wireType: 0)
        request.writeVarint(maxTokens)
      }
      var frame = ByteBuffer()
      frame.writeCall(method, request)
      self.frame = frame
    }

    static func count(_ prompt: String) -> Call { Call("CountTokens", [(2, prompt)]) }

    /// A text of a few tokens, with more fields.
    static func generate(_ fields: [(number: UInt64, text: String)]) -> Call {
      Call("Generate", [(2, "Give an example.")] + fields, maxTokens: 20)
    }
  }

  /// So many at once, whatever they ask for: more callers keep others waiting longer by being more.
  static let callers = 4

  func attack(_ target: Target) async throws {
    await withTaskGroup { group in
      for caller in 0 ..< Self.callers {
        group.addTask {
          for index in stride(from: caller, to: self.calls.count, by: Self.callers)
          where !Task.isCancelled {
            try? await self.ask(self.calls[index], target)
          }
        }
      }
    }
  }

  private func ask(_ call: Call, _ target: Target) async throws {
    try await target.withConnection(closes: .afterAnswer) { connection in
      try await connection.send(call.frame)
      try await connection.waitForEnd(atMost: 5)
    }
  }
}

/// Repeats a text.
func * (text: String, count: Int) -> String {
  String(repeating: text, count: count)
}

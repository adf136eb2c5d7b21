import TokenwireAPI

/// The calls of a text, joined from their pieces.
struct JoinedCalls {
  private var calls: [Int32: ToolCall] = [:]

  var isEmpty: Bool { self.calls.isEmpty }

  mutating func append(_ pieces: [ToolCallDelta]) {
    for piece in pieces {
      var call = self.calls[piece.index] ?? ToolCall()
      call.id += piece.id
      call.name += piece.name
      call.arguments += piece.arguments
      self.calls[piece.index] = call
    }
  }

  /// Takes all, in the order of their indexes.
  mutating func removeAll() -> [ToolCall] {
    defer { self.calls = [:] }
    return self.calls.sorted { $0.key < $1.key }.map(\.value)
  }
}

internal import Generation
internal import Identifiers

extension Conversation {
  /// What the model thought before the calls of its messages, by their places.
  ///
  /// A model that calls tools goes on with the turn that it has begun. Anthropic refuses to let it think
  /// in one that has not begun with thoughts.
  ///
  /// - Returns: nil when it cannot think now.
  func thoughts(
    from memory: ThoughtMemory,
    for requester: Requester
  ) -> [Int: [SignedThought]]? {
    var thoughts: [Int: [SignedThought]] = [:]
    for (place, message) in self.messages.enumerated() {
      for call in message.toolCalls where thoughts[place] == nil {
        thoughts[place] = memory.thoughts(before: call.id, for: requester)
      }
    }
    let calls = self.callsInTurn
    guard let first = calls.first else { return thoughts }
    // Later calls of a turn may come without thoughts, but what comes from elsewhere may lack them.
    let areKnown = calls.allSatisfy { thoughts[$0] != nil }
    return areKnown && thoughts[first]?.isEmpty == false ? thoughts : nil
  }

  /// Whether the model has called tools in the turn that it goes on with.
  var isInTurn: Bool { !self.callsInTurn.isEmpty }

  private var callsInTurn: [Int] {
    self.messages.indices[self.turnStart...].filter { !self.messages[$0].toolCalls.isEmpty }
  }

  /// Where the model's turn begins: behind the last message of the user that does not come with results.
  private var turnStart: Int {
    let last = self.messages.indices.last { place in
      self.messages[place].role == .user
        && (place == 0 || self.messages[place - 1].role != .tool)
    }
    return last.map { $0 + 1 } ?? 0
  }
}

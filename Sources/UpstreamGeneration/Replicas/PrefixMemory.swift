internal import Generation
internal import Identifiers

/// What requests have in common whose prompts begin alike: the name of their conversation, or the
/// beginning itself.
struct PrefixKey: Hashable {
  private let hash: Int

  /// How much of a prompt counts, in bytes: what is longer is mostly another conversation.
  private static let beginning = 1024

  init(_ request: GenerationRequest) {
    var hasher = Hasher()
    if !request.sessionID.isEmpty {
      // Conversations of different users may have the same name.
      hasher.combine(request.requester)
      hasher.combine(request.sessionID)
    } else {
      switch request.input {
      case .prompt(let prompt): Self.combine(prompt, &hasher)
      case .tokens(let tokens): hasher.combine(Array(tokens.prefix(Self.beginning / 4)))
      case .conversation(let conversation):
        // As far as the user's first message: what follows is not there yet in the first request.
        let messages = conversation.messages
        let first = messages.firstIndex { $0.role == .user } ?? messages.startIndex
        for message in messages.prefix(first + 1) { Self.combine(message.content, &hasher) }
      }
    }
    self.hash = hasher.finalize()
  }

  private static func combine(_ text: String, _ hasher: inout Hasher) {
    hasher.combine(Array(text.utf8.prefix(self.beginning)))
  }
}

/// Which server has last seen which beginnings of prompts.
struct PrefixMemory {
  private static let capacity = 8192

  private var replicas: [PrefixKey: Int] = [:]
  /// The half that was not used lately, dropped when the other is full.
  private var old: [PrefixKey: Int] = [:]

  func replica(of key: PrefixKey) -> Int? { self.replicas[key] ?? self.old[key] }

  mutating func remember(_ key: PrefixKey, at replica: Int) {
    self.replicas[key] = replica
    if self.replicas.count >= Self.capacity / 2 {
      self.old = self.replicas
      self.replicas = [:]
    }
  }
}

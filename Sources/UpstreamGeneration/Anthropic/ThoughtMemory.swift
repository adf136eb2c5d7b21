internal import Generation
internal import Identifiers
internal import Synchronization

/// What a model of Anthropic thought before its calls of tools.
///
/// Anthropic demands it back with the calls' results, but our callers' forms have no place for signatures.
/// What is lost here is not an error: the model then goes on without thinking.
final class ThoughtMemory: Sendable {
  /// The most that is kept, in bytes.
  private static let capacity = 16 << 20
  /// What the place of a call takes besides.
  private static let sizeOfCall = 256

  /// The ids of calls are Anthropic's, but a caller may name that of another's.
  private struct Key: Hashable {
    let requester: Requester
    let call: Identifier
  }

  private struct State {
    var thoughts: [Key: [SignedThought]] = [:]
    var size = 0
    /// What was not used lately, dropped when the other half is full.
    var old: [Key: [SignedThought]] = [:]

    mutating func keep(_ thoughts: [SignedThought], _ key: Key) {
      self.thoughts[key] = thoughts
      let place = ThoughtMemory.sizeOfCall + key.call.utf8.count
      self.size += thoughts.reduce(place) { $0 + $1.size }
      if self.size < ThoughtMemory.capacity / 2 { return }
      self.old = self.thoughts
      self.thoughts = [:]
      self.size = 0
    }
  }

  private let state = Mutex(State())
  private let unasked = Atomic(false)

  /// Whether the model was found to think without being asked.
  var thinksUnasked: Bool { self.unasked.load(ordering: .relaxed) }

  /// Keeps what was thought before a call.
  ///
  /// - Parameter isAsked: whether the request asked for thoughts.
  func keep(
    _ thoughts: [SignedThought],
    before call: Identifier,
    for requester: Requester,
    isAsked: Bool
  ) {
    if !isAsked, !thoughts.isEmpty { self.unasked.store(true, ordering: .relaxed) }
    self.state.withLock { $0.keep(thoughts, Key(requester: requester, call: call)) }
  }

  /// What was thought before a call; nil when that is not known.
  func thoughts(before call: Identifier, for requester: Requester) -> [SignedThought]? {
    let key = Key(requester: requester, call: call)
    return self.state.withLock { state in
      if let thoughts = state.thoughts[key] { return thoughts }
      guard let thoughts = state.old.removeValue(forKey: key) else { return nil }
      state.keep(thoughts, key)
      return thoughts
    }
  }
}

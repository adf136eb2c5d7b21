internal import Generation
internal import Identifiers
internal import Logging
internal import Synchronization

/// What a call needs of its generator.
struct UpstreamService: Sendable {
  let pool: ReplicaPool
  let lessons: UpstreamLessons
  let clients: UpstreamClients
  let logger: Logger
  /// Finds what answers when no server can.
  let fallback: @Sendable () -> UpstreamGenerator?

  var model: UpstreamModel { self.pool.model }
}

/// What was learned of a model's servers.
final class UpstreamLessons: Sendable {
  private let state: Mutex<UpstreamQuirks>

  init(_ kind: UpstreamKind) {
    self.state = Mutex(UpstreamQuirks(kind))
  }

  var quirks: UpstreamQuirks { self.state.withLock { $0 } }

  /// Learns from the refusal of a request that was made as `asked` says.
  ///
  /// - Returns: whether the same request may succeed now.
  func learn(from error: GenerationError, after asked: UpstreamQuirks) -> Bool {
    var learned = asked
    guard learned.learn(from: error) else { return false }
    let quirks = learned
    return self.state.withLock { state in
      // Another call may have learned the same, or even the opposite, which is then not tried again.
      defer { state = quirks }
      return state == asked || state == quirks
    }
  }
}

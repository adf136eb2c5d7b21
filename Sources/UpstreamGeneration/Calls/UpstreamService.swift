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

  /// Tells the operator why a server did not answer.
  func log(_ failure: UpstreamFailure, of server: Int) {
    if failure == .cancelled { return }
    self.logger.info(
      "\(failure.error.message)\(failure.detail)",
      metadata: [
        "model": "\(self.model.id)",
        "replica": "\(self.model.replicas[server].name)",
      ]
    )
  }
}

/// What was learned of a model's servers.
final class UpstreamLessons: Sendable {
  private let state: Mutex<UpstreamQuirks>
  /// What the model thought before calls of tools.
  let thoughts = ThoughtMemory()

  init(_ kind: UpstreamKind) {
    self.state = Mutex(UpstreamQuirks(kind))
  }

  var quirks: UpstreamQuirks { self.state.withLock { $0 } }

  /// Keeps what has made a server take a request, beside what other calls have learned meanwhile.
  func keep(_ quirks: UpstreamQuirks) {
    self.state.withLock { $0.add(quirks) }
  }
}

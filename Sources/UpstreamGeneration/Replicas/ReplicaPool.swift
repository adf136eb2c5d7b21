internal import Concurrency
internal import Generation
internal import Identifiers

/// The servers of a model: which is asked next, and who waits for one.
final class ReplicaPool: Sendable {
  let model: UpstreamModel
  private let state: Monitor<State>

  private struct State {
    var replicas: [Replica]
    var queue = FairLine<Waiter>()
    var prefixes = PrefixMemory()
  }

  private struct Replica {
    var calls = 0
    var health = ReplicaHealth()
  }

  /// A call that waits for a server.
  private final class Waiter: Sendable {
    let excluded: Set<Int>
    let prefix: PrefixKey
    let outcome = Monitor<Result<Lease, UpstreamFailure>?>(nil)

    init(_ prefix: PrefixKey, excluded: Set<Int>) {
      self.prefix = prefix
      self.excluded = excluded
    }
  }

  /// The right to call a server.
  struct Lease {
    /// Its index in the model's replicas.
    let server: Int
    /// The number of the call that tries it after a rest.
    fileprivate let trial: Int?
  }

  /// How a call has ended, for what is known of its server.
  enum Outcome {
    case success
    case failure
    /// It says nothing about the server.
    case unknown
  }

  init(_ model: UpstreamModel) {
    self.model = model
    self.state = Monitor(State(replicas: Array(repeating: Replica(), count: model.replicas.count)))
  }

  /// Whether a server may be asked now, or is well but busy.
  var isAvailable: Bool {
    let now = ContinuousClock.now
    return self.state.withLock { state in
      state.replicas.contains { !$0.health.isResting || $0.health.mayBeAsked(at: now) }
    }
  }

  /// The servers that rest after failures.
  var resting: [Int] {
    self.state.withLock { state in
      state.replicas.indices.filter { state.replicas[$0].health.isResting }
    }
  }

  /// The number of calls to a server now, and of those that wait, for tests.
  var load: (calls: [Int], waiting: Int) {
    self.state.withLock { state in (state.replicas.map(\.calls), state.queue.count) }
  }

  /// Waits for a server. Who gets one must `release` it.
  ///
  /// - Parameters:
  ///   - excluded: the servers that have failed the request.
  /// - Throws: when no server is well, too many wait, or the task is cancelled.
  func acquire(
    for requester: Requester,
    _ prefix: PrefixKey,
    excluding excluded: Set<Int> = []
  ) async throws(UpstreamFailure) -> Lease {
    let waiter = Waiter(prefix, excluded: excluded)
    let now = ContinuousClock.now
    let outcome = try self.state.withLock { state throws(UpstreamFailure) -> Lease? in
      if let lease = self.choose(for: waiter, in: &state, now) { return lease }
      if let failure = self.failure(of: waiter, in: state, now) { throw failure }
      if state.queue.count >= self.model.limits.maximumQueue {
        throw .queueIsFull(self.model.limits.maximumQueue)
      }
      state.queue.append(waiter, of: requester)
      return nil
    }
    if let outcome { return outcome }
    if let result = await waiter.outcome.firstUnlessCancelled({ $0 }) { return try result.get() }
    let wasWaiting = self.state.withLock { state in
      let count = state.queue.count
      state.queue.removeAll { $0 === waiter }
      return state.queue.count < count
    }
    if !wasWaiting, case .success(let lease)? = waiter.outcome.withLock({ $0 }) {
      self.release(lease, .unknown)
    }
    throw .cancelled
  }

  /// Ends a call, and lets the next one begin.
  func release(_ lease: Lease, _ outcome: Outcome) {
    let index = lease.server
    let now = ContinuousClock.now
    let jitter = Double.random(in: 0 ... 1)
    self.state.withLock { state in
      state.replicas[index].calls -= 1
      switch outcome {
      case .success: state.replicas[index].health.succeed()
      case .failure: state.replicas[index].health.fail(lease.trial, at: now, jitter: jitter)
      case .unknown: state.replicas[index].health.abandon(lease.trial)
      }
      self.wake(in: &state, now)
    }
  }

  /// A server has begun to answer a call: it is well, however long the answer takes.
  func confirm(_ index: Int) {
    let now = ContinuousClock.now
    self.state.withLock { state in
      guard state.replicas[index].health.isResting else { return }
      state.replicas[index].health.succeed()
      self.wake(in: &state, now)
    }
  }

  /// Lets calls go on that wait for a server whose rest is over.
  func wakeWaiting() {
    let now = ContinuousClock.now
    self.state.withLock { state in self.wake(in: &state, now) }
  }

  /// A check has found that a server answers again.
  func endRest(_ index: Int) {
    let now = ContinuousClock.now
    self.state.withLock { state in
      state.replicas[index].health.endRest(at: now)
      self.wake(in: &state, now)
    }
  }

  // MARK: Waiting

  /// Gives servers to those who wait, and failures to those for whom there is none.
  ///
  /// Under the lock: a call that is cancelled meanwhile is either still in the queue, or finds the
  /// server that it must release.
  private func wake(in state: inout State, _ now: ContinuousClock.Instant) {
    if state.queue.count == 0 { return }
    var queue = FairLine<Waiter>()
    swap(&queue, &state.queue)
    while state.replicas.contains(where: { self.hasRoom($0, now) }),
      let waiter = queue.removeFirst(where: { self.find(for: $0, in: state, now) != nil })
    {
      guard let lease = self.choose(for: waiter, in: &state, now) else { break }
      waiter.outcome.update { $0 = .success(lease) }
    }
    // Most calls wait for a server that is well but busy: nothing more is looked at for these.
    let well = state.replicas.indices.filter { state.replicas[$0].health.wait(at: now) == nil }
    while let waiter = queue.removeFirst(where: { waiter in
      well.allSatisfy(waiter.excluded.contains) && self.failure(of: waiter, in: state, now) != nil
    }) {
      guard let failure = self.failure(of: waiter, in: state, now) else { break }
      waiter.outcome.update { $0 = .failure(failure) }
    }
    swap(&queue, &state.queue)
  }

  // MARK: Choosing

  private func choose(
    for waiter: Waiter,
    in state: inout State,
    _ now: ContinuousClock.Instant
  ) -> Lease? {
    guard let index = self.find(for: waiter, in: state, now) else { return nil }
    state.replicas[index].calls += 1
    let trial = state.replicas[index].health.begin()
    state.prefixes.remember(waiter.prefix, at: index)
    return Lease(server: index, trial: trial)
  }

  /// The least busy server that is well and has room, or the one that knows the prompt's beginning, if
  /// it is not much busier.
  private func find(
    for waiter: Waiter,
    in state: State,
    _ now: ContinuousClock.Instant
  ) -> Int? {
    let candidates = state.replicas.indices.filter { index in
      !waiter.excluded.contains(index) && self.hasRoom(state.replicas[index], now)
    }
    // From a random one on, so that those with equally many calls are asked equally often.
    let start = candidates.isEmpty ? 0 : Int.random(in: candidates.indices)
    let turned = candidates[start...] + candidates[..<start]
    guard let least = turned.min(by: { state.replicas[$0].calls < state.replicas[$1].calls }) else {
      return nil
    }
    guard let known = state.prefixes.replica(of: waiter.prefix), candidates.contains(known) else {
      return least
    }
    let most = Double(state.replicas[least].calls + 1) * self.model.limits.affinityFactor
    return Double(state.replicas[known].calls) <= most ? known : least
  }

  private func hasRoom(_ replica: Replica, _ now: ContinuousClock.Instant) -> Bool {
    replica.calls < self.model.limits.concurrentCalls && replica.health.mayBeAsked(at: now)
  }

  /// Why a call need not wait; nil when a server will have room.
  private func failure(
    of waiter: Waiter,
    in state: State,
    _ now: ContinuousClock.Instant
  ) -> UpstreamFailure? {
    let left = state.replicas.indices.filter { !waiter.excluded.contains($0) }
    let waits = left.map { state.replicas[$0].health.wait(at: now) }
    if waits.contains(where: { $0 == nil }) { return nil }
    // A trial decides for those who wait.
    if left.contains(where: { state.replicas[$0].calls > 0 && state.replicas[$0].health.isResting })
    {
      return nil
    }
    return .noneIsWell(retryAfter: waits.compactMap { $0 }.min() ?? .seconds(1))
  }
}

extension UpstreamFailure {
  fileprivate static func noneIsWell(retryAfter: Duration) -> UpstreamFailure {
    UpstreamFailure(
      error: GenerationError(
        .unavailable,
        "None of the model's servers answers: call again later",
        retryAfter: max(retryAfter, .milliseconds(100))
      ),
      mayTryAnother: false,
      isServersFault: false
    )
  }

  fileprivate static func queueIsFull(_ capacity: Int) -> UpstreamFailure {
    UpstreamFailure(
      error: .queueIsFull(capacity: capacity, retryAfter: .seconds(1)),
      mayTryAnother: false,
      isServersFault: false
    )
  }
}

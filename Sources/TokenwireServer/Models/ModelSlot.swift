internal import Concurrency
internal import Generation
internal import Identifiers
internal import Logging
internal import RPC

/// One model, which is loaded and unloaded as needed.
final class ModelSlot: Sendable {
  /// The phase of a model; after the last phase it is `unloaded` again.
  enum Phase: Sendable {
    case unloaded
    case loading
    case ready(any TextGenerator)
  }

  private struct State {
    var phase: Phase
    /// The model's description, known once it was loaded.
    var description: ModelDescription?
    /// The number of requests that use the model or wait for it.
    var uses = 0
    var lastUse = ContinuousClock.now
    var isWanted = false
    /// The number of attempts to load it so far.
    var attempts = 0
    /// The last attempt that failed, and why.
    var failure: (attempt: Int, error: CallError)?
    /// Whether the model is no longer among the server's.
    var isRetired = false

    /// Whether an attempt has ended, and without a model.
    func hasFailed(_ attempt: Int) -> Bool {
      if let failure { failure.attempt >= attempt } else { false }
    }
  }

  let id: Identifier
  let revision: Int
  private let loader: GeneratorLoader
  private let loading: ModelLoading
  private let logger: Logger
  private let state: Monitor<State>

  init(_ source: ModelSource, _ loading: ModelLoading, logger: Logger) {
    self.id = source.id
    self.revision = source.revision
    self.loader = GeneratorLoader(source.load)
    self.loading = loading
    self.logger = logger
    self.state = Monitor(State(phase: loading.begin == .start ? .loading : .unloaded))
  }

  var phase: Phase { self.state.withLock { $0.phase } }

  /// What is known of the model now; nil before it was loaded.
  var description: ModelDescription? {
    self.state.withLock { state in
      if case .ready(let generator) = state.phase { generator.model } else { state.description }
    }
  }

  /// Counts a user of the model, which stays loaded until `release`. Call it before `loaded`, so
  /// that the model is not unloaded before its first user has it.
  func hold() {
    self.state.withLock { $0.uses += 1 }
  }

  func release() {
    self.state.update { state in
      state.uses -= 1
      state.lastUse = .now
    } wakingIf: {
      $0.isRetired
    }
  }

  /// Ends `run` when the last user has released the model.
  func retire() {
    self.state.update { $0.isRetired = true }
  }

  private var isRetired: Bool { self.state.withLock { $0.isRetired } }

  /// The model, when it is loaded.
  ///
  /// - Throws: `unavailable` while the server starts and the model loads, because the wait is
  ///   unknown and clients try again; also when the model cannot be loaded.
  func loaded() async throws -> any TextGenerator {
    // The attempt to load the model that this caller waits for.
    var attempt = 0
    while true {
      try Task.checkCancellation()
      let generator = try self.state.update { state throws(CallError) in
        if case .ready(let generator) = state.phase { return generator as (any TextGenerator)? }
        if self.loading.begin == .start, state.description == nil { throw .modelIsLoading }
        if attempt > 0, let failure = state.failure, failure.attempt >= attempt {
          throw failure.error
        }
        if case .loading = state.phase {
          if attempt == 0 { attempt = state.attempts }
        } else if attempt <= state.attempts {
          attempt = state.attempts + 1
          state.isWanted = true
        }
        return nil
      } wakingIf: {
        $0.isWanted
      }
      if let generator { return generator }
      let awaited = attempt
      await self.state.waitUnlessCancelled { state in
        switch state.phase {
        case .ready: true
        case .loading: state.hasFailed(awaited)
        case .unloaded: state.attempts >= awaited
        }
      }
    }
  }
}

/// Loading and unloading.
extension ModelSlot {
  /// Loads the model when it is needed, runs it, and unloads it after its idle timeout.
  ///
  /// - Parameter onReady: called each time the model is loaded.
  /// - Throws: when a model that the server needs at the start cannot be loaded.
  func run(onReady: @Sendable () async -> Void) async throws {
    while !Task.isCancelled && !self.isRetired {
      if self.loading.begin == .demand || self.description != nil {
        await self.state.waitUnlessCancelled { $0.isWanted || $0.isRetired }
        if Task.isCancelled || self.isRetired { return }
        self.logger.info("Loading a model", metadata: ["model": "\(self.id)"])
      }
      guard let generator = try await self.load() else { continue }
      await onReady()
      await self.generate(with: generator)
    }
  }

  /// - Returns: nil when this task is cancelled or the model cannot be loaded.
  private func load() async throws -> (any TextGenerator)? {
    let isStart = self.loading.begin == .start && self.description == nil
    self.state.update { state in
      state.phase = .loading
      state.isWanted = false
      state.attempts += 1
    }
    do {
      // After a cancellation the thread still loads the model, so the phase stays.
      guard let generator = try await self.loader.generator() else { return nil }
      self.state.update { state in
        state.phase = .ready(generator)
        state.description = generator.model
        state.lastUse = .now
      }
      return generator
    } catch {
      if isStart { throw error }
      self.logger.error("A model cannot be loaded: \(error)", metadata: ["model": "\(self.id)"])
      self.state.update { state in
        state.phase = .unloaded
        state.failure = (state.attempts, .modelCannotBeLoaded(self.id))
      }
      return nil
    }
  }

  private func generate(with generator: any TextGenerator) async {
    await withTaskGroup { group in
      group.addTask { await generator.run() }
      if let timeout = self.loading.idleTimeout {
        group.addTask { await self.waitUntilIdle(for: timeout) }
      }
      group.addTask {
        await self.state.waitUnlessCancelled { $0.isRetired && $0.uses == 0 }
      }
      await group.next()
      group.cancelAll()
    }
    self.state.update { $0.phase = .unloaded }
    if !Task.isCancelled && !self.isRetired {
      self.logger.info("A model was idle and is unloaded", metadata: ["model": "\(self.id)"])
    }
  }

  /// Returns when the model was not used for `timeout`. From then on it cannot be used.
  private func waitUntilIdle(for timeout: Duration) async {
    while !Task.isCancelled {
      let next = self.state.withLock { state -> ContinuousClock.Instant? in
        let now = ContinuousClock.now
        if state.uses > 0 { return now + timeout }
        if state.lastUse + timeout > now { return state.lastUse + timeout }
        state.phase = .unloaded
        return nil
      }
      guard let next else { return }
      // When the sleep is cancelled, the loop's condition ends it.
      try? await Task.sleep(until: next)
    }
  }
}

extension CallError {
  fileprivate static let modelIsLoading = CallError(
    .unavailable,
    "The model is still loading: try again in a moment",
    retryAfter: .seconds(1)
  )

  fileprivate static func modelCannotBeLoaded(_ id: Identifier) -> CallError {
    CallError(.unavailable, "The model \"\(id)\" cannot be loaded; the server's log says why")
  }
}

internal import Concurrency
internal import Generation
internal import Identifiers
internal import Synchronization

/// Asks one server after the other for a text, until one gives it.
///
/// Nothing is asked of a second server after the first token.
final class UpstreamAttempts: Sendable {
  private struct Result {
    var excluded: Set<Int>
    var failure: UpstreamFailure?
  }

  private let call: UpstreamCall
  private let state: CallState
  private let service: UpstreamService
  private let prefix: PrefixKey
  private let result: Mutex<Result>

  /// - Parameters:
  ///   - excluded: servers that have failed.
  ///   - failure: why the last of them did.
  init(
    _ call: UpstreamCall,
    _ state: CallState,
    _ service: UpstreamService,
    excluded: Set<Int>,
    _ failure: UpstreamFailure?
  ) {
    self.call = call
    self.state = state
    self.service = service
    self.prefix = PrefixKey(call.request)
    self.result = Mutex(Result(excluded: excluded, failure: failure))
  }

  /// The servers that have failed.
  var excluded: Set<Int> { self.result.withLock { $0.excluded } }
  /// Why there is no text; nil when there is.
  var failure: UpstreamFailure? { self.result.withLock { $0.failure } }

  func run() async {
    let failure = await self.generate()
    self.result.withLock { $0.failure = failure }
  }

  private func generate() async -> UpstreamFailure? {
    while true {
      let server: Int
      do throws(UpstreamFailure) {
        server = try await self.acquire()
      } catch {
        // What the servers have said tells more than that none is left.
        let reason = error == .cancelled ? error : self.failure ?? error
        return await self.fallBack(from: reason)
      }
      guard let failure = await self.race(server) else { return nil }
      guard failure.mayTryAnother, !self.state.hasWinner, !Task.isCancelled else {
        return self.state.hasWinner ? failure : await self.fallBack(from: failure)
      }
      self.result.withLock { $0.failure = failure }
    }
  }

  private func acquire() async throws(UpstreamFailure) -> Int {
    try await self.service.pool.acquire(
      for: self.call.request.requester,
      self.prefix,
      excluding: self.excluded
    )
  }

  /// Asks a server and, if it does not begin soon, a second one.
  private func race(_ first: Int) async -> UpstreamFailure? {
    guard let patience = self.service.model.limits.hedgeAfter else { return await self.ask(first) }
    return await withTaskGroup(of: UpstreamFailure?.self) { group in
      group.addTask { await self.contend(first) }
      group.addTask {
        // The sleep of a task that is cancelled ends early.
        try? await Task.sleep(for: patience)
        if Task.isCancelled || self.state.hasWinner { return .cancelled }
        self.result.withLock { _ = $0.excluded.insert(first) }
        guard let second = try? await self.acquire() else { return .cancelled }
        return await self.contend(second)
      }
      var failure = UpstreamFailure.cancelled
      for await outcome in group {
        guard let outcome else {
          group.cancelAll()
          return nil
        }
        if outcome != .cancelled { failure = outcome }
        if self.state.hasWinner && outcome != .cancelled { break }
      }
      group.cancelAll()
      return failure
    }
  }

  /// Asks a server until another one is first.
  private func contend(_ server: Int) async -> UpstreamFailure? {
    await withTaskGroup(of: UpstreamFailure?.self) { group in
      group.addTask { await self.ask(server) }
      group.addTask {
        await self.state.changes.waitUnlessCancelled { $0.winner != nil && $0.winner != server }
        return .cancelled
      }
      let outcome = await group.next() ?? .cancelled
      group.cancelAll()
      return outcome
    }
  }

  /// Asks a server, and tells the pool how it went.
  private func ask(_ server: Int) async -> UpstreamFailure? {
    let stream = UpstreamStream(self.call, self.state, self.service, server)
    do throws(UpstreamFailure) {
      try await stream.run()
      self.service.pool.release(server, .success)
      return nil
    } catch {
      var failure = error
      if failure == .cancelled, self.state.isFinished {
        self.service.pool.release(server, .success)
        return nil
      }
      if failure == .cancelled, self.state.isSilent {
        failure = .silent(self.service.model.limits.silenceTimeout)
      }
      self.service.pool.release(
        server,
        failure.isServersFault ? .failure : failure == .cancelled ? .unknown : .success
      )
      self.result.withLock { _ = $0.excluded.insert(server) }
      return self.state.hasWinner ? failure.afterFirstToken : failure
    }
  }

  /// Has another model generate the text, when none of the servers can.
  private func fallBack(from failure: UpstreamFailure) async -> UpstreamFailure? {
    guard failure.allowsFallback, !Task.isCancelled, let fallback = self.service.fallback() else {
      return failure
    }
    do throws(GenerationError) {
      var iterator = try await fallback.generate(self.call.request).makeAsyncIterator()
      while true {
        let events = try await iterator.nextBatch()
        if events.isEmpty { return Task.isCancelled ? .cancelled : nil }
        _ = self.state.claim(.fallback)
        await self.call.push(Array(events), self.state)
      }
    } catch {
      return UpstreamFailure(error: error, mayTryAnother: false, isServersFault: false)
    }
  }
}

extension Int {
  /// In place of the index of a server.
  fileprivate static let fallback = -1
}

extension UpstreamFailure {
  fileprivate var allowsFallback: Bool {
    switch self.error.code {
    case .unavailable, .resourceExhausted, .failedPrecondition, .modelNotFound: self != .cancelled
    default: false
    }
  }
}

extension UpstreamCall {
  /// Passes events on, and waits while the reader is behind.
  ///
  /// - Returns: false when nobody reads any more.
  @discardableResult
  func push(_ events: [GenerationEvent], _ state: CallState) async -> Bool {
    var readers = WaitingReaders()
    var demand = self.buffer.push(contentsOf: events, waking: &readers)
    readers.wake()
    while demand == .full {
      await state.changes.waitUnlessCancelled { _ in self.buffer.demand != .full }
      if Task.isCancelled { return false }
      demand = self.buffer.demand
    }
    return demand != .abandoned
  }
}

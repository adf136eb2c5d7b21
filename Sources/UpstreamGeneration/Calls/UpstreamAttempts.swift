internal import Concurrency
internal import Generation
internal import Identifiers
internal import Synchronization

/// Asks one server after the other for a text, until one gives it.
///
/// Nothing is asked of a second server after the first token.
final class UpstreamAttempts: Sendable {
  private let call: UpstreamCall
  private let state: CallState
  private let service: UpstreamService
  private let prefix: PrefixKey
  /// The servers that have failed, or are asked.
  private let asked = Mutex<[Int: ReplicaPool.Lease]>([:])

  init(_ call: UpstreamCall, _ state: CallState, _ service: UpstreamService) {
    self.call = call
    self.state = state
    self.service = service
    self.prefix = PrefixKey(call.request)
  }

  /// - Returns: why there is no whole text; nil when there is.
  func run() async -> UpstreamFailure? {
    var last: UpstreamFailure?
    while true {
      let server: Int
      do throws(UpstreamFailure) {
        server = try await self.acquire()
      } catch {
        // What a server has said tells more than that none is left.
        return await self.fallBack(from: error == .cancelled ? error : last ?? error)
      }
      guard let failure = await self.race(server) else { return nil }
      if self.state.winner != nil || Task.isCancelled { return failure }
      guard failure.mayTryAnother else { return await self.fallBack(from: failure) }
      last = failure
    }
  }

  /// A server that was not asked yet.
  private func acquire() async throws(UpstreamFailure) -> Int {
    let lease = try await self.service.pool.acquire(
      for: self.call.request.requester,
      self.prefix,
      excluding: self.asked.withLock { Set($0.keys) }
    )
    self.asked.withLock { $0[lease.server] = lease }
    return lease.server
  }

  /// Asks a server and, if it does not begin soon, a second one.
  private func race(_ first: Int) async -> UpstreamFailure? {
    guard let patience = self.service.model.limits.hedgeAfter else { return await self.ask(first) }
    return await withTaskGroup(of: RaceEvent.self) { group in
      group.addTask { .ended(first, await self.ask(first)) }
      group.addTask {
        // The sleep of a task that is cancelled ends early.
        try? await Task.sleep(for: patience)
        if Task.isCancelled || self.state.winner != nil { return .late(nil) }
        return .late(try? await self.acquire())
      }
      var running = 1
      var last = UpstreamFailure.cancelled
      // Nil while the race goes on.
      var result: UpstreamFailure??
      for await event in group {
        switch event {
        case .late(nil): break
        case .late(let second?):
          if result != nil || self.state.winner != nil {
            self.giveBack(second)
          } else {
            running += 1
            group.addTask { .ended(second, await self.ask(second)) }
          }
        case .ended(let server, let failure):
          running -= 1
          let winner = self.state.winner
          if let failure, failure != .cancelled { last = failure }
          // With a winner, how others end does not matter.
          if result != nil || (winner != nil && winner != server) { continue }
          if failure == nil || winner != nil {
            result = failure
          } else if running == 0 || last.isRequestsFault {
            result = last
          }
        }
        if result != nil { group.cancelAll() }
      }
      return result ?? last
    }
  }

  /// What happens while a server is asked, and perhaps another one.
  private enum RaceEvent {
    /// The first is late: the second, if there is one.
    case late(Int?)
    case ended(Int, UpstreamFailure?)
  }

  /// Returns a server that was not asked.
  private func giveBack(_ server: Int) {
    if let lease = self.asked.withLock({ $0.removeValue(forKey: server) }) {
      self.service.pool.release(lease, .unknown)
    }
  }

  /// Tells the pool how the call of a server has ended.
  private func release(_ server: Int, _ outcome: ReplicaPool.Outcome) {
    if let lease = self.asked.withLock({ $0[server] }) { self.service.pool.release(lease, outcome) }
  }

  /// Asks a server until it has given the text or was silent for too long, or another one is first; and
  /// tells the pool how it went.
  private func ask(_ server: Int) async -> UpstreamFailure? {
    var failure = await withTaskGroup(of: UpstreamFailure?.self) { group in
      group.addTask {
        var stream = UpstreamStream(self.call, self.state, self.service, server)
        do throws(UpstreamFailure) {
          try await stream.run()
          return nil
        } catch {
          return error
        }
      }
      group.addTask {
        await self.state.changes.waitUnlessCancelled { state in
          state.silent.contains(server) || (state.winner != nil && state.winner != server)
        }
        return .cancelled
      }
      let first = await group.next() ?? .cancelled
      group.cancelAll()
      return first
    }
    self.state.endWait(for: server)
    if failure == .cancelled {
      if self.state.isFinished, self.state.winner == server {
        failure = nil
      } else if self.state.isSilent(server) {
        failure = .silent(self.service.model.limits.silenceTimeout)
      }
    }
    guard let failure else {
      self.release(server, .success)
      return nil
    }
    // One that has failed has cost nothing.
    if failure != .cancelled { self.call.buffer.expect(nil) }
    self.release(
      server,
      failure.isServersFault ? .failure : failure == .cancelled ? .unknown : .success
    )
    self.service.log(failure, of: server)
    return self.state.winner == server ? failure.afterFirstToken : failure
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
      // Before a token, what the model's own servers say is the reason.
      if self.state.winner == nil { return failure }
      return UpstreamFailure(error: error, mayTryAnother: false, isServersFault: false)
    }
  }
}

extension Int {
  /// In place of the index of a server.
  fileprivate static let fallback = -1
}

extension UpstreamFailure {
  /// Whether every server would refuse the request.
  fileprivate var isRequestsFault: Bool { self != .cancelled && !self.mayTryAnother }

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

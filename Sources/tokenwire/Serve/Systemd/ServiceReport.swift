import Concurrency
import Logging
import NIOCore
import NIOPosix
import Systemd

/// Tells the service manager when the server is ready, alive, and stopping.
actor ServiceReport {
  private let executor = ThreadExecutor(name: "tokenwire-notify")
  private let notifier: ServiceNotifier
  private let logger: Logger
  /// In order, so that no sign of life comes before the server is ready.
  private let notices: AsyncStream<[ServiceState]>
  nonisolated private let queue: AsyncStream<[ServiceState]>.Continuation

  /// - Returns: nil when no manager listens.
  /// - Throws: `NotifyError` when the manager's socket cannot be used.
  init?(logger: Logger) throws(NotifyError) {
    guard let notifier = try ServiceNotifier() else { return nil }
    self.notifier = notifier
    self.logger = logger
    (self.notices, self.queue) = AsyncStream.makeStream()
  }

  /// A thread of its own, because the manager may be slow to take a notice.
  nonisolated var unownedExecutor: UnownedSerialExecutor {
    self.executor.asUnownedSerialExecutor()
  }

  /// Queues a notice.
  nonisolated func report(_ states: ServiceState...) {
    self.queue.yield(states)
  }

  /// Sends notices while `body` runs, and signs of life if the manager wants them.
  nonisolated func during(_ body: () async throws -> Void) async throws {
    try await withThrowingDiscardingTaskGroup { group in
      group.addTask { await self.send() }
      // What is queued is sent before the group ends.
      defer { self.queue.finish() }
      try await self.reportingLife(body)
    }
  }

  nonisolated private func reportingLife(_ body: () async throws -> Void) async throws {
    guard let interval = Watchdog.interval() else { return try await body() }
    try await withThrowingDiscardingTaskGroup { group in
      group.addTask { await self.reportLife(each: interval) }
      try await body()
      group.cancelAll()
    }
  }

  private func send() async {
    for await states in self.notices {
      do throws(NotifyError) {
        try self.notifier.notify(states)
      } catch {
        self.logger.error("\(error)")
      }
    }
  }

  /// A sign of life is one of all event loops: where one hangs, its connections do.
  nonisolated private func reportLife(each interval: Duration) async {
    while (try? await Task.sleep(for: interval)) != nil {
      for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() {
        // It fails when the loop has ended, which is no sign of life.
        guard (try? await loop.submit {}.get()) != nil else { return }
      }
      self.report(.watchdog)
    }
  }
}

extension ServiceReport? {
  /// Runs `body`, and reports to the manager if there is one.
  func during(_ body: () async throws -> Void) async throws {
    guard let self else { return try await body() }
    try await self.during(body)
  }
}

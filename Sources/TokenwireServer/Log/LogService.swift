internal import Logging
internal import RequestLog
internal import ServiceLifecycle

/// Keeps the log within its limits while the server runs, then closes it.
struct LogService: Service {
  let log: any LogStore
  let retention: Retention
  /// How often entries that are too old or too many are removed.
  let pruneInterval: Duration
  let logger: Logger

  /// The longest time between two checks of the log's size.
  private static let sizeInterval = Duration.seconds(1)

  func run() async {
    await cancelWhenGracefulShutdown {
      await withDiscardingTaskGroup { group in
        group.addTask { await self.log.run() }
        group.addTask { await self.keepPruned() }
      }
    }
    await self.log.close()
  }

  private func keepPruned() async {
    while !Task.isCancelled {
      await self.prune()
      let due = ContinuousClock.now + self.pruneInterval
      var isTooLarge = false
      while !Task.isCancelled, .now < due, !isTooLarge {
        // When the sleep is cancelled, the conditions of both loops end them.
        try? await Task.sleep(for: min(self.pruneInterval, Self.sizeInterval))
        isTooLarge = await self.log.exceeds(self.retention)
      }
    }
  }

  private func prune() async {
    guard self.retention != Retention() else { return }
    do {
      let removal = try await self.log.prune(self.retention)
      guard removal.entries > 0 else { return }
      self.logger.info(
        "Removed log entries for their age, or the log's size",
        metadata: ["entries": "\(removal.entries)", "bytes": "\(removal.bytes)"]
      )
    } catch {
      // The server stops; the rest is removed when it runs again.
      if error.code == .cancelled { return }
      self.logger.error("The log cannot be pruned", metadata: ["error": "\(error)"])
    }
  }
}

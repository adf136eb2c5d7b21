internal import Logging
internal import RequestLog
internal import ServiceLifecycle

/// Keeps the log within its limits while the server runs, and closes it when no call needs it.
struct LogService: Service {
  let log: any LogStore
  let retention: Retention
  /// How often entries that are too many or too old are looked for.
  let pruneInterval: Duration
  let logger: Logger

  /// How often the log's size is looked at, at least.
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
        // A sleep that is cancelled ends both loops by their conditions.
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
      self.logger.error("The log cannot be pruned", metadata: ["error": "\(error)"])
    }
  }
}

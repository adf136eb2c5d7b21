internal import Concurrency
internal import Identifiers
public import Logging
public import RequestLog

/// A log that acknowledges entries when they are on a disk of this machine, and brings them into another
/// log, the target, which may be out of reach for long.
///
/// `run` forwards the entries in order, with their ids and times, and removes them from the local log when
/// the target has them durably. All that reads asks the target.
public final class OutboxLog: LogStore {
  /// Opens the target.
  ///
  /// - Parameter isFirst: whether no attempt has failed before. Later ones need not tell of errors: the
  ///   outbox does.
  public typealias Opening =
    @Sendable (_ isFirst: Bool) async throws(LogError) -> any ForwardingTarget

  /// How long `close` goes on forwarding what the local log still has.
  static let closingTime = Duration.seconds(5)

  let local: any ForwardingSource
  let opening: Opening
  let logger: Logger
  let room: OutboxRoom
  /// Of entries that are acknowledged.
  let arrivals = CommitNews()
  let state = Monitor(State())

  /// Whether the target takes entries. `append` goes on while it does not.
  public let conditions = LogConditions()

  /// Entries are acknowledged before they are in the log that others read.
  public var durability: LogDurability { .localSynced }

  struct State {
    /// Nil until it was opened.
    var target: (any ForwardingTarget)?
    /// Why the target could not be opened, or did not take entries, when that was last tried.
    var failure: LogCondition?
    var targetCondition = LogCondition.working
    var isClosed = false
    var endsFollowing = false
    /// Whether somebody forwards entries of the local log, or erases them: one at a time.
    var isTurnTaken = false
    /// How many wait to erase, which come first.
    var waitingErasures = 0
    /// Whether the target may still store entries of an attempt that has failed, or of one before this
    /// start.
    var isInDoubt = true
    /// Entries up to this one stay in the local log, because the target does not take them.
    var lastRefused: ULID?
    /// Whether removed entries may have left something in the local log's files.
    var hasTraces = true
  }

  private init(
    _ local: any ForwardingSource,
    maximumBytes: Int,
    logger: Logger,
    _ opening: @escaping Opening
  ) {
    self.local = local
    self.opening = opening
    self.logger = logger
    self.room = OutboxRoom(local, maximumBytes: maximumBytes)
  }

  /// Opens the target, or goes on without it when it is unavailable: `run` then tries it again.
  ///
  /// - Parameters:
  ///   - local: keeps the entries that are not forwarded yet; it is closed with the outbox.
  ///   - maximumBytes: how large it may become; then entries are refused.
  ///   - logger: is told when the target is lost and found, and of entries that it does not take.
  /// - Throws: `invalid` or `newerSchema`, which waiting does not help. The local log is then closed.
  public static func open(
    _ local: any ForwardingSource,
    maximumBytes: Int,
    logger: Logger,
    target: @escaping Opening
  ) async throws(LogError) -> OutboxLog {
    let log = OutboxLog(local, maximumBytes: maximumBytes, logger: logger, target)
    do throws(LogError) {
      _ = try await log.connect(isFirst: true)
    } catch {
      guard [.invalid, .newerSchema].contains(error.code) else { return log }
      await local.close()
      throw error
    }
    return log
  }

  /// Stores an entry in the local log, and returns when it is on the disk.
  ///
  /// An idempotency key is known for as long as its entry is in the local log. When the same one is used
  /// again later, or on another node, the target keeps one entry of equal content, and entries of other
  /// content without the key.
  ///
  /// - Throws: as the local log; `overloaded` when it is as large as it may be.
  public func append(_ entry: NewEntry) async throws(LogError) -> StoredEntry {
    let size = entry.prompt.utf8.count.addingClamped(entry.response.utf8.count)
    try await self.room.take(size)
    do throws(LogError) {
      let stored = try await self.local.append(entry)
      self.room.finish(size, isStored: true)
      self.arrivals.announce()
      return stored
    } catch {
      self.room.finish(size, isStored: false)
      throw error
    }
  }

  /// Forwards entries, and keeps both logs going, until the log is closed or the task is cancelled.
  public func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask { await self.runTarget() }
      group.addTask { await self.keepForwarding() }
      group.addTask { await self.keepClean() }
      await self.local.run()
      group.cancelAll()
    }
  }

  /// Forwards what it can in a few seconds, and closes both logs. What is then still in the local log is
  /// forwarded when it is opened again.
  public func close() async {
    await self.forwardRest()
    let target = self.state.update { state in
      state.isClosed = true
      return state.target
    }
    self.arrivals.close()
    await target?.close()
    await self.local.close()
  }
}

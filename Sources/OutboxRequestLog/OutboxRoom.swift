internal import RequestLog
internal import Synchronization

/// How much more fits into the local log of an outbox.
///
/// The log's size is measured now and then; what has come since is added to it. A part of the disk stays
/// free: on a full one nothing could be removed, and so the outbox would stay full.
final class OutboxRoom: Sendable {
  private struct State {
    /// Nil before the first measurement.
    var measured: Int?
    var storedSince = 0
    var inFlight = 0
  }

  /// About what an entry takes besides its texts.
  private static let overhead = 512
  /// What stays free of the disk, in bytes: to remove entries, the log writes about as much as they have,
  /// and it has up to 16 MiB that are still to be copied into its file.
  static let diskReserve = 64 << 20
  /// When to try again: by then the target may be there again.
  private static let retryTime = Duration.seconds(15)

  private let log: any ForwardingSource
  private let maximumBytes: Int
  private let state = Mutex(State())

  init(_ log: any ForwardingSource, maximumBytes: Int) {
    self.log = log
    self.maximumBytes = maximumBytes
  }

  /// Takes room for an entry; `finish` must follow.
  ///
  /// - Throws: `overloaded` when there is none, `diskFull`, `unavailable`.
  func take(_ size: Int) async throws(LogError) {
    if let free = self.log.freeDiskBytes, free < size.addingClamped(Self.diskReserve) {
      throw .diskOfOutboxIsFull(retryAfter: Self.retryTime)
    }
    if self.takeIfThere(size) { return }
    try await self.measure()
    guard self.takeIfThere(size) else { throw .outboxIsFull(retryAfter: Self.retryTime) }
  }

  func finish(_ size: Int, isStored: Bool) {
    self.state.withLock { state in
      state.inFlight -= size + Self.overhead
      if isStored { state.storedSince += size + Self.overhead }
    }
  }

  /// Measures the log, from which entries may have been removed.
  func measure() async throws(LogError) {
    // What is stored during the measurement counts twice until the next one, rather than not at all.
    self.state.withLock { $0.storedSince = 0 }
    let bytes = try await self.log.usedBytes()
    self.state.withLock { $0.measured = bytes }
  }

  private func takeIfThere(_ size: Int) -> Bool {
    self.state.withLock { state in
      guard let measured = state.measured else { return false }
      let size = size + Self.overhead
      guard measured + state.storedSince + state.inFlight + size <= self.maximumBytes else {
        return false
      }
      state.inFlight += size
      return true
    }
  }
}

extension LogError {
  fileprivate static func diskOfOutboxIsFull(retryAfter: Duration) -> LogError {
    LogError(
      .diskFull,
      """
      The disk of the log's outbox has less than \(OutboxRoom.diskReserve >> 20) MiB left, without \
      which it cannot forward what it has; nothing was stored. Send it again when the database has \
      taken entries, or the server's operator has made room
      """,
      retryAfter: retryAfter
    )
  }

  fileprivate static func outboxIsFull(retryAfter: Duration) -> LogError {
    LogError(
      .overloaded,
      """
      The log's outbox is full, because its database has not taken entries for too long; nothing was \
      stored. Send it again when the database is there; or have the server's operator raise \
      --log-outbox-max-size
      """,
      retryAfter: retryAfter
    )
  }
}

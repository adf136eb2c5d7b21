#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// Ends the waiting of a thread for its connection, from another thread.
public final class Wakeup: Sendable {
  /// A pipe: there is something to read in it while it is signalled.
  let descriptor: CInt
  private let writing: CInt

  /// Creates one that nobody has signalled.
  ///
  /// - Throws: `cannotConnect` when the process may open no more files.
  public init() throws(PostgreSQLError) {
    var descriptors: [CInt] = [-1, -1]
    guard pipe(&descriptors) == 0 else {
      throw PostgreSQLError(.cannotConnect, "the process may open no more files")
    }
    for descriptor in descriptors {
      // They fail only for a descriptor that is not open.
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }
    self.descriptor = descriptors[0]
    self.writing = descriptors[1]
  }

  deinit {
    close(self.descriptor)
    close(self.writing)
  }

  /// Ends the waiting; if nobody waits, the next waiting ends at once.
  public func signal() {
    var byte: UInt8 = 0
    // It fails only when the pipe is full of signals.
    _ = write(self.writing, &byte, 1)
  }

  /// Takes back all signals.
  public func reset() {
    var bytes = [UInt8](repeating: 0, count: 64)
    while read(self.descriptor, &bytes, bytes.count) > 0 {}
  }

  /// Blocks the thread until it is signalled, or the time is over; the signal stays.
  ///
  /// - Returns: whether it is signalled.
  public func wait(until deadline: ContinuousClock.Instant) -> Bool {
    var place = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
    while true {
      let count = poll(&place, 1, deadline.milliseconds)
      if count != -1 || errno != EINTR { return count > 0 }
    }
  }
}

extension ContinuousClock.Instant {
  /// The time from now on, rounded up, as poll(2) takes it.
  var milliseconds: CInt {
    let rest = ContinuousClock.now.duration(to: self)
    return CInt(
      clamping: Int128(max(rest, .zero).attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    )
  }
}

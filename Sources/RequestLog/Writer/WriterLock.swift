#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// The right to write to a log, which one process can have. However the process ends, the kernel
/// takes the right back.
///
/// It is an `flock` on a file beside the database, which is never removed: removing it would let
/// two processes lock two files of the same name. The database itself is not locked, because
/// closing it would drop SQLite's own locks (https://sqlite.org/howtocorrupt.html section 2.2).
final class WriterLock: Sendable {
  private let file: Int32

  /// - Throws: `locked` when someone else has it, in this process or another.
  init(path: String) throws(LogError) {
    let file = openat(AT_FDCWD, path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      throw LogError(.unavailable, "The log's lock file cannot be opened", cause: SystemError())
    }
    // From here on `deinit` closes it, also when this throws.
    self.file = file
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      let error = SystemError()
      throw error.number == EWOULDBLOCK
        ? LogError(.locked, "Another process writes to this log; only one may")
        : LogError(.unavailable, "The log's lock file cannot be locked", cause: error)
    }
  }

  deinit {
    close(self.file)
  }
}

/// The error of the last system call.
struct SystemError: Error, CustomStringConvertible {
  let number = errno

  var description: String { String(cString: strerror(self.number)) }
}

internal import RequestLog

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// A lock that lets one process write to a log. The kernel releases it however the process ends.
///
/// It is an `flock` on a file beside the database, because closing the database file itself would
/// drop SQLite's own locks (https://sqlite.org/howtocorrupt.html section 2.2).
final class WriterLock: Sendable {
  private let path: String
  private let file: Int32

  /// - Throws: `locked` when another holds it, in this process or in another one.
  init(path: String) throws(LogError) {
    self.path = path
    while true {
      let file = openat(AT_FDCWD, path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
      guard file >= 0 else {
        throw LogError(.unavailable, "The log's lock file cannot be opened", cause: SystemError())
      }
      guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
        let error = SystemError()
        close(file)
        throw error.number == EWOULDBLOCK
          ? LogError(.locked, "Another process writes to this log; only one may")
          : LogError(.unavailable, "The log's lock file cannot be locked", cause: error)
      }
      // The previous holder may have removed the file meanwhile: then this is not the lock.
      if Self.isFile(file, at: path) {
        self.file = file
        return
      }
      close(file)
    }
  }

  deinit {
    // A process that is being started has all files until it becomes another program, and would hold the lock.
    flock(self.file, LOCK_UN)
    close(self.file)
  }

  /// Removes the file, together with its log.
  func remove() {
    unlink(self.path)
  }

  private static func isFile(_ file: Int32, at path: String) -> Bool {
    var opened = stat()
    var named = stat()
    return fstat(file, &opened) == 0 && fstatat(AT_FDCWD, path, &named, 0) == 0
      && opened.st_dev == named.st_dev && opened.st_ino == named.st_ino
  }
}

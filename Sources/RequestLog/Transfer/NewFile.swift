#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// A file of mode 0600 that is written under a temporary name, and renamed when it is complete and
/// on disk. It never replaces another file.
package struct NewFile {
  private let path: String
  /// The temporary name, beside the final one.
  package let temporaryPath: String

  /// - Throws: `invalid` when a file with the name exists.
  package init(_ path: String) throws(LogError) {
    self.path = path
    self.temporaryPath = "\(path).\(String(UInt64.random(in: .min ... .max), radix: 36))"
    guard access(path, F_OK) != 0 else { throw .nameIsTaken }
  }

  /// Creates the file.
  ///
  /// - Returns: its descriptor, which the caller must close.
  package func open() throws(LogError) -> CInt {
    let flags = O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC
    let file = openat(AT_FDCWD, self.temporaryPath, flags, 0o600)
    guard file >= 0 else {
      throw LogError(writingFile: SystemError(), "The file cannot be created")
    }
    return file
  }

  /// Creates the file for a library that opens it itself.
  package func make() throws(LogError) {
    close(try self.open())
  }

  /// Gives the file its final name.
  ///
  /// - Throws: `invalid` when another file has the name meanwhile.
  package func finish() throws(LogError) {
    if link(self.temporaryPath, self.path) != 0 {
      let error = SystemError()
      if error.number == EEXIST { throw .nameIsTaken }
      // Some file systems, such as FAT, have no hard links.
      guard [EPERM, EOPNOTSUPP].contains(error.number), rename(self.temporaryPath, self.path) == 0
      else { throw LogError(writingFile: error) }
    }
    unlink(self.temporaryPath)
    self.synchroniseFolder()
  }

  /// Removes the temporary file, if it still exists.
  package func discard() {
    for suffix in ["", "-wal", "-shm"] { unlink(self.temporaryPath + suffix) }
  }

  /// The name is durable when the folder is synced. File systems that cannot do that are accepted.
  private func synchroniseFolder() {
    let slash = self.path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let path = slash.map { $0 == self.path.startIndex ? "/" : String(self.path[..<$0]) } ?? "."
    let file = openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard file >= 0 else { return }
    fsync(file)
    close(file)
  }
}

extension LogError {
  fileprivate static let nameIsTaken = LogError(
    .invalid,
    "There is a file of that name already"
  )

  /// A failure to write a file that is not the log's.
  package init(writingFile error: SystemError, _ message: String = "The file cannot be written") {
    self.init(
      error.number == ENOSPC ? .diskFull : .unavailable,
      message,
      cause: error
    )
  }
}

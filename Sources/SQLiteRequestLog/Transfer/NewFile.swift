internal import RequestLog

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// A file of mode 0600 that is written under another name, and gets its own when it is whole and on
/// disk. It takes no other file's place.
struct NewFile {
  private let path: String
  /// Where it is written: beside its own name.
  let temporaryPath: String

  /// - Throws: `invalid` when there is a file of the name.
  init(_ path: String) throws(LogError) {
    self.path = path
    self.temporaryPath = "\(path).\(String(UInt64.random(in: .min ... .max), radix: 36))"
    guard access(path, F_OK) != 0 else { throw .nameIsTaken }
  }

  /// Makes the file.
  ///
  /// - Returns: its descriptor, which the caller closes.
  func open() throws(LogError) -> CInt {
    let flags = O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC
    let file = openat(AT_FDCWD, self.temporaryPath, flags, 0o600)
    guard file >= 0 else {
      throw LogError(writingFile: SystemError(), "The file cannot be created")
    }
    return file
  }

  /// Makes the file for a library that opens it itself.
  func make() throws(LogError) {
    close(try self.open())
  }

  /// Gives the file its name.
  ///
  /// - Throws: `invalid` when another file has got the name meanwhile.
  func finish() throws(LogError) {
    if link(self.temporaryPath, self.path) != 0 {
      let error = SystemError()
      if error.number == EEXIST { throw .nameIsTaken }
      // Some file systems, such as that of memory cards, have one name for a file only.
      guard [EPERM, EOPNOTSUPP].contains(error.number), rename(self.temporaryPath, self.path) == 0
      else { throw LogError(writingFile: error) }
    }
    unlink(self.temporaryPath)
    self.synchroniseFolder()
  }

  /// Removes what was written, unless it has its name.
  func discard() {
    for suffix in ["", "-wal", "-shm"] { unlink(self.temporaryPath + suffix) }
  }

  /// The name is in the folder, which has to be on disk, too. A file system that cannot do that for
  /// a folder keeps it on disk by itself.
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
  init(writingFile error: SystemError, _ message: String = "The file cannot be written") {
    self.init(
      error.number == ENOSPC ? .diskFull : .unavailable,
      message,
      cause: error
    )
  }
}

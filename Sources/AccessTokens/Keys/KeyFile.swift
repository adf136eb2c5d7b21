#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// The file that keys are kept in, which others may not read.
struct KeyFile: Sendable {
  /// In bytes; sixteen keys need a fraction of it.
  private static let maximumSize = 64 * 1024

  let path: String

  /// - Throws: when the file does not exist, others may read it, it belongs to someone else, or it
  ///   holds no keys.
  func read() throws(KeyError) -> KeySet {
    let file = try self.open()
    defer { close(file) }
    return try self.withText(of: file) { text throws(KeyError) in
      try self.usable { () throws(KeyError) in try KeySet(json: text) }
    }
  }

  /// Writes a new file.
  ///
  /// - Throws: when the file exists.
  func create(_ keys: KeySet) throws(KeyError) {
    var text = keys.json
    defer { text.cleanse() }
    try self.write(text, to: self.path) { temporary, path in link(temporary, path) }
  }

  /// Replaces the keys, and keeps what is ignored. Other writers wait, and readers find either the
  /// old keys or the new ones.
  ///
  /// - Returns: the new keys.
  func update(
    _ change: (KeySet) throws(KeyError) -> KeySet
  ) throws(KeyError) -> KeySet {
    let file = try self.openLocked()
    defer { close(file) }
    var new: [UInt8] = []
    defer { new.cleanse() }
    let keys = try self.withText(of: file) { text throws(KeyError) in
      let (old, oldKeys) = try self.usable { () throws(KeyError) in
        let set = try JSONWebKeySet(keyFile: text)
        return (set, try KeySet(set, in: text))
      }
      let keys = try change(oldKeys)
      new = keys.json(inPlaceOf: old, in: text)
      return keys
    }
    // A link stays a link: its target is replaced.
    guard let target = realpath(self.path, nil) else { throw self.failure("cannot be found") }
    defer { free(target) }
    try self.write(new, to: String(cString: target)) { temporary, path in rename(temporary, path) }
    return keys
  }

  private func open() throws(KeyError) -> CInt {
    // Opening a pipe would wait for its writer.
    let file = openat(AT_FDCWD, self.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw self.failure("cannot be opened") }
    return file
  }

  /// Opens the file, and locks it until it is closed.
  private func openLocked() throws(KeyError) -> CInt {
    while true {
      let file = try self.open()
      var opened = stat()
      var current = stat()
      while flock(file, LOCK_EX) != 0 {
        guard errno == EINTR else {
          defer { close(file) }
          throw self.failure("cannot be locked")
        }
      }
      if fstat(file, &opened) == 0, fstatat(AT_FDCWD, self.path, &current, 0) == 0,
        opened.st_dev == current.st_dev, opened.st_ino == current.st_ino
      {
        return file
      }
      // Another process has put a new file there while this one waited.
      close(file)
    }
  }

  /// Runs `body` with the text of an open file, and wipes it.
  private func withText<Result>(
    of file: CInt,
    _ body: ([UInt8]) throws(KeyError) -> Result
  ) throws(KeyError) -> Result {
    var status = stat()
    guard fstat(file, &status) == 0 else { throw self.failure("cannot be read") }
    guard status.st_mode & S_IFMT == S_IFREG else { throw self.error("is not a file") }
    guard let access = SecretFileAccess(of: file, at: self.path) else {
      throw self.failure("cannot be read")
    }
    switch access.fault(for: geteuid()) {
    case nil: break
    case .belongsToAnotherUser:
      throw self.error("belongs to another user: run chown \(geteuid()) \(self.path)")
    case .isOpenToOthers:
      throw self.error("can be read or written by others: run chmod 600 \(self.path)")
    case .isMountedForAll:
      throw self.error("can be read by others: mount it with the mode 0440")
    }
    guard status.st_size <= Self.maximumSize else {
      throw self.error("has more than \(Self.maximumSize) bytes")
    }
    var text = try self.contents(of: file, size: Int(status.st_size))
    defer { text.cleanse() }
    // A byte-order mark is overwritten with spaces: removing it would leave a copy of the secrets.
    if text.starts(with: [0xEF, 0xBB, 0xBF]) {
      for index in 0 ..< 3 { text[index] = UInt8(ascii: " ") }
    }
    return try body(text)
  }

  /// Adds the file's name to errors about its contents.
  private func usable<Result>(
    _ body: () throws(KeyError) -> Result
  ) throws(KeyError) -> Result {
    do throws(KeyError) {
      return try body()
    } catch {
      throw self.error("cannot be used: \(error)")
    }
  }

  private func contents(of file: CInt, size: Int) throws(KeyError) -> [UInt8] {
    var text = [UInt8](repeating: 0, count: size)
    var count = 0
    while count < size {
      let result = text.withUnsafeMutableBytes {
        let rest = UnsafeMutableRawBufferPointer(rebasing: $0[count...])
        return pread(file, rest.baseAddress, rest.count, off_t(count))
      }
      if result < 0, errno == EINTR { continue }
      guard result > 0 else {
        text.cleanse()
        throw self.failure("cannot be read")
      }
      count += result
    }
    return text
  }

  /// Writes a file beside `path`, and renames it to `path` when it is on disk.
  private func write(
    _ text: [UInt8],
    to path: String,
    place: (_ temporary: String, _ path: String) -> CInt
  ) throws(KeyError) {
    guard text.count <= Self.maximumSize else {
      throw self.error("would have more than \(Self.maximumSize) bytes")
    }
    let temporary = "\(path).\(Random.identifier())"
    let file = openat(AT_FDCWD, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw self.failure("cannot be written") }
    let isWritten = text.withUnsafeBytes { Self.writeAll($0, to: file) } && fsync(file) == 0
    let writeError = errno
    close(file)
    guard isWritten, place(temporary, path) == 0 else {
      let code = isWritten ? errno : writeError
      unlink(temporary)
      throw self.failure("cannot be written", code)
    }
    // After the rename it no longer exists.
    unlink(temporary)
    Self.synchroniseFolder(of: path)
  }

  private static func writeAll(_ bytes: UnsafeRawBufferPointer, to file: CInt) -> Bool {
    var count = 0
    while count < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[count...])
      let result = pwrite(file, rest.baseAddress, rest.count, off_t(count))
      if result < 0, errno == EINTR { continue }
      guard result > 0 else { return false }
      count += result
    }
    return true
  }

  /// The new name of a file survives a power cut when its folder is synced. File systems that
  /// cannot do that are accepted.
  private static func synchroniseFolder(of path: String) {
    let end = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let folder = end.map { String(path[...$0]) } ?? "."
    let file = openat(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard file >= 0 else { return }
    fsync(file)
    close(file)
  }

  /// - Parameter code: the system's error code, by default that of the last call.
  private func failure(_ text: String, _ code: CInt = errno) -> KeyError {
    self.error("\(text): \(String(cString: strerror(code)))")
  }

  private func error(_ text: String) -> KeyError {
    KeyError("The key file \(self.path) \(text)")
  }
}

internal import Foundation
internal import SystemPackage

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// The file of a recording while it is written. Every line is given to the system at once, so that
/// a process that is killed leaves all of them, but perhaps the last one whole.
struct RecordingFile: ~Copyable {
  let path: String
  private let descriptor: FileDescriptor

  /// Makes the file. Only this user may read it: it holds what users have asked.
  ///
  /// - Throws: when there is a file of the name, which stays as it is, or it cannot be made.
  init(_ path: String) throws(RecordingError) {
    let descriptor = try Self.open(path)
    self.path = path
    self.descriptor = descriptor
  }

  private static func open(_ path: String) throws(RecordingError) -> FileDescriptor {
    let descriptor: FileDescriptor
    do {
      descriptor = try .open(
        FilePath(path),
        .writeOnly,
        options: self.isForPassingOn(path)
          ? .closeOnExec : [.create, .exclusiveCreate, .closeOnExec],
        permissions: .ownerReadWrite
      )
    } catch Errno.fileExists {
      throw self.nameIsTaken(path)
    } catch {
      throw RecordingError("The recording \(path) cannot be created: \(error)")
    }
    // It would obey what peers have sent.
    guard isatty(descriptor.rawValue) == 0 else {
      try? descriptor.close()
      throw RecordingError("The recording \(path) cannot be created: it is a terminal")
    }
    return descriptor
  }

  /// - Throws: when there is a file of the name already.
  static func checkName(_ path: String) throws(RecordingError) {
    guard (try? Stat(FilePath(path), followTargetSymlink: false)) == nil || isForPassingOn(path)
    else { throw self.nameIsTaken(path) }
  }

  /// Whether nothing is kept at the path that could be lost: a pipe, or a device that is no disk.
  private static func isForPassingOn(_ path: String) -> Bool {
    guard let file = try? Stat(FilePath(path)) else { return false }
    return file.type == .fifo || file.type == .characterSpecial
  }

  private static func nameIsTaken(_ path: String) -> RecordingError {
    RecordingError(
      "The recording \(path) cannot be created: there is a file of that name; give another one"
    )
  }

  func write(_ lines: Data) throws(RecordingError) {
    do {
      try self.descriptor.writeAll(lines)
    } catch {
      throw RecordingError("The recording ends, because \(self.path) cannot be written: \(error)")
    }
  }

  deinit {
    // All was written before; what closing could tell is nobody's to hear any more.
    try? self.descriptor.close()
  }
}

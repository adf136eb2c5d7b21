internal import Foundation
internal import SystemPackage

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// The file of a recording while it is written. Every line is written at once, so that a killed
/// process leaves all lines complete, except perhaps the last.
struct RecordingFile: ~Copyable {
  let path: String
  private let descriptor: FileDescriptor

  /// Creates the file. Only this user can read it, because it contains prompts.
  ///
  /// - Throws: when the file already exists, which stays unchanged, or cannot be created.
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
    // A terminal would execute control sequences from peers.
    guard isatty(descriptor.rawValue) == 0 else {
      try? descriptor.close()
      throw RecordingError("The recording \(path) cannot be created: it is a terminal")
    }
    return descriptor
  }

  /// - Throws: when the file already exists.
  static func checkName(_ path: String) throws(RecordingError) {
    guard (try? Stat(FilePath(path), followTargetSymlink: false)) == nil || isForPassingOn(path)
    else { throw self.nameIsTaken(path) }
  }

  /// Whether writing to the path loses no data: it is a pipe, or a device that is not a disk.
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
    // All lines are written; nobody handles errors of closing.
    try? self.descriptor.close()
  }
}

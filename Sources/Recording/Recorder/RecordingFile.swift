internal import Foundation
internal import SystemPackage

/// The file of a recording while it is written. Every line is given to the system at once, so that
/// a process that is killed leaves all of them, but perhaps the last one whole.
struct RecordingFile: ~Copyable {
  let path: String
  private let descriptor: FileDescriptor

  /// Creates the file, or empties it. Only this user may read it: it holds what users have asked.
  init(_ path: String) throws(RecordingError) {
    self.path = path
    do {
      self.descriptor = try .open(
        FilePath(path),
        .writeOnly,
        options: [.create, .truncate, .closeOnExec],
        permissions: .ownerReadWrite
      )
    } catch {
      throw RecordingError("The recording \(path) cannot be created: \(error)")
    }
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

import Foundation
import SystemPackage
import Testing

/// A file that begins like a model, and then does not go on, as one on a disk that hangs: a server
/// finds that it is there, and loads it for ever.
struct UnreadableModel {
  let path: String
  private let writer: FileDescriptor

  /// The file is there for as long as `body` runs.
  static func with<Result>(_ body: (UnreadableModel) async throws -> Result) async throws -> Result
  {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("model.gguf").path
    try #require(mkfifo(path, 0o600) == 0)
    // For reading, too: otherwise this would wait for a reader.
    let writer = try FileDescriptor.open(path, .readWrite, options: .closeOnExec)
    defer { try? writer.close() }
    // For the look that the server takes before it listens.
    try writer.writeAll("GGUF".utf8)
    return try await body(UnreadableModel(path: path, writer: writer))
  }

  /// Lets the server read that it is no model.
  func goOn() throws {
    try self.writer.writeAll("nope".utf8)
  }
}

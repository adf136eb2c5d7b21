internal import Foundation
internal import TestPrograms

/// A long line to a server of PostgreSQL. It ends when it is released.
public final class LongLine: Sendable {
  /// The folder with its socket, to be used in place of the server's.
  public let folder: String
  private let program: LineProgram

  /// - Parameter delay: how much later arrives what one side sends.
  public init(to server: PostgreSQLServer, delay: Duration) throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("line").path
    self.program = try LineProgram(path, [server.folder, "\(delay / .seconds(1))"])
    self.folder = try self.program.line()
  }
}

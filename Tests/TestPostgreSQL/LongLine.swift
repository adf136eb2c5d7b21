internal import Foundation

/// A long line to a server of PostgreSQL. It ends when it is released.
public final class LongLine: Sendable {
  /// The folder with its socket, to be used in place of the server's.
  public let folder: String
  private let process: Process
  private let input = Pipe()

  /// - Parameter delay: how much later arrives what one side sends.
  public init(to server: PostgreSQLServer, delay: Duration) throws {
    let output = Pipe()
    self.process = Process()
    self.process.executableURL = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("line")
    self.process.arguments = [server.folder, "\(delay / .seconds(1))"]
    self.process.standardInput = self.input
    self.process.standardOutput = output
    try self.process.run()
    var folder: [UInt8] = []
    while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first,
      byte != UInt8(ascii: "\n")
    {
      folder.append(byte)
    }
    self.folder = String(decoding: folder, as: UTF8.self)
  }

  deinit {
    try? self.input.fileHandleForWriting.close()
    self.process.waitUntilExit()
  }
}

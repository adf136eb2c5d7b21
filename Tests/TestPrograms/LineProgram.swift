internal import Foundation

/// A program that does what lines of its standard input say, and answers each with a line. It ends at the
/// end of its input: with the process that has started it, or when this is released.
package final class LineProgram: Sendable {
  private let process = Process()
  private let commands = Pipe()
  private let answers = Pipe()

  /// Starts a program.
  package init(_ executable: String, _ arguments: [String]) throws {
    self.process.executableURL = URL(fileURLWithPath: executable)
    self.process.arguments = arguments
    self.process.standardInput = self.commands
    self.process.standardOutput = self.answers
    try self.process.run()
  }

  deinit {
    try? self.commands.fileHandleForWriting.close()
  }

  /// Sends a line.
  ///
  /// - Returns: the answer; what there was of it when the program has ended.
  package func ask(_ command: String) throws -> String {
    try self.commands.fileHandleForWriting.write(contentsOf: Data("\(command)\n".utf8))
    return try self.line()
  }

  /// The next line that the program says.
  package func line() throws -> String {
    var line: [UInt8] = []
    while let byte = try self.answers.fileHandleForReading.read(upToCount: 1)?.first,
      byte != UInt8(ascii: "\n")
    {
      line.append(byte)
    }
    return String(decoding: line, as: UTF8.self)
  }
}

internal import Foundation

/// A program in this folder that does what lines of its standard input say, and answers each.
public final class Helper {
  private let process = Process()
  private let commands = Pipe()
  private let answers = Pipe()

  /// Starts a program of this folder.
  public init(_ program: String, _ arguments: [String]) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    // Python of the environment, in which the programs find their modules.
    self.process.executableURL = URL(fileURLWithPath: try Self.environment() + "/bin/python")
    self.process.arguments = [folder.appendingPathComponent(program).path] + arguments
    self.process.standardInput = self.commands
    self.process.standardOutput = self.answers
    try self.process.run()
  }

  deinit {
    // The program ends at the end of its input.
    try? self.commands.fileHandleForWriting.close()
  }

  /// The folder with the Python that has SecantusDB and mockupdb.
  public static func environment() throws -> String {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let environment = folder.deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent(".build/mongodb").path
    let process = Process()
    process.executableURL = folder.appendingPathComponent("environment")
    process.arguments = [environment]
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw MongoDBServer.Failure(description: "pip could not install SecantusDB and mockupdb")
    }
    return environment
  }

  /// Has the program do something.
  ///
  /// - Returns: what it says behind "ok".
  public func perform(_ command: String) throws -> String {
    try self.commands.fileHandleForWriting.write(contentsOf: Data("\(command)\n".utf8))
    var answer: [UInt8] = []
    while true {
      guard let data = try self.answers.fileHandleForReading.read(upToCount: 1),
        let byte = data.first
      else { throw MongoDBServer.Failure(description: "The program has ended") }
      if byte == UInt8(ascii: "\n") { break }
      answer.append(byte)
    }
    let words = answer.split(separator: UInt8(ascii: " "), maxSplits: 1)
    let rest = words.count > 1 ? String(decoding: words[1], as: UTF8.self) : ""
    guard words.first?.elementsEqual("ok".utf8) == true else {
      throw MongoDBServer.Failure(description: rest)
    }
    return rest
  }
}

internal import Foundation
internal import TestPrograms

/// A program in this folder that does what lines of its standard input say, and answers each.
public final class Helper {
  private let program: LineProgram

  /// Starts a program of this folder.
  public init(_ program: String, _ arguments: [String]) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    // Python of the environment, in which the programs find their modules.
    self.program = try LineProgram(
      try Self.environment() + "/bin/python",
      [folder.appendingPathComponent(program).path] + arguments
    )
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
    let words = try self.program.ask(command).utf8
      .split(separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: false)
    let rest = words.count > 1 ? String(decoding: words[1], as: UTF8.self) : ""
    guard words[0].elementsEqual("ok".utf8) else {
      let hasEnded = words[0].isEmpty
      throw MongoDBServer.Failure(description: hasEnded ? "The program has ended" : rest)
    }
    return rest
  }
}

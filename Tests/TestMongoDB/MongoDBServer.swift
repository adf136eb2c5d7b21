internal import Concurrency
internal import Foundation

/// A server that speaks MongoDB's protocol, in a temporary folder and on a port of this machine. It ends
/// with the process that has started it, or when it is released.
public actor MongoDBServer {
  private let executor = ThreadExecutor(name: "mongodb")
  /// The thread that waits for the server.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    self.executor.asUnownedSerialExecutor()
  }

  /// The server of all tests of a process that do it no harm.
  public static var shared: MongoDBServer {
    get async throws { try await Self.sharedTask.value }
  }

  private static let sharedTask = Task { try await MongoDBServer.start() }

  private let helper: Helper
  private var lastDatabase = 0
  private var port = ""

  /// Why a server cannot be used.
  public struct Failure: Error, CustomStringConvertible {
    /// What it said.
    public let description: String
  }

  /// Creates and starts a server.
  public static func start() async throws -> MongoDBServer {
    let server = try MongoDBServer()
    try await server.start()
    return server
  }

  private init() throws {
    let environment = try Helper.environment()
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("tokenwire-mongodb-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    self.helper = try Helper("server", [folder.path, environment])
  }

  /// Starts it, also after it was killed; its port stays the same.
  public func start() throws { self.port = try self.helper.perform("start") }

  /// Kills it with SIGKILL.
  public func kill() throws { _ = try self.helper.perform("kill") }

  /// Stops it with SIGSTOP: it accepts connections and does not answer.
  public func suspend() throws { _ = try self.helper.perform("suspend") }

  /// Lets it go on.
  public func resume() throws { _ = try self.helper.perform("resume") }

  /// The URL of a database that is empty.
  public func makeDatabase() -> String {
    self.lastDatabase += 1
    return self.url(of: "test\(self.lastDatabase)")
  }

  /// The URL of a database.
  public func url(of database: String) -> String {
    "mongodb://127.0.0.1:\(self.port)/\(database)"
  }

  /// Runs a command, as extended JSON.
  ///
  /// - Returns: the reply, as extended JSON.
  public func execute(_ command: String, in database: String) throws -> String {
    try self.helper.perform("execute \(database) \(command)")
  }
}

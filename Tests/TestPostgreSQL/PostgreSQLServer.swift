internal import Concurrency
internal import Foundation
public import Identifiers
internal import PostgreSQL
internal import Synchronization
internal import TestPrograms

/// A server of PostgreSQL in a temporary folder, reached over a Unix socket. It ends with the process
/// that has started it, or when it is released.
public actor PostgreSQLServer {
  private let executor = ThreadExecutor(name: "postgresql")
  /// The thread that waits for the server.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    self.executor.asUnownedSerialExecutor()
  }

  /// The server of all tests of a process that do it no harm.
  public static var shared: PostgreSQLServer {
    get async throws { try await Self.sharedTask.value }
  }

  private static let sharedTask = Task { try await PostgreSQLServer.start() }

  /// The folder with its socket.
  public nonisolated let folder: String
  private let program: LineProgram
  private var lastDatabase = 0

  /// Why a server cannot be used.
  public struct Failure: Error, CustomStringConvertible {
    /// What to do.
    public let description: String
  }

  /// Creates and starts a server.
  public static func start() async throws -> PostgreSQLServer {
    let server = try PostgreSQLServer()
    try await server.perform("create")
    try await server.perform("start")
    return server
  }

  private init() throws {
    let folder = URL(fileURLWithPath: "/tmp").appendingPathComponent(
      // The path of a socket has at most 107 bytes.
      "tokenwire-pg-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    )
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    self.folder = folder.path
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("server").path
    self.program = try LineProgram(path, [folder.path])
  }

  // MARK: What happens to it

  /// Starts it after it was stopped or killed.
  public func start() throws { try self.perform("start") }

  /// Stops it, as an operator does.
  public func stop() throws { try self.perform("stop") }

  /// Kills all of its processes with SIGKILL.
  public func kill() throws { try self.perform("kill") }

  /// Stops all of its processes with SIGSTOP: it accepts connections and does not answer.
  public func suspend() throws { try self.perform("suspend") }

  /// Lets its processes go on.
  public func resume() throws { try self.perform("resume") }

  /// Makes a standby a primary.
  public func promote() throws { try self.perform("promote") }

  /// A standby of this server, which follows it.
  public func standby() async throws -> PostgreSQLServer {
    let standby = try PostgreSQLServer()
    // Changes the owner of the folder, if need be, before the copy is made in it.
    try await standby.perform("resume")
    try self.perform("standby \(standby.folder)")
    try await standby.perform("start")
    return standby
  }

  // MARK: What is in it

  /// Creates an empty database.
  ///
  /// - Returns: its name.
  public func makeDatabase() throws -> String {
    self.lastDatabase += 1
    let name = "test\(self.lastDatabase)"
    try self.execute("CREATE DATABASE \(name) TEMPLATE template0", in: "postgres")
    return name
  }

  /// Runs statements in a database, as a superuser.
  public func execute(_ sql: String, in database: String) throws {
    let connection = try Connection(ConnectionParameters(url: self.url(of: database)))
    try connection.execute(sql, until: .now + .seconds(60))
  }

  /// The first column of the first row of a statement's result.
  public func integer(_ sql: Identifier, in database: String) throws -> Int64? {
    let connection = try Connection(ConnectionParameters(url: self.url(of: database)))
    let rows = try connection.run(.command(sql), until: .now + .seconds(60))
    return rows.count > 0 ? rows.integer(0, 0) : nil
  }

  /// Ends a process of the server with SIGKILL; the server then restarts all of them.
  public nonisolated func killProcess(_ process: Int32) {
    Foundation.kill(process, SIGKILL)
  }

  /// The URL of a database.
  public nonisolated func url(of database: String, user: String = "tokenwire") -> String {
    "postgresql://\(user)@/\(database)?host=\(self.folder)"
  }

  private func perform(_ command: String) throws {
    switch Identifier(try self.program.ask(command)) {
    case "ok": return
    case "missing":
      throw Failure(
        description: """
          There is no server of PostgreSQL here, which these tests need: make test installs it \
          (apt-get install postgresql)
          """
      )
    default:
      let output = (try? String(contentsOfFile: "\(self.folder)/output", encoding: .utf8)) ?? ""
      throw Failure(description: "The server of PostgreSQL did not \(command): \(output)")
    }
  }
}

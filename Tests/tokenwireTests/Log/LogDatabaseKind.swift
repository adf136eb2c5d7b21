import Identifiers
import TestPostgreSQL
import Testing

#if MONGODB
import TestMongoDB
#endif

/// The databases that a log can be kept in.
enum LogDatabaseKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case postgresql
  #if MONGODB
  case mongodb
  #endif

  var testDescription: String { self.rawValue }

  /// Whether servers share revocations in it.
  var sharesRevocations: Bool { self == .postgresql }

  /// What the entries are in.
  var parts: String { self == .postgresql ? "tables" : "a collection" }

  /// Whether the server is known to be lost only when something was sent to it.
  var learnsBySending: Bool { self != .postgresql }

  /// The URL of a new database of a server that all tests share.
  func makeDatabase() async throws -> String {
    switch self {
    case .postgresql:
      let server = try await PostgreSQLServer.shared
      return try await server.url(of: server.makeDatabase())
    #if MONGODB
    case .mongodb: return try await MongoDBServer.shared.makeDatabase()
    #endif
    }
  }

  /// A server of its own for a test that harms it.
  func startServer() async throws -> LogDatabaseServer {
    switch self {
    case .postgresql:
      let server = try await PostgreSQLServer.start()
      return LogDatabaseServer(
        place: server.folder,
        makeDatabase: { try await server.url(of: server.makeDatabase()) },
        start: { try await server.start() },
        stop: { try await server.stop() }
      )
    #if MONGODB
    case .mongodb:
      let server = try await MongoDBServer.start()
      return LogDatabaseServer(
        place: "127.0.0.1:",
        makeDatabase: { await server.makeDatabase() },
        start: { try await server.start() },
        stop: { try await server.kill() }
      )
    #endif
    }
  }
}

/// What tests do to a server of a database.
struct LogDatabaseServer: Sendable {
  /// What no caller may be told.
  let place: String
  let makeDatabase: @Sendable () async throws -> String
  let start: @Sendable () async throws -> Void
  let stop: @Sendable () async throws -> Void
}

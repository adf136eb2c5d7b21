import Foundation
import Identifiers
import PostgreSQL
import RequestLog
import TestPostgreSQL
import Testing

@testable import PostgresRequestLog

/// Roles, rights and passwords.
@Suite struct AccessTests {
  /// As docs/log.md has it.
  private static let rights = """
    CREATE ROLE log_owner LOGIN;
    CREATE ROLE log_writer LOGIN;
    """
  private static let grants = """
    GRANT USAGE ON SCHEMA tokenwire TO log_writer;
    GRANT SELECT, INSERT, DELETE ON tokenwire.entries TO log_writer;
    GRANT SELECT, UPDATE ON tokenwire.log_end TO log_writer;
    GRANT SELECT ON tokenwire.schema_version TO log_writer;
    """

  @Test(arguments: [nil, PostgresLogStore.Configuration.Partition.month])
  func `a server works with the rights that docs/log.md gives it`(
    partition: PostgresLogStore.Configuration.Partition?
  ) async throws {
    let server = try await PostgreSQLServer.start()
    let database = try await TestDatabase(on: server)
    try await database.execute(Self.rights)
    try await database.execute("CREATE SCHEMA tokenwire AUTHORIZATION log_owner")
    let writer = server.url(of: database.name, user: "log_writer")
    let early = await #expect(throws: LogError.self) { try await PostgresLogStore.open(writer) }
    #expect(early?.code == .unavailable)
    let cause = String(describing: early?.cause)
    #expect(cause.contains("permission denied"))
    let owner = try await PostgresLogStore.open(
      server.url(of: database.name, user: "log_owner"),
      .init(partition: partition)
    )
    await owner.close()
    try await database.execute(Self.grants)
    // A time for which there is no partition yet.
    let clock: @Sendable () -> Timestamp = { Timestamp(microseconds: 4_102_444_800_000_000) }
    let store = try await PostgresLogStore.open(writer, .init(partition: partition, clock: clock))
    _ = try await store.append(.sample("first", key: "k"))
    _ = try await store.append(.sample("second", user: "bob"))
    #expect(try await store.prompts() == ["first", "second"])
    #expect(try await store.stats().total.entries == 2)
    #expect(try await store.erase(user: "bob").entries == 1)
    let imported = try await store.importBatch(
      [try await store.append(.sample("third"))]
    )
    #expect(imported.count == 1)
    #expect(try await store.prune(Retention(maximumBytes: 4)).entries == 2)
    await store.close()
  }

  @Test func `a password comes from the URL, a file, or neither, and is in no error`() async throws
  {
    let database = try await TestDatabase()
    try await database.execute(
      """
      DO $$ BEGIN
        CREATE ROLE keeper SUPERUSER LOGIN PASSWORD 'pass\\word s3cret';
      END $$
      """
    )
    let url = database.server.url(of: database.name, user: "keeper")
    for password in [nil, "wrong-s3cret"] {
      var place = try PostgresLogStore.Place(url: url)
      if let password { place.setPassword(password) }
      let refused = place
      let error = await #expect(throws: LogError.self) {
        try await PostgresLogStore.open(refused, logger: .silent)
      }
      #expect(error?.code == .unavailable)
      let told = "\(String(describing: error?.cause)) \(error?.message ?? "") \(place)"
      #expect(!told.contains("s3cret"))
    }
    var place = try PostgresLogStore.Place(url: url)
    place.setPassword("pass\\word s3cret")
    #expect(!"\(place)".contains("s3cret"))
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try Data("*:*:*:keeper:pass\\\\word s3cret\n".utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    defer { try? FileManager.default.removeItem(at: file) }
    for place in [
      place, try .init(url: "\(url)&passfile=\(file.path)"),
      try .init(url: "\(url)&password=pass%5Cword%20s3cret"),
    ] {
      let store = try await PostgresLogStore.open(place, logger: .silent)
      _ = try await store.append(.sample())
      await store.close()
    }
  }

  @Test func `a database of another encoding is refused`() async throws {
    let server = try await PostgreSQLServer.shared
    try await server.execute(
      """
      CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0
      """,
      in: "postgres"
    )
    let error = await #expect(throws: LogError.self) {
      try await PostgresLogStore.open(server.url(of: "latin"))
    }
    let cause = String(describing: error?.cause)
    #expect(cause.contains("ENCODING 'UTF8'"))
  }

  @Test func `only a server on this machine is used without TLS, unless the URL says so`() throws {
    func mode(_ url: String, _ variables: [Identifier: String] = [:]) throws -> String? {
      try PostgresLogStore.Place(url: url) { variables[Identifier($0)] }.parameters["sslmode"]
    }
    #expect(try mode("postgresql://db.example/d") == "require")
    #expect(try mode("postgresql://localhost,db.example/d") == "require")
    #expect(try mode("postgresql://db.example/d?sslmode=verify-full") == "verify-full")
    #expect(try mode("postgresql://db.example/d?sslmode=disable") == "disable")
    #expect(try mode("postgresql://db.example/d", ["PGSSLMODE": "prefer"]) == nil)
    #expect(try mode("postgresql://localhost/d") == nil)
    #expect(try mode("postgresql:///d?host=/run/postgresql") == nil)
    let attributes = try PostgresLogStore.Place(url: "postgresql://a,b/d").parameters[
      "target_session_attrs"
    ]
    #expect(attributes == "read-write")
  }

  @Test func `a commit is durable although the database says that none need be`() async throws {
    try await withStore { store, database in
      _ = try await store.append(.sample())
      for (setting, expected) in [
        ("off", "on"), ("local", "local"), ("remote_apply", "remote_apply"),
      ] {
        try await database.execute(
          "ALTER DATABASE \(database.name) SET synchronous_commit = \(setting)"
        )
        let parameters = try PostgresLogStore.Place(url: database.url).parameters
        let connection = try Database(parameters: parameters, responseTime: .seconds(10)).connect()
        let rows = try connection.run(
          .command("SHOW synchronous_commit"),
          until: .now + .seconds(10)
        )
        #expect(rows.identifier(0, 0) == Identifier(expected))
      }
    }
  }
}

import Foundation
import Identifiers
import Subprocess
import TestPostgreSQL
import Testing

/// A log in a database.
@Suite struct LogDatabaseTests {
  @Test func `servers with one log count a user's calls together`() async throws {
    let server = try await PostgreSQLServer.shared
    let database = try await server.makeDatabase()
    try await LogFiles.with { files in
      let environment: [Environment.Key: String?] = [
        "TOKENWIRE_KEY_FILE": files.folder + "/keys",
        "TOKENWIRE_LOG_STORE": server.url(of: database),
        "TOKENWIRE_USER_REQUESTS_PER_MINUTE": "1",
      ]
      let alice = try await files.token(for: "alice")
      let bob = try await files.token(for: "bob")
      func list(_ address: String, _ token: String) async throws -> Command.Outcome {
        try await Command.run(
          ["logs", "--server", address, "--timeout", "1s"],
          environment: ["TOKENWIRE_TOKEN": token]
        )
      }
      try await Command.serve(environment: environment) { _, one in
        try await Command.serve(environment: environment) { _, two in
          // Neither knows of the other's call yet.
          #expect(try await list(one, alice).status == .exited(0))
          #expect(try await list(two, alice).status == .exited(0))
          let debt: Identifier = "SELECT count(*) FROM tokenwire_access.quotas WHERE requests < 0"
          while try await server.integer(debt, in: database) == 0 {}
          // Alone, each would admit one after a minute; one call came too many.
          for address in [one, two] {
            let outcome = try await list(address, alice)
            #expect(outcome.errors.contains("1 requests in a minute"), "\(outcome.errors)")
          }
          #expect(try await list(two, bob).status == .exited(0))
        }
      }
    }
  }

  @Test func `servers with one log share revocations, and keep those of their file`() async throws {
    let server = try await PostgreSQLServer.shared
    let url = try await server.url(of: server.makeDatabase())
    try await LogFiles.with { files in
      let environment: [Environment.Key: String?] = [
        "TOKENWIRE_KEY_FILE": files.folder + "/keys", "TOKENWIRE_LOG_STORE": url,
      ]
      let alice = try await files.token(for: "alice")
      let bob = try await files.token(for: "bob")
      func list(_ address: String, _ token: String) async throws -> Command.Outcome {
        try await Command.run(
          ["logs", "--server", address],
          environment: ["TOKENWIRE_TOKEN": token]
        )
      }
      func waitUntilRevoked(_ token: String, at address: String) async throws {
        while try await list(address, token).status == .exited(0) {}
        #expect(try await list(address, token).errors.contains("Token is invalid!"))
      }
      try await Command.serve(environment: environment) { _, one in
        try await Command.serve(environment: environment) { _, two in
          #expect(try await list(one, alice).status == .exited(0))
          let file = ["--revocation-file", files.folder + "/keys.revoked"]
          let revoked = try await Command.run(
            ["token", "revoke", "--user", "alice"],
            environment: environment
          )
          #expect(revoked.status == .exited(0), "\(revoked.errors)")
          for address in [one, two] { try await waitUntilRevoked(alice, at: address) }
          let inspected = try await Command.run(
            ["token", "inspect", alice],
            environment: environment
          )
          #expect(inspected.output.contains("revoked"), "\(inspected.output)\(inspected.errors)")
          #expect(try await list(two, bob).status == .exited(0))
          _ = try await Command.run(
            ["token", "revoke", "--user", "bob"] + file,
            environment: environment
          )
          for address in [one, two] { try await waitUntilRevoked(bob, at: address) }
        }
      }
      let both = try await Command.run(
        ["token", "revoke", "--user", "a", "--log-store", url, "--revocation-file", "x"],
        environment: environment
      )
      #expect(both.errors.contains("are both given: give one"))
      let sqlite = try await Command.run(
        ["token", "revoke", "--user", "a", "--log-store", "sqlite:x"],
        environment: environment
      )
      #expect(sqlite.errors.contains("revocations are shared in PostgreSQL alone"))
    }
  }

  @Test(arguments: LogDatabaseKind.allCases)
  func `servers share a log, which commands read, erase from and import to`(
    kind: LogDatabaseKind
  ) async throws {
    let url = try await kind.makeDatabase()
    try await LogFiles.with { files in
      let environment: [Environment.Key: String?] = [
        "TOKENWIRE_KEY_FILE": files.folder + "/keys", "TOKENWIRE_LOG_STORE": url,
      ]
      let logs = { (arguments: [String]) in
        try await Command.run(["logs"] + arguments, environment: environment)
      }
      let alice = try await files.token(for: "alice")
      let bob = try await files.token(for: "bob")
      try await Command.serve(environment: environment) { _, one in
        try await Command.serve(environment: environment) { _, two in
          for (address, token) in [(one, alice), (two, bob), (one, alice)] {
            let logged = try await Command.run(
              ["log", "--server", address, "--prompt", "Why is the sky blue?", "--response", "R"],
              environment: ["TOKENWIRE_TOKEN": token]
            )
            #expect(logged.status == .exited(0), "\(logged.errors)")
          }
          let shown = try await Command.run(
            ["logs", "--server", two, "--search", "sky"],
            environment: ["TOKENWIRE_TOKEN": alice]
          )
          #expect(shown.output.split(separator: "\n").count { $0.hasPrefix("> Why is") } == 2)
        }
        // While a server has it open.
        let stats = try await logs(["stats"])
        #expect(stats.output.hasPrefix("3 entries, "))
        #expect(stats.output.contains(" of text in \(kind.parts) of "))
        let export = try await logs(["export", files.folder + "/a.jsonl"])
        #expect(export.errors == "Exported 3 entries to \(files.folder)/a.jsonl.\n")
        let again = try await logs(["import", files.folder + "/a.jsonl"])
        #expect(again.output == "Imported 0 entries; 3 were there already.\n")
        let file = ["--log-store", "sqlite:\(files.folder)/copy.db"]
        let copy = try await logs(["import", files.folder + "/a.jsonl"] + file)
        #expect(copy.output == "Imported 3 entries; 0 were there already.\n")
        let erased = try await Command.run(
          ["logs", "erase", "--user", "alice", "--log-store", url],
          environment: environment
        )
        #expect(erased.output.hasPrefix("Erased 2 entries of alice, "))
        #expect(try await logs(["stats"]).output.hasPrefix("1 entry, "))
        #expect(try await logs(["stats"] + file).output.hasPrefix("3 entries, "))
      }
      let place = "sqlite:\(files.folder)/copy.db"
      let copied = try await logs(["copy", "--from", place, "--to", url])
      #expect(
        copied.output == """
          Copied 2 entries; 1 were there already.
          Compared 3 entries with their copies: they are the same.

          """
      )
      let back = try await logs(["copy", "--from", url, "--to", place])
      #expect(back.output.hasPrefix("Copied 0 entries; 3 were there already.\n"))
      let backup = try await logs(["backup", files.folder + "/b.db"])
      #expect(backup.status == .exited(1))
      #expect(backup.errors.contains("back up this database with pg_dump"))
    }
  }

  @Test(arguments: LogDatabaseKind.allCases)
  func `a database that is lost fails the log and nothing else`(
    kind: LogDatabaseKind
  ) async throws {
    let server = try await kind.startServer()
    let url = try await server.makeDatabase()
    try await LogFiles.with { files in
      let environment: [Environment.Key: String?] = [
        "TOKENWIRE_KEY_FILE": files.folder + "/keys", "TOKENWIRE_LOG_STORE": url,
        "TOKENWIRE_SCRIPTED_PACE": "0s",
      ]
      let token = try await files.token(for: "alice")
      let log = { (address: String) in
        try await Command.run(
          [
            "log", "--server", address, "--prompt", "p", "--response", "r", "--idempotency-key",
            "k",
          ],
          environment: ["TOKENWIRE_TOKEN": token]
        )
      }
      try await Command.serve(environment: environment) { _, address in
        #expect(try await log(address).status == .exited(0))
        try await server.stop()
        if kind.learnsBySending {
          // The first may learn of it only when its entry was sent.
          while try await !log(address).errors.contains("cannot be reached now") {}
        }
        let failed = try await log(address)
        #expect(failed.status == .exited(1))
        #expect(failed.errors.contains("UNAVAILABLE: The log's database cannot be reached now"))
        #expect(!failed.errors.contains(server.place))
        let generated = try await Command.run(
          ["generate", "--server", address, "--max-tokens", "3", "p"]
        )
        #expect(generated.status == .exited(0))
        let health = try await Command.run(["health", "--server", address])
        #expect(health.output == "SERVING\n")
        try await server.start()
        var logged = try await log(address)
        while logged.status != .exited(0) { logged = try await log(address) }
      }
      let stats = try await Command.run(["logs", "stats"], environment: environment)
      #expect(stats.output.hasPrefix("1 entry, "), "\(stats.errors)")
    }
  }

  @Test(arguments: [
    (
      "postgresql://u:s3cret@127.0.0.1:1/d",
      "--log-store has a password in it, which everybody on this machine can read"
    ),
    (
      "postgresql://127.0.0.1:1/d?sslpassword=s3cret",
      "--log-store has a password in it, which everybody on this machine can read"
    ),
    (
      "mysql://h/s3cret",
      #"must be "sqlite:FILE", "postgresql://USER@HOST/DATABASE" or"#
    ),
    ("sqlite:", #"must be "sqlite:FILE","#), ("s3cret.db", #"must be "sqlite:FILE","#),
  ])
  func `a place that cannot be used is told, without what may be secret in it`(
    place: String,
    message: String
  ) async throws {
    for command in [
      ["serve", "--generator", "scripted"], ["logs", "stats"],
      ["logs", "erase", "--user", "a", "--yes"],
    ] {
      let outcome = try await Command.run(command + ["--log-store", place])
      #expect(outcome.status == .exited(64), "\(command) \(outcome.errors)")
      #expect(outcome.errors.contains(message), "\(outcome.errors)")
      #expect(!outcome.errors.contains("s3cret"), "\(outcome.errors)")
    }
  }

  @Test func `a database that cannot be reached at the start is told, without its password`()
    async throws
  {
    for arguments in [["serve", "--generator", "scripted"], ["logs", "stats"]] {
      let outcome = try await Command.run(
        arguments,
        environment: ["TOKENWIRE_LOG_STORE": "postgresql://u:s3cret@127.0.0.1:1/d"]
      )
      #expect(outcome.status == .exited(1))
      let errors = outcome.errors
      #expect(errors.contains("Error: postgresql://u@127.0.0.1:1/d: The log cannot be opened"))
      #expect(errors.contains("Connection refused"))
      #expect(!errors.contains("s3cret"))
    }
  }

  @Test func `a copy that is not the same is told`() async throws {
    let server = try await PostgreSQLServer.shared
    let name = try await server.makeDatabase()
    try await LogFiles.with { files in
      try files.writeEntries(count: 250, user: "alice", to: "in") { _ in "x" }
      let place = "sqlite:\(files.folder)/a.db"
      let imported = try await Command.run(
        ["logs", "import", "--log-store", place, files.folder + "/in"]
      )
      #expect(imported.status == .exited(0), "\(imported.errors)")
      let copy = ["logs", "copy", "--from", place, "--to", server.url(of: name)]
      #expect(try await Command.run(copy).output.hasPrefix("Copied 250 entries; 0 were"))
      try await server.execute(
        "UPDATE tokenwire.entries SET model = 'other' WHERE position = (SELECT max(position) FROM "
          + "tokenwire.entries)",
        in: name
      )
      let other = try await Command.run(copy)
      #expect(other.status == .exited(1))
      #expect(other.errors.contains("id belongs to another entry"))
      #expect(other.errors.contains(": Entry "))
      let same = try await Command.run(["logs", "copy", "--from", place, "--to", place])
      #expect(same.status == .exited(64))
      #expect(same.errors.contains("--from and --to are the same log"))
    }
  }

  @Test func `the password may be in a file`() async throws {
    let server = try await PostgreSQLServer.start()
    let database = try await server.makeDatabase()
    try await server.execute("CREATE ROLE keeper SUPERUSER LOGIN PASSWORD 's3cret'", in: database)
    try await LogFiles.with { files in
      let file = files.folder + "/password"
      let environment: [Environment.Key: String?] = [
        "TOKENWIRE_LOG_STORE": server.url(of: database, user: "keeper"),
        "TOKENWIRE_LOG_STORE_PASSWORD_FILE": file,
      ]
      let missing = try await Command.run(["logs", "stats"], environment: environment)
      #expect(missing.status == .exited(64))
      #expect(missing.errors.contains("\(file) cannot be read: No such file or directory\n"))
      let aFolder = environment.merging(["TOKENWIRE_LOG_STORE_PASSWORD_FILE": "/tmp"]) { $1 }
      let folder = try await Command.run(["logs", "stats"], environment: aFolder)
      #expect(folder.errors.contains("/tmp cannot be read: Is a directory\n"))
      try Data("s3cret\n".utf8).write(to: URL(fileURLWithPath: file))
      try await Command.serve(environment: environment) { _, _ in }
      let stats = try await Command.run(["logs", "stats"], environment: environment)
      #expect(stats.output.hasPrefix("0 entries, "))
      try Data("\n".utf8).write(to: URL(fileURLWithPath: file))
      let empty = try await Command.run(["logs", "stats"], environment: environment)
      #expect(empty.errors.contains("has no password in its first line"))
    }
  }
}

import Foundation
import Identifiers
import Subprocess
import SystemPackage
import Testing

/// A log in MongoDB: what is refused.
@Suite struct MongoDBTests {
  #if MONGODB
  @Test func `a password on the command line is refused, and one in a file is used`() async throws {
    let refused = try await Command.run(
      ["logs", "stats", "--log-store", "mongodb://ada:secret@127.0.0.1:1/logs"]
    )
    #expect(refused.status != .exited(0))
    #expect(refused.errors.contains("has a password in it"))
    #expect(!refused.errors.contains("secret"))
    try await LogFiles.with { files in
      let file = files.folder + "/password"
      try "secret\n".write(toFile: file, atomically: true, encoding: .utf8)
      let outcome = try await Command.run(
        ["logs", "stats", "--log-store", "mongodb://127.0.0.1:1/logs"],
        environment: ["TOKENWIRE_LOG_STORE_PASSWORD_FILE": file]
      )
      #expect(outcome.errors.contains("there is a password, but the URL has no user"))
      #expect(!outcome.errors.contains("secret"))
    }
  }

  @Test func `revocations are not shared in MongoDB, which is told`() async throws {
    try await LogFiles.with { files in
      _ = try await files.token(for: "a")
      let outcome = try await Command.run(
        ["token", "revoke", "--user", "a", "--log-store", "mongodb://127.0.0.1:1/logs"],
        environment: ["TOKENWIRE_KEY_FILE": files.folder + "/keys"]
      )
      #expect(outcome.errors.contains("revocations are shared in PostgreSQL alone"))
    }
  }

  @Test func `who does not use it hears nothing of its library, and leaves nothing of it`()
    async throws
  {
    // Files of no bytes: the library would say, when it is loaded, that its counters have no place.
    let quiet = try await Command.run(
      ["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" --version", Command.executable.string],
      executable: "/bin/bash"
    )
    #expect(quiet.status == .exited(0))
    #expect(quiet.errors == "")
    try await Command.serve { server, _ in
      #expect(!FileManager.default.fileExists(atPath: "/dev/shm/mongoc-\(server.processID)"))
    }
  }
  #else
  @Test func `a build without MongoDB says what to install`() async throws {
    let outcome = try await Command.run(
      ["logs", "stats", "--log-store", "mongodb://127.0.0.1:1/logs"]
    )
    #expect(outcome.status == .exited(1))
    #expect(outcome.errors.contains("install libmongoc-dev"))
    #expect(outcome.errors.contains("make build STORES=mongodb"))
  }
  #endif
}

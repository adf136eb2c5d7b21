import AccessTokens
import Foundation
import Listening
import Logging
import TTRPC
import TestCertificates
import Testing

@testable import TokenwireServer

// One after another, because a signal is for the whole process.
@Suite(.serialized) struct ReloadServiceTests {
  @Test func `SIGHUP reads the files again`() async throws {
    try await Certificates.withFolder { files in
      let entry = try await Self.entry(at: ServerTLS(identity: files.server))
      #expect(entry.level == .notice)
      #expect(entry.message == "SIGHUP: new connections get the certificate that was read now")
    }
  }

  @Test func `a file that has become unusable is an error that names it`() async throws {
    try await Certificates.withFolder { files in
      let tls = try ServerTLS(identity: files.server)
      try files.write("", to: files.server.key)
      let entry = try await Self.entry(at: tls)
      #expect(entry.level == .error)
      #expect(
        entry.message == """
          SIGHUP: the old certificate stays: The key file \(files.server.key) holds no private key \
          in PEM without a passphrase
          """
      )
    }
  }

  @Test func `without TLS, SIGHUP has nothing to do`() async throws {
    let entry = try await Self.entry(at: nil)
    #expect(entry.level == .notice)
    #expect(
      entry.message
        == "SIGHUP: there is nothing to reload: the server has no TLS, no keys and no models "
        + "elsewhere"
    )
  }

  @Test func `SIGHUP reads the keys again`() async throws {
    try await withTemporaryFolder { folder in
      let keys = try KeyRing.create(path: folder + "/keys")
      let entry = try await Self.entry(at: nil, keys: keys)
      #expect(entry.message == "SIGHUP: tokens are verified with the keys that were read now")
      try "{}".write(toFile: folder + "/keys", atomically: false, encoding: .utf8)
      let failure = try await Self.entry(at: nil, keys: keys)
      #expect(failure.level == .error)
      #expect(failure.message.hasPrefix("SIGHUP: the old keys stay: The key file \(folder)/keys"))
    }
  }

  @Test func `what is ignored in the keys that are read again is told`() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/keys"
      let keys = try KeyRing.create(path: path)
      let text = try String(contentsOfFile: path, encoding: .utf8)
      try text.replacing("{\"kty\"", with: #"{"kty":"RSA"},{"x":1,"kty""#)
        .write(toFile: path, atomically: false, encoding: .utf8)
      let id = try #require(keys.keys.first?.id)
      let entries = try await Self.entries(3, at: nil, keys: keys)
      #expect(entries.map(\.level) == [.notice, .notice, .notice])
      #expect(
        entries.map(\.message) == [
          "SIGHUP: tokens are verified with the keys that were read now",
          #"The key file \#(path): key 1 is ignored: its kty is not "oct""#,
          #"The key file \#(path): the member "x" of key 2 ("\#(id)") is ignored"#,
        ]
      )
    }
  }

  /// What the service writes to the log first at a SIGHUP.
  private static func entry(
    at tls: ServerTLS?,
    keys: KeyRing? = nil
  ) async throws -> LogEntries.Entry {
    try await Self.entries(1, at: tls, keys: keys)[0]
  }

  /// What the service writes to the log at a SIGHUP, so many entries of it.
  private static func entries(
    _ count: Int,
    at tls: ServerTLS?,
    keys: KeyRing?
  ) async throws -> [LogEntries.Entry] {
    let (entries, continuation) = AsyncStream.makeStream(of: LogEntries.Entry.self)
    let logger = Logger(label: "test", factory: { _ in LogEntries(continuation) })
    let service = await ReloadService(tls: tls, keys: keys, logger: logger)
    return try await withThrowingTaskGroup { group in
      group.addTask { await service.run() }
      defer { group.cancelAll() }
      try #require(kill(getpid(), SIGHUP) == 0)
      var iterator = entries.makeAsyncIterator()
      var found: [LogEntries.Entry] = []
      while found.count < count { found.append(try #require(await iterator.next())) }
      return found
    }
  }
}

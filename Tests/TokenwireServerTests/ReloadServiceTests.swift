import Foundation
import FrameRPC
import Logging
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
      entry.message == "SIGHUP: there is nothing to reload, because the server has no TLS"
    )
  }

  /// What the service writes to the log at a SIGHUP.
  private static func entry(at tls: ServerTLS?) async throws -> LogEntries.Entry {
    let (entries, continuation) = AsyncStream.makeStream(of: LogEntries.Entry.self)
    let logger = Logger(label: "test", factory: { _ in LogEntries(continuation) })
    let service = await ReloadService(tls: tls, logger: logger)
    return try await withThrowingTaskGroup { group in
      group.addTask { await service.run() }
      defer { group.cancelAll() }
      try #require(kill(getpid(), SIGHUP) == 0)
      var iterator = entries.makeAsyncIterator()
      return try #require(await iterator.next())
    }
  }
}

/// Hands log entries to a test.
private struct LogEntries: LogHandler {
  struct Entry: Sendable {
    var level: Logger.Level
    var message: String
  }

  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.trace
  private let entries: AsyncStream<Entry>.Continuation

  init(_ entries: AsyncStream<Entry>.Continuation) {
    self.entries = entries
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { self.metadata[key] }
    set { self.metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    self.entries.yield(Entry(level: event.level, message: event.message.description))
  }
}

import AccessTokens
import Dispatch
import Identifiers
import RPC
import RequestLog
import SQLiteRequestLog
import Synchronization
import Testing
import TokenwireAPI
import TokenwireClient

@testable import TokenwireServer

@Suite struct LogLimitsTests {
  static let limits = EntryLimits(prompt: 10, response: 20, metadataCount: 2, metadata: 30)

  @Test(arguments: [
    (LogRequestRequest(response: "r"), "prompt is required"),
    (LogRequestRequest(prompt: "p"), "response is required"),
    (
      LogRequestRequest(prompt: "ä123456789", response: "r"),
      "prompt may have at most 10 bytes. Given: 11"
    ),
    (
      LogRequestRequest(prompt: "p", response: String(repeating: "r", count: 21)),
      "response may have at most 20 bytes. Given: 21"
    ),
    (
      LogRequestRequest(prompt: "p", response: "r", metadata: ["a": "", "b": "", "c": ""]),
      "metadata may have at most 2 keys. Given: 3"
    ),
    (
      LogRequestRequest(
        prompt: "p",
        response: "r",
        metadata: ["a": String(repeating: "v", count: 30)]
      ),
      "metadata may have at most 30 bytes. Given: 31"
    ),
    (
      LogRequestRequest(prompt: "p", response: "r", model: String(repeating: "m", count: 257)),
      "model may have at most 256 bytes. Given: 257"
    ),
  ])
  func `what is over a limit is refused with field and limit`(
    request: LogRequestRequest,
    message: String
  ) async throws {
    let configuration = SQLiteLogStore.Configuration(limits: Self.limits)
    try await Secured.with(keepsLog: true, logConfiguration: configuration) { server in
      let alice = server.bearing(try server.token(for: "alice", scopes: [.log]))
      await #expect(throws: CallError(.invalidArgument, message)) {
        try await server.client.api.logRequest(request, options: alice)
      }
      // At its limits, an entry is taken.
      _ = try await server.client.api.logRequest(
        LogRequestRequest(
          prompt: "0123456789",
          response: String(repeating: "r", count: 20),
          metadata: ["a": "01234567890123", "b": "01234567890123"]
        ),
        options: alice
      )
    }
  }

  @Test func `more entries than may wait for the disk are sent away, to come again`() async throws {
    let gate = Gate()
    let configuration = SQLiteLogStore.Configuration(waitingEntries: 1, clock: gate.clock)
    try await Secured.with(keepsLog: true, logConfiguration: configuration) { server in
      let alice = server.bearing(try server.token(for: "alice", scopes: [.log]))
      let request = LogHandlersTests.request("sky")
      try await withThrowingTaskGroup(of: Void.self) { group in
        defer { gate.open() }
        // One is written, one waits; the rest cannot.
        let (refusals, refused) = AsyncStream.makeStream(of: CallError.self)
        for _ in 0 ..< 3 {
          group.addTask {
            do throws(CallError) {
              _ = try await server.client.api.logRequest(request, options: alice)
            } catch {
              refused.yield(error)
            }
          }
        }
        let error = await refusals.first { _ in true }
        #expect(error?.code == .resourceExhausted)
        #expect(error?.message == "Too many entries wait for the disk; try again later")
        #expect((error?.retryAfter ?? .zero) > .zero)
        gate.open()
        try await group.waitForAll()
      }
      _ = try await server.client.api.logRequest(request, options: alice)
    }
  }
}

/// Holds up who reads the clock, which is the log's writer in a commit, until it is opened.
private final class Gate: Sendable {
  private let isOpen = Mutex(false)
  private let semaphore = DispatchSemaphore(value: 0)

  var clock: @Sendable () -> Timestamp {
    {
      if !self.isOpen.withLock({ $0 }) { self.semaphore.wait() }
      return .now()
    }
  }

  func open() {
    self.isOpen.withLock { $0 = true }
    self.semaphore.signal()
  }
}

import RPC
import TokenwireAPI
import TokenwireClient

/// Follows a log, even across a server's restart.
struct LogFollower {
  private let client: TokenwireClient
  private var request: QueryLogsRequest
  private let hasLimit: Bool
  private let options: CallOptions

  /// How often it tries to reach a server that is gone.
  private static let interval = Duration.seconds(1)

  /// - Parameter options: for all calls together; `begin` must be set.
  init(client: TokenwireClient, request: QueryLogsRequest, options: CallOptions) {
    self.client = client
    self.request = request
    self.hasLimit = request.limit != 0
    self.options = options
  }

  /// Returns when the limit is reached.
  ///
  /// - Throws: a server's error. Once it has followed the log, it waits for a server that is gone.
  mutating func run(printing printer: EntryPrinter) async throws(CallError) {
    if self.request.sinceUnixMicros == 0, self.request.afterID.isEmpty { try await self.skip() }
    var isDone = false
    while !isDone {
      do throws(CallError) {
        isDone = try await self.follow(printing: printer)
      } catch {
        guard error.code == .unavailable else { throw error }
      }
      if !isDone { try await self.waitForServer() }
    }
  }

  /// Skips the existing entries.
  private mutating func skip() async throws(CallError) {
    var newest = self.request
    newest.order = .newestFirst
    newest.follow = false
    newest.limit = 1
    for try await entry in try await self.client.api.queryLogs(newest, options: self.options) {
      self.request.afterID = entry.id
    }
  }

  /// - Returns: whether the limit is reached; otherwise the server has stopped.
  private mutating func follow(printing printer: EntryPrinter) async throws(CallError) -> Bool {
    let entries = try await self.client.api.queryLogs(self.request, options: self.options)
    for try await entry in entries {
      printer.print(entry)
      self.request.afterID = entry.id
      if self.hasLimit {
        self.request.limit -= 1
        if self.request.limit == 0 { return true }
      }
    }
    return false
  }

  private func waitForServer() async throws(CallError) {
    StandardOutput.writeNote("[the server is gone; waiting for it, Ctrl-C ends this]\n")
    repeat {
      // First, too: it may not know yet that its log's database is away.
      do {
        try await Task.sleep(for: Self.interval)
      } catch {
        throw CallError(.cancelled, "The command was interrupted")
      }
    } while try await !self.isServing()
    StandardOutput.writeNote("[the server is back]\n")
  }

  /// Whether the server serves, and can read its log.
  private func isServing() async throws(CallError) -> Bool {
    do throws(CallError) {
      for service in ["", "log"] {
        let request = HealthCheckRequest(service: service)
        let answer = try await self.client.health.check(request, options: self.options)
        if answer.status != .serving { return false }
      }
      return true
    } catch {
      guard error.code == .unavailable else { throw error }
      return false
    }
  }
}

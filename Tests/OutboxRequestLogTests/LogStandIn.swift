import Identifiers
import RequestLog

/// Does what another log does, but for what its own type says.
protocol LogStandIn: LogStore {
  associatedtype Log: LogStore

  var log: Log { get }
}

extension LogStandIn {
  var conditions: LogConditions { self.log.conditions }

  func append(_ entry: NewEntry) async throws(LogError) -> StoredEntry {
    try await self.log.append(entry)
  }

  func query(_ query: LogQuery) throws(LogError) -> LogEntries { try self.log.query(query) }

  func endFollowing() { self.log.endFollowing() }

  func stats(of userID: Identifier?) async throws(LogError) -> LogStatistics {
    try await self.log.stats(of: userID)
  }

  func erase(user userID: Identifier) async throws(LogError) -> Removal {
    try await self.log.erase(user: userID)
  }

  func prune(_ retention: Retention) async throws(LogError) -> Removal {
    try await self.log.prune(retention)
  }

  func exceeds(_ retention: Retention) async -> Bool { await self.log.exceeds(retention) }

  func run() async { await self.log.run() }

  func close() async { await self.log.close() }
}

import Identifiers
import RequestLog
import Synchronization

/// A log in memory: the least that a store needs.
final class MemoryLogStore: LogStore {
  private struct State {
    var entries: [StoredEntry] = []
    var stamps = EntryStamps()
    var isClosed = false
  }

  let conditions = LogConditions()
  let durability: LogDurability

  private let state = Mutex(State())
  private let news = CommitNews()

  init(durability: LogDurability = .synced) {
    self.durability = durability
  }

  func append(_ entry: NewEntry) async throws(LogError) -> StoredEntry {
    let entry = try ValidEntry(entry, limits: EntryLimits(), content: .full)
    let stored = try self.state.withLock { (state) throws(LogError) in
      if state.isClosed { throw .closed }
      let first = state.entries.first { $0.hasKey(of: entry) }
      if let first, !first.isSame(as: entry) { throw .keyInUse }
      if let first { return first }
      let stored = StoredEntry(entry, state.stamps.next(now: .now()))
      state.entries.append(stored)
      return stored
    }
    self.news.announce()
    return stored
  }

  func query(_ query: LogQuery) throws(LogError) -> RequestLog.LogEntries {
    let query = try ValidQuery(query)
    return .init(query, pages: Pages(store: self, query: query, last: query.after), news: self.news)
  }

  func endFollowing() {
    self.news.close()
  }

  func stats(of userID: Identifier?) async -> LogStatistics {
    let entries = self.state.withLock { $0.entries }
    var statistics = LogStatistics(storageBytes: entries.size)
    for entry in entries where entry.userID == userID ?? entry.userID {
      let day = entry.timestamp.microseconds / 86_400_000_000 * 86_400_000_000
      let share = LogStatistics.Share(entries: 1, bytes: entry.size)
      statistics.add(share, user: entry.userID, day: Timestamp(microseconds: day))
    }
    return statistics
  }

  func erase(user userID: Identifier) async -> Removal {
    self.remove { entry, _ in entry.userID == userID }
  }

  /// Ages do not matter here.
  func prune(_ retention: Retention) async -> Removal {
    self.remove { _, size in size > retention.maximumBytes ?? .max }
  }

  func exceeds(_ retention: Retention) async -> Bool {
    self.state.withLock { $0.entries.size } > retention.maximumBytes ?? .max
  }

  func run() async {}

  func close() async {
    self.state.withLock { $0.isClosed = true }
    self.news.close()
  }

  /// Removes entries from the oldest on.
  ///
  /// - Parameter isRemoved: is told the size of the entries that are still there, too.
  private func remove(where isRemoved: (_ entry: StoredEntry, _ size: Int) -> Bool) -> Removal {
    self.state.withLock { state in
      var removal = Removal.none
      var size = state.entries.size
      state.entries.removeAll { entry in
        guard isRemoved(entry, size) else { return false }
        size -= entry.size
        removal.add(Removal(entries: 1, bytes: entry.size))
        return true
      }
      return removal
    }
  }

  private struct Pages: LogPages {
    let store: MemoryLogStore
    let query: ValidQuery
    var last: ULID?

    /// Small ones, so that a few entries are several.
    mutating func next(limit: Int) throws(LogError) -> LogPage {
      let state = self.store.state.withLock { state in (state.entries, state.isClosed) }
      if state.1 { throw .closed }
      let isNewestFirst = self.query.order == .newestFirst
      let entries = (isNewestFirst ? state.0.reversed() : state.0).filter { entry in
        guard let last = self.last else { return entry.matches(self.query) }
        return (isNewestFirst ? entry.id < last : entry.id > last) && entry.matches(self.query)
      }
      let page = Array(entries.prefix(min(limit, 2)))
      self.last = page.last?.id ?? self.last
      return LogPage(page, isLast: page.count == entries.count)
    }
  }
}

extension [StoredEntry] {
  fileprivate var size: Int { self.reduce(0) { $0 + $1.size } }
}

extension StoredEntry {
  fileprivate func hasKey(of entry: ValidEntry) -> Bool {
    !entry.idempotencyKey.isEmpty && self.idempotencyKey == entry.idempotencyKey
      && self.userID == entry.userID
  }

  /// A word is found wherever its letters are.
  fileprivate func matches(_ query: ValidQuery) -> Bool {
    guard case .text(let prompt, let response) = self.content else { return false }
    let text = "\(prompt) \(response)".lowercased()
    return self.userID == query.userID ?? self.userID && self.model == query.model ?? self.model
      && self.sessionID == query.sessionID ?? self.sessionID
      && query.since.map { self.timestamp >= $0 } ?? true
      && query.until.map { self.timestamp < $0 } ?? true
      && query.search?.terms.allSatisfy { text.contains($0.text.lowercased()) } ?? true
  }
}

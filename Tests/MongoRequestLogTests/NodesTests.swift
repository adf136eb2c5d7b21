import Foundation
import Identifiers
import MongoDB
import RequestLog
import TestMongoDB
import Testing

@testable import MongoRequestLog

/// Several nodes with one database.
@Suite struct NodesTests {
  @Test func `a follower gets what two nodes write, each entry once and in order`() async throws {
    let url = try await MongoDBServer.shared.makeDatabase()
    let nodes = [try await MongoLogStore.open(url), try await MongoLogStore.open(url)]
    let reader = try await MongoLogStore.open(url)
    let running = Task { await reader.run() }
    let count =
      ProcessInfo.processInfo.environment["TOKENWIRE_FOLLOWED_ENTRIES"].flatMap { Int($0) } ?? 300
    let query = LogQuery(limit: 2 * count, order: .oldestFirst, follows: true)
    let follower = Task { () throws(LogError) in try await reader.entries(query) }
    let stored = try await withThrowingTaskGroup(of: [ULID].self) { group in
      for (index, node) in nodes.enumerated() {
        for caller in 0 ..< 10 {
          group.addTask {
            var ids: [ULID] = []
            for number in 0 ..< count / 10 {
              ids.append(try await node.append(.sample("\(index)-\(caller)-\(number)")).id)
            }
            return ids
          }
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    let followed = try await follower.value.map(\.id)
    #expect(followed == stored.sorted())
    #expect(Set(followed).count == 2 * count)
    running.cancel()
    await running.value
    for store in nodes + [reader] { await store.close() }
  }

  @Test func `a cursor that another node goes on from misses nothing`() async throws {
    let url = try await MongoDBServer.shared.makeDatabase()
    let one = try await MongoLogStore.open(url)
    let two = try await MongoLogStore.open(url)
    let writing = Task {
      for number in 0 ..< 100 {
        _ = try await (number % 3 == 0 ? one : two).append(.sample("\(number)"))
      }
    }
    var read: [StoredEntry] = []
    while read.count < 100 {
      let store = read.count % 2 == 0 ? one : two
      read += try await store.entries(LogQuery(limit: 7, after: read.last?.id, order: .oldestFirst))
    }
    try await writing.value
    #expect(try await one.prompts() == (0 ..< 100).map(String.init))
    #expect(read.map(\.id) == read.map(\.id).sorted())
    await one.close()
    await two.close()
  }

  @Test func `a key is one entry, whichever nodes it is sent to`() async throws {
    let url = try await MongoDBServer.shared.makeDatabase()
    let nodes = [try await MongoLogStore.open(url), try await MongoLogStore.open(url)]
    for key in ["a", "b", "c"] {
      let ids = try await withThrowingTaskGroup(of: ULID.self) { group in
        for number in 0 ..< 20 {
          group.addTask { try await nodes[number % 2].append(.sample(key: Identifier(key))).id }
        }
        return try await group.reduce(into: Set()) { $0.insert($1) }
      }
      #expect(ids.count == 1)
    }
    #expect(try await nodes[0].prompts().count == 3)
    for node in nodes { await node.close() }
  }

  @Test func `nodes that start at once create one log`() async throws {
    let url = try await MongoDBServer.shared.makeDatabase()
    let stores = try await withThrowingTaskGroup(of: MongoLogStore.self) { group in
      for _ in 0 ..< 8 { group.addTask { try await MongoLogStore.open(url) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    for store in stores { _ = try await store.append(.sample()) }
    #expect(try await stores[0].prompts().count == 8)
    for store in stores { await store.close() }
  }

  /// A reservation of a node that does nothing more.
  private func reserve(_ count: Int, in store: MongoLogStore) async throws -> LogEnd.Reservation {
    let database = await store.writer.database
    return try database.pool.withClient { client throws(MongoDBError) in
      try LogEnd.reserve(count, token: "DEAD", now: nil, client, database)
    }
  }

  private func insert(
    _ prompt: String,
    at position: Position,
    in store: MongoLogStore
  ) async throws -> MongoDBError? {
    let database = await store.writer.database
    let entry = try ValidEntry(.sample(prompt), limits: EntryLimits(), content: .full)
    let row = EntryGroup([entry]).row(0, at: position)
    let insertion = Insertion.insertions(of: [row.document(words: nil)])[0]
    return try database.pool.withClient { client throws(MongoDBError) in
      try insertion.run(client, database)[0]
    }
  }

  @Test func `who reads in order waits for a slow node, and shows others' entries meanwhile`()
    async throws
  {
    try await withStore { store, _ in
      let first = try await store.append(.sample("first"))
      let reservation = try await self.reserve(2, in: store)
      let last = try await store.append(.sample("last"))
      let reading = Task { try await store.prompts() }
      #expect(try await store.entries(LogQuery()).map(\.id) == [last.id, first.id])
      let failure = try await self.insert("slow", at: reservation.first, in: store)
      #expect(failure == nil)
      let database = await store.writer.database
      try database.pool.withClient { client throws(MongoDBError) in
        try LogEnd.release([reservation.token], client, database)
      }
      #expect(try await reading.value == ["first", "slow", "last"])
    }
  }

  @Test func `what a dead node has reserved is filled, and nothing comes there any more`()
    async throws
  {
    let configuration = MongoLogStore.Configuration(reservationTime: .milliseconds(100))
    try await withStore(configuration) { store, _ in
      _ = try await store.append(.sample("first"))
      let reservation = try await self.reserve(3, in: store)
      let came = try await self.insert("came", at: reservation.position(1), in: store)
      #expect(came == nil)
      _ = try await store.append(.sample("last"))
      #expect(try await store.prompts() == ["first", "came", "last"])
      for index in 0 ..< 3 {
        let failure = try await self.insert("late", at: reservation.position(index), in: store)
        #expect(failure?.code == .server(MongoDBError.duplicateKey))
      }
      #expect(try await store.stats().total.entries == 3)
      #expect(try await store.entries(LogQuery()).count == 3)
      let end = try await store.maintainer.withClient {
        [database = store.maintainer.database] client throws(MongoDBError) in
        try LogEnd(client, database)
      }
      #expect(end.reservations.isEmpty)
      // What fills the places is not counted, and stays.
      #expect(try await store.prune(Retention(maximumAge: .seconds(-60))).entries == 3)
      let late = try await self.insert("late", at: reservation.first, in: store)
      #expect(late?.code == .server(MongoDBError.duplicateKey))
    }
  }

  @Test func `a node whose positions were filled stores its entries behind them`() async throws {
    try await withStore(.init(reservationTime: .zero)) { store, url in
      let running = Task { await store.run() }
      let other = try await MongoLogStore.open(url, .init(reservationTime: .zero))
      let reading = Task {
        while !Task.isCancelled { _ = try await other.prompts() }
      }
      var ids: [ULID] = []
      for number in 0 ..< 50 { ids.append(try await store.append(.sample("\(number)")).id) }
      reading.cancel()
      #expect(try await store.prompts() == (0 ..< 50).map(String.init))
      #expect(ids == ids.sorted())
      running.cancel()
      await running.value
      await other.close()
    }
  }
}

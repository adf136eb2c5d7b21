import MongoDB
import TestMongoDB
import Testing

@Suite struct ClientPoolTests {
  @Test func `a pool whose connections are all in use says so when the URL bounds the wait`()
    async throws
  {
    let url = try await MongoDBServer.shared.makeDatabase()
    let pool = try ClientPool(
      ConnectionParameters(url: url + "?maxPoolSize=1&waitQueueTimeoutMS=50"),
      responseTime: .seconds(10),
      connectTime: .seconds(3)
    )
    let error = #expect(throws: MongoDBError.self) {
      try pool.withClient { _ throws(MongoDBError) in
        try pool.withClient { _ throws(MongoDBError) in }
      }
    }
    #expect(error?.code == .unreachable)
    #expect(error?.message.contains("waitQueueTimeoutMS") == true)
    // It is given back.
    try pool.withClient { _ throws(MongoDBError) in }
  }
}

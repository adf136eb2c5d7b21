import Identifiers
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

  @Test func `a cursor's rest is asked of the router that has the cursor`() async throws {
    let url = try await MongoDBServer.shared.makeDatabase()
    let routers = [
      try MongoDBProxy(of: url, isRouter: true), try MongoDBProxy(of: url, isRouter: true),
    ]
    // The URLs end with a database, and options. A router that is slow at first is used as well.
    let hosts = routers.map { String($0.url.split(separator: "/")[1]) }
    let pool = try ClientPool(
      ConnectionParameters(
        url: "mongodb://\(hosts.joined(separator: ","))/d?tls=false&localThresholdMS=60000"
      ),
      responseTime: .seconds(10),
      connectTime: .seconds(3)
    )
    let documents = (0 ..< 150).map { Value.document(["_id": .int32($0)]) }
    try pool.withClient { client throws(MongoDBError) in
      _ = try client.write(["insert": "c", "documents": .array(documents)], in: "d")
    }
    for _ in 0 ..< 20 {
      let found = try pool.withClient { client throws(MongoDBError) in
        try client.all(["find": "c", "batchSize": 100], in: "d")
      }
      #expect(found.count == 150)
    }
    for router in routers {
      let searches = try #require(try await router.count("find"))
      #expect(searches > 0)
      #expect(try await router.count("getMore") == searches)
    }
  }
}

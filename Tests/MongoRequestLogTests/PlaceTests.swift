import Identifiers
import MongoDB
import RequestLog
import Testing

@testable import MongoRequestLog

@Suite struct PlaceTests {
  @Test(arguments: [
    ("mongodb://db.example", "mongodb://db.example:27017", false, true),
    (
      "mongodb://ada:s%40cret@a.example,b.example:1/logs",
      "mongodb://ada@a.example:27017,b.example:1/logs", true, true
    ),
    ("mongodb://ada@db.example/?tls=false", "mongodb://ada@db.example:27017", false, false),
    (
      "mongodb://127.0.0.1/logs?w=0&retryWrites=true", "mongodb://127.0.0.1:27017/logs", false,
      false
    ),
    ("mongodb://localhost", "mongodb://localhost:27017", false, false),
    ("mongodb://[::1]:2", "mongodb://[::1]:2", false, false),
    // Where the members of a replica set are, it tells itself.
    ("mongodb://localhost,[::1]:2/", "mongodb://localhost:27017,[::1]:2", false, true),
    ("mongodb://127.0.0.1/?replicaSet=rs0", "mongodb://127.0.0.1:27017", false, true),
    ("mongodb://127.0.0.1/?directConnection=false", "mongodb://127.0.0.1:27017", false, true),
    ("mongodb://127.0.0.1/?replicaSet=rs0&tls=false", "mongodb://127.0.0.1:27017", false, false),
    ("mongodb://127.evil.example", "mongodb://127.evil.example:27017", false, true),
    ("mongodb://127.0.0.1.example", "mongodb://127.0.0.1.example:27017", false, true),
    ("mongodb://%2Ftmp%2Fmongodb.sock", "mongodb:///tmp/mongodb.sock", false, false),
  ])
  func `a place is shown without its password, and far ones have TLS`(
    url: String,
    shown: String,
    hasPassword: Bool,
    isEncrypted: Bool
  ) throws {
    let place = try MongoLogStore.Place(url: url)
    #expect(place.description == shown)
    #expect(place.hasPassword == hasPassword)
    #expect(place.parameters.isEncrypted == isEncrypted)
  }

  @Test(arguments: [
    "mongodb://", "mongodb://u:secret@@h", "postgresql://h", "mongodb://h/?w=x\u{0}",
  ])
  func `what is no URL is refused, and not repeated`(url: String) {
    let error = #expect(throws: LogError.self) { try MongoLogStore.Place(url: url) }
    #expect(error?.code == .invalid)
    #expect(
      error?.message == "it is not a URL of MongoDB, such as mongodb://user@host:27017/database"
    )
  }

  @Test(arguments: [
    "tlsCertificateKeyFile=key.pem&tlsCertificateKeyFilePassword=s3cret",
    "authMechanism=MONGODB-AWS&authMechanismProperties=AWS_SESSION_TOKEN:s3cret",
  ])
  func `what is secret in the options is a password, and not shown`(options: String) throws {
    var place = try MongoLogStore.Place(url: "mongodb://ada@db.example/?\(options)")
    #expect(place.hasPassword)
    #expect(place.description == "mongodb://ada@db.example:27017")
    // It is not the user's.
    let parameters = place.parameters
    place.setPassword("another")
    #expect(place.parameters != parameters)
  }

  @Test func `a password needs a user`() async throws {
    var place = try MongoLogStore.Place(url: "mongodb://127.0.0.1:1/logs")
    place.setPassword("secret")
    let error = await #expect(throws: LogError.self) {
      _ = try await MongoLogStore.openExisting(place, logger: .silent)
    }
    let cause = String(describing: error?.cause)
    #expect(cause.contains("there is a password, but the URL has no user"))
  }
}

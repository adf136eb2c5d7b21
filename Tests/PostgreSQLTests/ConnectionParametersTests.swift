import PostgreSQL
import Testing

@Suite struct ConnectionParametersTests {
  @Test(arguments: [
    (
      "postgresql://alice:s3cret@db.example:5433/logs?sslmode=verify-full",
      "postgresql://alice@db.example:5433/logs"
    ),
    ("postgres://db.example", "postgresql://db.example"),
    ("postgresql://a@h1:1,h2:2/d?password=s3cret", "postgresql://a@h1:1,h2:2/d"),
    ("postgresql://[::1]:5432/d", "postgresql://[::1]:5432/d"),
    ("postgresql:///d?host=/run/postgresql", "postgresql:///run/postgresql/d"),
  ])
  func `the place of a database is told without its password`(
    url: String,
    place: String
  ) throws {
    #expect(try ConnectionParameters(url: url).place == place)
  }

  @Test(arguments: [
    "postgresql://h:s3cret:x/d", "postgresql://a:s3cret%zz@h/d", "postgresql://h?s3cret=1",
  ])
  func `a malformed URL is not repeated`(url: String) {
    let error = #expect(throws: PostgreSQLError.self) { try ConnectionParameters(url: url) }
    #expect(error?.code == .invalid)
    #expect(error?.message.contains("s3cret") == false)
  }

  @Test(arguments: [
    ("postgresql://localhost/d", true), ("postgresql://127.0.0.1,[::1]/d", true),
    ("postgresql:///d?host=/tmp", true), ("postgresql:///d", true),
    ("postgresql://db.example/d", false), ("postgresql://localhost,db.example/d", false),
    ("postgresql:///d?hostaddr=10.0.0.1", false), ("postgresql:///d?hostaddr=127.0.0.1", true),
    ("postgresql://localhost/d?hostaddr=10.0.0.1", false), ("postgresql://127.1.2.3/d", true),
    ("postgresql://127.evil.example/d", false), ("postgresql://127.0.0.1.evil.example/d", false),
    ("postgresql://127.0.0.256/d", false), ("postgresql://LocalHost/d", true),
  ])
  func `what is on this machine is known`(url: String, isLocal: Bool) throws {
    #expect(try ConnectionParameters(url: url).isLocal == isLocal)
  }
}

import HTTPTransport
import Identifiers
import NIOHTTP1
import RPC
import Testing
import TokenwireAPI

@testable import HTTPAPI

@Suite struct LogsTests {
  private func exchange(
    _ query: [(name: Identifier, value: String)] = [],
    accept: String = "*/*"
  ) throws -> Exchange {
    try Exchange(
      Logs.group,
      "/v1/logs",
      .GET,
      query: query,
      headers: ["accept": accept, "authorization": "Bearer a.b.c"]
    )
  }

  @Test func `all parameters are the query's`() throws {
    let exchange = try self.exchange([
      ("user_id", "ada"), ("since", "2026-01-01T00:00:00Z"), ("until", "1767225600000001"),
      ("model", "m"), ("search", "two words"), ("limit", "7"), ("after_id", "01"),
      ("order", "oldest_first"), ("session_id", "s"),
    ])
    #expect(exchange.call.method == TokenwireMethod.queryLogs)
    #expect(exchange.call.metadata["authorization"] == "Bearer a.b.c")
    #expect(
      try exchange.message()
        == QueryLogsRequest(
          userID: "ada",
          sinceUnixMicros: 1_767_225_600_000_000,
          untilUnixMicros: 1_767_225_600_000_001,
          model: "m",
          search: "two words",
          limit: 8,
          afterID: "01",
          order: .oldestFirst,
          sessionID: "s"
        )
    )
  }

  @Test(arguments: ["0", "1970-01-01T00:00:00Z"])
  func `nothing is before the first time`(time: String) throws {
    let until: QueryLogsRequest = try self.exchange([("until", time)]).message()
    #expect(until.untilUnixMicros == -1)
    let since: QueryLogsRequest = try self.exchange([("since", time)]).message()
    #expect(since == QueryLogsRequest(limit: 101))
  }

  @Test(arguments: [
    ("text/event-stream;q=0, application/json", false), ("text/event-stream;q=0", false),
    ("application/json, text/event-stream; q=0.1", false), ("text/event-stream;q=NaN", false),
    ("application/json, text/event-stream", true), ("text/event-stream", true),
    ("application/json;q=0.5, Text/Event-Stream;q=0.6", true), ("text/event-stream;v=1", true),
  ])
  func `a stream is sent to those who do not like JSON better`(
    accept: String,
    isStream: Bool
  ) throws {
    let request: QueryLogsRequest = try self.exchange(accept: accept).message()
    // A list reads one entry more, to know whether there are others.
    #expect(request == QueryLogsRequest(limit: isStream ? 100 : 101))
  }

  @Test func `without parameters it is the last hundred`() throws {
    #expect(try self.exchange().message() == QueryLogsRequest(limit: 101))
    #expect(
      try self.exchange(accept: "application/x-ndjson").message() == QueryLogsRequest(limit: 100)
    )
    #expect(try self.exchange([("limit", "0")]).message() == QueryLogsRequest())
    let most = try self.exchange([("limit", "\(Int64.max)")])
    #expect(try most.message() == QueryLogsRequest(limit: .max))
  }

  @Test func `a list is sent as it comes`() throws {
    var exchange = try self.exchange([("limit", "2")])
    #expect(!exchange.endsWithClient)
    try exchange.respond(LogEntry(id: "a"))
    expect(exchange.text, is: #"{"object":"list","data":[{"id":"a"}"#)
    try exchange.respond(LogEntry(seq: 1, id: "b"))
    let two = #"{"object":"list","data":[{"id":"a"},{"seq":1,"id":"b"}"#
    expect(exchange.text, is: two)
    var another = exchange
    try exchange.finish()
    expect(exchange.text, is: two + #"],"has_more":false}"#)
    try another.respond(LogEntry(seq: 2, id: "c"))
    try another.finish()
    expect(another.text, is: two + #"],"has_more":true}"#)
  }

  @Test func `a list may be empty, or end with an error`() throws {
    var exchange = try self.exchange()
    expect(try exchange.answer(), is: #"{"object":"list","data":[],"has_more":false}"#)
    var all = try self.exchange([("limit", "0")])
    expect(
      try all.answer(LogEntry(id: "a")),
      is: #"{"object":"list","data":[{"id":"a"}],"has_more":false}"#
    )
    var failing = try self.exchange()
    try failing.respond(LogEntry(id: "a"))
    failing.fail(CallError(.resourceExhausted, "Too long"))
    expect(
      failing.text,
      is: #"{"object":"list","data":[{"id":"a"}],"#
        + #""error":{"code":"resource_exhausted","message":"Too long"}}"#
    )
  }

  @Test func `entries are events or lines, for those who ask`() throws {
    var events = try self.exchange(accept: "text/event-stream")
    expect(
      try events.answer(LogEntry(seq: 4, id: "a")),
      is: "id: 4\ndata: {\"seq\":4,\"id\":\"a\"}\n\n"
    )
    var lines = try self.exchange(accept: "application/x-ndjson;q=1")
    expect(try lines.answer(LogEntry(seq: 4, id: "a")), is: "{\"seq\":4,\"id\":\"a\"}\n")
  }

  @Test(
    arguments: [
      ("serach", "x", "serach is not a parameter of the log: did you mean search?"),
      ("access_token", "x", "access_token is not a parameter of the log"),
      (
        "since", "yesterday",
        "since must be a time as 2026-01-31T12:00:00Z, or microseconds since 1970"
      ),
      ("limit", "-1", "limit must be a number from 0 on"),
      ("limit", "9223372036854775808", "limit must be a number from 0 on"),
      ("order", "up", "order must be newest_first or oldest_first"),
    ]
  )
  func `a wrong parameter is named`(name: String, value: String, message: String) throws {
    let failure = try expectFailure { try self.exchange([(Identifier(name), value)]) }
    expect(failure.error.message, is: message)
    #expect(failure.status == .badRequest)
  }

  @Test func `a parameter is there once`() throws {
    let failure = try expectFailure { try self.exchange([("model", "a"), ("model", "b")]) }
    expect(failure.error.message, is: "model is there twice")
    let long = Identifier(String(repeating: "x", count: 100_000))
    expect(
      try expectFailure { try self.exchange([(long, "")]) }.error.message,
      is: "A parameter with a long name is not known here"
    )
  }
}

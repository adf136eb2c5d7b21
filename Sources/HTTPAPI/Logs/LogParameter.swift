internal import HTTPTransport
internal import Identifiers
internal import TokenwireAPI

/// A parameter of `GET /v1/logs`.
struct LogParameter: Sendable {
  let name: Identifier
  let schema: Schema
  let summary: String
  private let read: @Sendable (inout QueryLogsRequest, String) -> Bool
  /// What its value must be.
  private let expected: String

  /// - Parameter read: returns false for a value that is not as expected.
  private init(
    _ name: Identifier,
    _ schema: Schema,
    _ expected: String,
    _ summary: String,
    read: @escaping @Sendable (inout QueryLogsRequest, String) -> Bool
  ) {
    self.name = name
    self.schema = schema
    self.expected = expected
    self.summary = summary
    self.read = read
  }

  static let defaultLimit: Int64 = 100

  static let all: [LogParameter] = [
    .text("user_id", "Whose entries; the caller's own without it. Another's need the scope admin.")
    {
      $0.userID = $1
    },
    .time("since", "Entries from this time on.") { $0.sinceUnixMicros = $1 },
    // In the message, 0 is no limit.
    .time("until", "Entries before this time.") { $0.untilUnixMicros = $1 == 0 ? -1 : $1 },
    .text("model", "Entries of this model.") { $0.model = $1 },
    .text("session_id", "Entries of this session.") { $0.sessionID = $1 },
    .text("search", "Words that must all be in the prompt or the response.") { $0.search = $1 },
    LogParameter(
      "limit",
      .integer(0 ... .max),
      "a number from 0 on",
      "At most this many entries; 0 is all. Default 100."
    ) { request, text in
      guard let limit = Int64(text), limit >= 0 else { return false }
      request.limit = limit
      return true
    },
    .text("after_id", "Goes on after the entry with this id.") { $0.afterID = $1 },
    LogParameter(
      "order",
      .choice(["newest_first", "oldest_first"]),
      "newest_first or oldest_first",
      "Default newest_first."
    ) { request, text in
      switch Identifier(text) {
      case "newest_first": request.order = .newestFirst
      case "oldest_first": request.order = .oldestFirst
      default: return false
      }
      return true
    },
  ]

  private static func text(
    _ name: Identifier,
    _ summary: String,
    set: @escaping @Sendable (inout QueryLogsRequest, String) -> Void
  ) -> LogParameter {
    LogParameter(name, .string, "a text", summary) { request, text in
      set(&request, text)
      return true
    }
  }

  private static func time(
    _ name: Identifier,
    _ summary: String,
    set: @escaping @Sendable (inout QueryLogsRequest, Int64) -> Void
  ) -> LogParameter {
    let expected = "a time as 2026-01-31T12:00:00Z, or microseconds since 1970"
    return LogParameter(
      name,
      .string,
      expected,
      summary + " Written as RFC 3339 has it, or in microseconds since 1970."
    ) {
      request,
      text in
      guard let time = Timestamp(text) else { return false }
      set(&request, time.microseconds)
      return true
    }
  }

  /// Reads the parameters of a request.
  ///
  /// - Throws: for a parameter that is unknown, comes twice, or has a wrong value.
  static func read(
    _ query: [(name: Identifier, value: String)]
  ) throws(HTTPFailure)
    -> QueryLogsRequest
  {
    var request = QueryLogsRequest(limit: Self.defaultLimit)
    var seen: Set<Identifier> = []
    for (name, value) in query {
      guard let parameter = Self.all.first(where: { $0.name == name }) else {
        throw Self.unknown(name)
      }
      guard seen.insert(name).inserted else {
        throw .invalid("\(name) is there twice", parameter: name.text)
      }
      guard parameter.read(&request, value) else {
        throw .invalid("\(name) must be \(parameter.expected)", parameter: name.text)
      }
    }
    return request
  }

  private static let longestName = 40

  private static func unknown(_ name: Identifier) -> HTTPFailure {
    // A long name is not a typo, and comparing it is slow.
    guard name.utf8.count <= Self.longestName else {
      return .invalid("A parameter with a long name is not known here")
    }
    let meant = name.text.mostSimilar(of: Self.all.map(\.name.text))
      .map { ": did you mean \($0)?" }
    return .invalid("\(name) is not a parameter of the log\(meant ?? "")", parameter: name.text)
  }
}

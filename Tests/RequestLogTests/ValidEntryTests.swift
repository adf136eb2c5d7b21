import Identifiers
import Testing

@testable import RequestLog

@Suite struct ValidEntryTests {
  static let limits = EntryLimits(
    prompt: 10,
    response: 10,
    userID: 6,
    model: 6,
    generationID: 6,
    sessionID: 6,
    idempotencyKey: 6,
    metadataCount: 2,
    metadata: 10
  )
  static let entry = NewEntry(userID: "ada", prompt: "p", response: "r")

  static let fields: [String: @Sendable (String, inout NewEntry) -> Void] = [
    "prompt": { $1.prompt = $0 },
    "response": { $1.response = $0 },
    "user_id": { $1.userID = Identifier($0) },
    "model": { $1.model = Identifier($0) },
    "generation_id": { $1.generationID = Identifier($0) },
    "session_id": { $1.sessionID = Identifier($0) },
    "idempotency_key": { $1.idempotencyKey = Identifier($0) },
  ]

  @Test(arguments: [
    ("prompt", 10), ("response", 10), ("user_id", 6), ("model", 6), ("generation_id", 6),
    ("session_id", 6), ("idempotency_key", 6),
  ])
  func `what is too long is named, with its limit and its size`(
    field: String,
    limit: Int
  ) throws {
    let set = try #require(Self.fields[field])
    var entry = Self.entry
    // The limit is in bytes.
    set(String(repeating: "ä", count: limit / 2), &entry)
    _ = try Self.valid(entry)
    set(String(repeating: "x", count: limit + 1), &entry)
    let error = #expect(throws: LogError.self) { try Self.valid(entry) }
    #expect(error?.code == .invalid)
    #expect(
      error?.message == "\(field) may have at most \(limit) bytes. Given: \(limit + 1)"
    )
  }

  @Test(arguments: ["prompt", "response", "user_id"])
  func `what is required is named`(field: String) throws {
    let set = try #require(Self.fields[field])
    var entry = Self.entry
    set("", &entry)
    let error = #expect(throws: LogError.self) { try Self.valid(entry) }
    #expect(error?.code == .invalid)
    #expect(error?.message == "\(field) is required")
  }

  @Test(
    arguments: [
      (["a": "", "b": "", "c": ""], "metadata may have at most 2 keys. Given: 3"),
      (["a": "0123456789"], "metadata may have at most 10 bytes. Given: 11"),
    ] as [(TextMap, String)]
  )
  func `metadata is limited`(metadata: TextMap, message: String) {
    var entry = Self.entry
    entry.metadata = metadata
    let error = #expect(throws: LogError.self) { try Self.valid(entry) }
    #expect(error?.code == .invalid)
    #expect(error?.message == message)
  }

  @Test func `the size of an entry is that of all its texts`() throws {
    var entry = Self.entry
    entry.metadata = ["k": "ä"]
    entry.model = "m"
    #expect(try Self.valid(entry).size == 3 + 1 + 1 + 3 + 1)
  }

  private static func valid(_ entry: NewEntry) throws -> ValidEntry {
    try ValidEntry(entry, limits: self.limits, content: .full)
  }
}

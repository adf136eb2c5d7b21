internal import Foundation
internal import Identifiers
internal import JSON

/// An entry as one line of JSON, with everything that is stored.
private struct JSONEntry {
  var id = ""
  var timestamp_us: Int64 = 0
  var user_id = ""
  var prompt: String?
  var response: String?
  /// In base64.
  var prompt_hash: Data?
  var response_hash: Data?
  var prompt_bytes = 0
  var response_bytes = 0
  var model = ""
  var generation_id = ""
  /// Left out when empty, as in entries of earlier versions.
  var session_id = ""
  var metadata = TextMap()
  var idempotency_key = ""

  /// In the order of names, so that equal entries have equal lines.
  var line: String {
    var writer = JSONWriter(capacity: 1024)
    writer.member("generation_id", self.generation_id)
    writer.member("id", self.id)
    writer.member("idempotency_key", self.idempotency_key)
    writer.member("metadata", self.metadata)
    writer.member("model", self.model)
    if let prompt { writer.member("prompt", prompt) }
    writer.member("prompt_bytes", self.prompt_bytes)
    if let prompt_hash { writer.member("prompt_hash", prompt_hash.base64EncodedString()) }
    if let response { writer.member("response", response) }
    writer.member("response_bytes", self.response_bytes)
    if let response_hash { writer.member("response_hash", response_hash.base64EncodedString()) }
    if !self.session_id.isEmpty { writer.member("session_id", self.session_id) }
    writer.member("timestamp_us", self.timestamp_us)
    writer.member("user_id", self.user_id)
    writer.end()
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

extension JSONEntry {
  /// Unknown members are skipped: a later version may write more.
  ///
  /// - Throws: `invalid`, which names the member that is wrong.
  init(line: String) throws(LogError) {
    var current: JSONName?
    var missing: [JSONName] = []
    do throws(JSONError) {
      missing = try self.read(line, &current)
    } catch {
      let member = current.map { "\($0.text): " } ?? ""
      throw LogError(
        .invalid,
        "it is not an entry in JSON: \(member)\(error)"
      )
    }
    if let name = missing.first?.text {
      throw LogError(.invalid, "it is not an entry in JSON: \(name) is missing")
    }
    for (name, isThere, other, isOtherThere) in [
      ("response", self.response != nil, "prompt", self.prompt != nil),
      ("response_hash", self.response_hash != nil, "prompt_hash", self.prompt_hash != nil),
    ] where isThere != isOtherThere {
      let (given, absent) = isThere ? (name, other) : (other, name)
      throw LogError(.invalid, "\(absent) is missing beside \(given)")
    }
    if self.prompt != nil, self.prompt_hash != nil {
      throw LogError(.invalid, "prompt_hash and prompt are both given: give one")
    }
  }

  /// - Parameter current: the member that is being read, for the error.
  /// - Returns: the names of missing members.
  private mutating func read(
    _ line: String,
    _ current: inout JSONName?
  ) throws(JSONError) -> [JSONName] {
    var reader = JSONReader(Array(line.utf8), limits: .entry)
    var missing: [JSONName] = [
      "id", "timestamp_us", "user_id", "prompt_bytes", "response_bytes", "model", "generation_id",
      "metadata", "idempotency_key",
    ]
    try reader.beginObject()
    while let name = try reader.nextName() {
      current = name
      missing.removeAll { $0 == name }
      switch name {
      case "id": self.id = try reader.string()
      case "timestamp_us": self.timestamp_us = try reader.integer()
      case "user_id": self.user_id = try reader.string()
      case "prompt": self.prompt = try reader.optionalString()
      case "response": self.response = try reader.optionalString()
      case "prompt_hash": self.prompt_hash = try reader.base64()
      case "response_hash": self.response_hash = try reader.base64()
      case "prompt_bytes": self.prompt_bytes = Int(try reader.integer())
      case "response_bytes": self.response_bytes = Int(try reader.integer())
      case "model": self.model = try reader.string()
      case "generation_id": self.generation_id = try reader.string()
      case "session_id": self.session_id = try reader.string()
      case "metadata": self.metadata = try TextMap(&reader)
      case "idempotency_key": self.idempotency_key = try reader.string()
      default: try reader.skip()
      }
    }
    current = nil
    try reader.end()
    return missing
  }
}

extension StoredEntry {
  /// The entry as a line of JSON, without its end: keys are sorted, so that equal entries have
  /// equal lines.
  public func jsonLine() -> String {
    var json = JSONEntry(
      id: self.id.description,
      timestamp_us: self.timestamp.microseconds,
      user_id: self.userID.text,
      prompt_bytes: self.promptBytes,
      response_bytes: self.responseBytes,
      model: self.model.text,
      generation_id: self.generationID.text,
      session_id: self.sessionID.text,
      metadata: self.metadata,
      idempotency_key: self.idempotencyKey.text
    )
    switch self.content {
    case .text(let prompt, let response): (json.prompt, json.response) = (prompt, response)
    case .hashes(let prompt, let response):
      (json.prompt_hash, json.response_hash) = (Data(prompt), Data(response))
    case .none: break
    }
    return json.line
  }

  /// - Throws: `invalid` when the line is not an entry, or its id does not match its time.
  public init(jsonLine: String) throws(LogError) {
    let json = try JSONEntry(line: jsonLine)
    let timestamp = Timestamp(microseconds: json.timestamp_us)
    guard Timestamp.representable.contains(timestamp) else {
      throw LogError(.invalid, "timestamp_us is not a time that a log can hold")
    }
    guard let id = ULID(json.id), id.milliseconds == timestamp.milliseconds else {
      throw LogError(.invalid, "id is not the ULID of an entry of its time")
    }
    let content: EntryContent =
      if let prompt = json.prompt, let response = json.response {
        .text(prompt: prompt, response: response)
      } else if let prompt = json.prompt_hash, let response = json.response_hash {
        .hashes(prompt: Array(prompt), response: Array(response))
      } else {
        .none
      }
    self.init(
      id: id,
      timestamp: timestamp,
      userID: Identifier(json.user_id),
      content: content,
      promptBytes: json.prompt_bytes,
      responseBytes: json.response_bytes,
      model: Identifier(json.model),
      generationID: Identifier(json.generation_id),
      sessionID: Identifier(json.session_id),
      metadata: json.metadata,
      idempotencyKey: Identifier(json.idempotency_key)
    )
  }
}

extension JSONReader {
  /// Reads a base64 string; null is nil.
  fileprivate mutating func base64() throws(JSONError) -> Data? {
    guard let text = try self.optionalString() else { return nil }
    guard let data = Data(base64Encoded: text) else { throw .invalidText(at: 0) }
    return data
  }
}

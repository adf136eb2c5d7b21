internal import Foundation

/// An entry as one line of JSON, with all that the log has of it.
private struct JSONEntry: Codable {
  var id: String
  var timestamp_us: Int64
  var user_id: String
  var prompt: String?
  var response: String?
  /// In base 64.
  var prompt_hash: Data?
  var response_hash: Data?
  var prompt_bytes: Int
  var response_bytes: Int
  var model: String
  var generation_id: String
  var metadata: [String: String]
  var idempotency_key: String
}

extension StoredEntry {
  /// The entry as a line of JSON, without its end: keys are sorted, so that equal entries have
  /// equal lines.
  public func jsonLine() throws(LogError) -> String {
    var json = JSONEntry(
      id: self.id.description,
      timestamp_us: self.timestamp.microseconds,
      user_id: self.userID,
      prompt_bytes: self.promptBytes,
      response_bytes: self.responseBytes,
      model: self.model,
      generation_id: self.generationID,
      metadata: self.metadata,
      idempotency_key: self.idempotencyKey
    )
    switch self.content {
    case .text(let prompt, let response): (json.prompt, json.response) = (prompt, response)
    case .hashes(let prompt, let response):
      (json.prompt_hash, json.response_hash) = (Data(prompt), Data(response))
    case .none: break
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(json), as: UTF8.self)
    } catch {
      throw LogError(.unavailable, "An entry cannot be written as JSON", cause: error)
    }
  }

  /// - Throws: `invalid` when the line is no entry, or its id is not of its time.
  public init(jsonLine: String) throws(LogError) {
    let json: JSONEntry
    do {
      json = try JSONDecoder().decode(JSONEntry.self, from: Data(jsonLine.utf8))
    } catch {
      throw LogError(.invalid, "it is no entry in JSON", cause: error)
    }
    let timestamp = Timestamp(microseconds: json.timestamp_us)
    guard Timestamp.representable.contains(timestamp) else {
      throw LogError(.invalid, "timestamp_us is no time of a log", field: "timestamp_us")
    }
    guard let id = ULID(json.id), id.milliseconds == timestamp.milliseconds else {
      throw LogError(.invalid, "id is not the ULID of an entry of its time", field: "id")
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
      userID: json.user_id,
      content: content,
      promptBytes: json.prompt_bytes,
      responseBytes: json.response_bytes,
      model: json.model,
      generationID: json.generation_id,
      metadata: json.metadata,
      idempotencyKey: json.idempotency_key
    )
  }
}

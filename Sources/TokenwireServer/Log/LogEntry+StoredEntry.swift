internal import Identifiers
internal import RequestLog
internal import TokenwireAPI

extension LogEntry {
  /// The maximum size of a message, less the most that its other fields take, in bytes.
  private static let room = 4 << 20 - 1 << 10

  /// The message for an entry. Parts that do not fit are left out, and the notice says so, so that
  /// one entry does not end a list.
  init(_ entry: StoredEntry, seq: UInt64) {
    self.init(
      seq: seq,
      id: entry.id.description,
      userID: entry.userID.text,
      model: entry.model.text,
      generationID: entry.generationID.text,
      metadata: entry.metadata,
      timestampUnixMicros: entry.timestamp.microseconds,
      sessionID: entry.sessionID.text
    )
    var notices = entry.damage.map { [$0] } ?? []
    var room = Self.room - self.userID.utf8.count - self.model.utf8.count
    room -= self.generationID.utf8.count + self.sessionID.utf8.count
    // Each pair is a message with length prefixes.
    let metadata = self.metadata.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 24 }
    if metadata > room {
      self.metadata = [:]
      notices.append("The metadata, of \(metadata) bytes, is too large for a message.")
    } else {
      room -= metadata
    }
    if case .text(let prompt, let response) = entry.content,
      prompt.utf8.count + response.utf8.count <= room
    {
      (self.prompt, self.response) = (prompt, response)
    } else {
      self.promptBytes = Int64(entry.promptBytes)
      self.responseBytes = Int64(entry.responseBytes)
      if case .text = entry.content {
        notices.append(
          "The texts are too long for a message; an export of the log (tokenwire logs export) has them."
        )
      }
    }
    self.notice = notices.joined(separator: " ")
  }
}

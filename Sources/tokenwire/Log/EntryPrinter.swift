import Foundation
import Identifiers
import JSON
import RequestLog
import TokenwireAPI

/// Prints log entries as they arrive.
struct EntryPrinter {
  enum Form {
    /// For people.
    case text
    /// One object per line.
    case json
    /// RFC 4180, with a header.
    case csv(CSV.Form)
  }

  let form: Form

  /// Prints what precedes all entries.
  func begin() {
    if case .csv(let form) = self.form {
      StandardOutput.write(CSV(form: form).record(LogEntry.csvHeader))
    }
  }

  func print(_ entry: LogEntry) {
    switch self.form {
    case .text: StandardOutput.write(entry.text + "\n")
    case .json: StandardOutput.write(entry.json + "\n", .json)
    case .csv(let form):
      StandardOutput.write(CSV(form: form).record(entry.csvFields))
      // There is no column for it: nearly all entries are complete.
      if !entry.notice.isEmpty { StandardOutput.writeNote("[\(entry.id): \(entry.noticeText)]\n") }
    }
  }
}

extension LogEntry {
  /// A line about the entry, its session, its metadata, its prompt and its response. Only the first
  /// line begins with an id, so that a text cannot look like another entry, even in a pipe.
  fileprivate var text: String {
    let names = [self.id.asName, self.timestamp(digits: 3), self.userID.asName]
    let model = self.model.isEmpty ? [] : [self.model.asName]
    let metadata = self.metadata.isEmpty ? "" : "metadata \(self.metadata.json.onOneLine)\n"
    let session = self.sessionID.isEmpty ? "" : "session \(self.sessionID.asName)\n"
    return (names + model).joined(separator: "  ") + "\n" + session + metadata
      + self.prompt.lines(markedBy: "> ") + self.response.lines(markedBy: "  ")
      + (self.notice.isEmpty ? "" : "[\(self.noticeText.onOneLine)]\n")
  }

  /// What is missing, and its size.
  fileprivate var noticeText: String {
    "\(self.notice) The prompt has \(Int(self.promptBytes).byteText), the response "
      + Int(self.responseBytes).byteText
  }

  fileprivate static let csvHeader = [
    "id", "timestamp", "user_id", "model", "generation_id", "metadata", "prompt", "response",
    "session_id",
  ]

  fileprivate var csvFields: [String] {
    [
      self.id, self.timestamp(digits: 6), self.userID, self.model, self.generationID,
      self.metadata.isEmpty ? "" : self.metadata.json, self.prompt, self.response,
      self.sessionID,
    ]
  }

  /// The entry as one line of JSON: with the names that an export has, which are not the proto's.
  fileprivate var json: String {
    var writer = JSONWriter(capacity: 1024)
    writer.member("generation_id", self.generationID)
    writer.member("id", self.id)
    writer.member("metadata", self.metadata)
    writer.member("model", self.model)
    if !self.notice.isEmpty { writer.member("notice", self.notice) }
    writer.member("prompt", self.prompt)
    if !self.notice.isEmpty { writer.member("prompt_bytes", self.promptBytes) }
    writer.member("response", self.response)
    if !self.notice.isEmpty { writer.member("response_bytes", self.responseBytes) }
    if !self.sessionID.isEmpty { writer.member("session_id", self.sessionID) }
    writer.member("timestamp_us", self.timestampUnixMicros)
    writer.member("user_id", self.userID)
    writer.end()
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// The time in UTC, with up to 6 digits after the second.
  private func timestamp(digits: Int) -> String {
    let (seconds, micros) = self.timestampUnixMicros.quotientAndRemainder(dividingBy: 1_000_000)
    let time = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    let fraction = String(String(micros + 1_000_000).dropFirst().prefix(digits))
    return "\(time.dropLast()).\(fraction)Z"
  }
}

extension String {
  /// The text with a mark before each line, for every kind of line break, and a line feed at the
  /// end.
  fileprivate func lines(markedBy mark: String) -> String {
    var lines = mark
    var last: Unicode.Scalar?
    for scalar in self.unicodeScalars {
      // "\r\n" is one break.
      if let last, last.isLineBreak, !(last == "\r" && scalar == "\n") { lines += mark }
      lines.unicodeScalars.append(scalar)
      last = scalar
    }
    return lines + "\n"
  }
}

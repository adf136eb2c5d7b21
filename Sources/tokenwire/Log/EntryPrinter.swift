import Foundation
import TokenwireAPI

/// Prints log entries as they come.
struct EntryPrinter {
  enum Form {
    /// For people.
    case text
    /// An object a line.
    case json
    /// RFC 4180, with a header.
    case csv
  }

  let form: Form

  /// Prints what comes before all entries.
  func begin() {
    if self.form == .csv { StandardOutput.write(CSV.record(LogEntry.csvHeader)) }
  }

  func print(_ entry: LogEntry) {
    switch self.form {
    case .text: StandardOutput.write(entry.text + "\n")
    case .json: StandardOutput.write(entry.json + "\n")
    case .csv: StandardOutput.write(CSV.record(entry.csvFields))
    }
  }
}

extension LogEntry {
  /// A line about the entry, its prompt and its response.
  fileprivate var text: String {
    let model = self.model.isEmpty ? "" : "  \(self.model)"
    return """
      \(self.id)  \(self.timestamp(digits: 3))  \(self.userID)\(model)
      > \(self.prompt)
      \(self.response)

      """.escapingControls
  }

  fileprivate static let csvHeader = [
    "id", "timestamp", "user_id", "model", "generation_id", "metadata", "prompt", "response",
  ]

  fileprivate var csvFields: [String] {
    [
      self.id, self.timestamp(digits: 6), self.userID, self.model, self.generationID,
      self.metadata.isEmpty ? "" : self.metadata.jsonLine, self.prompt, self.response,
    ]
  }

  /// The entry as one line of JSON, with the names of the fields in the proto.
  fileprivate var json: String {
    EntryLine(
      id: self.id,
      userId: self.userID,
      timestampUnixMicros: self.timestampUnixMicros,
      model: self.model,
      generationId: self.generationID,
      metadata: self.metadata,
      prompt: self.prompt,
      response: self.response
    ).jsonLine
  }

  /// In UTC, with that many digits, up to 6, behind the second.
  private func timestamp(digits: Int) -> String {
    let (seconds, micros) = self.timestampUnixMicros.quotientAndRemainder(dividingBy: 1_000_000)
    let time = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    let fraction = String(String(micros + 1_000_000).dropFirst().prefix(digits))
    return "\(time.dropLast()).\(fraction)Z"
  }
}

private struct EntryLine: Encodable {
  var id: String
  var userId: String
  var timestampUnixMicros: Int64
  var model: String
  var generationId: String
  var metadata: [String: String]
  var prompt: String
  var response: String
}

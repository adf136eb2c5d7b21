/// A whole recording in memory, for replays.
public struct Recording: Sendable {
  /// The first line of the file.
  public let header: RecordingHeader
  package let events: [RecordedEvent]
  /// A sentence about the last line, if a killed process left it incomplete.
  public let cutOffLine: String?

  /// Reads the file.
  ///
  /// - Throws: as `RecordingReader`.
  public init(path: String) throws(RecordingError) {
    var reader = try RecordingReader(path: path)
    var events: [RecordedEvent] = []
    while let event = try reader.next() { events.append(event) }
    self.header = reader.header
    self.events = events
    self.cutOffLine = reader.cutOffLine
  }
}

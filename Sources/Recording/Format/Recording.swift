/// A recording as a whole, for those who play it again.
public struct Recording: Sendable {
  /// The first line of the file.
  public let header: RecordingHeader
  package let events: [RecordedEvent]
  /// What a process that was killed has left of the last line, in a sentence.
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

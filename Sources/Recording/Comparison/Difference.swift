/// Something that a replay has got other than the recording has it.
public struct Difference: Hashable, Sendable {
  /// Where, such as "connection 1, stream 3, Generate".
  public var place: String
  /// What, such as "text, from its character 12 on".
  public var subject: String
  /// What the recording has at this place.
  public var recorded: String
  /// What the replay has at this place.
  public var replayed: String

  /// For people: four lines, the recorded one with "-", the replayed one with "+".
  public var text: String {
    """
    \(self.place)
      \(self.subject)
      - \(self.recorded)
      + \(self.replayed)
    """
  }
}

/// How a replay is compared with its recording.
public enum ReplayMatch: String, Hashable, Sendable, CaseIterable {
  /// Every byte of every frame.
  case exact
  /// What the frames mean: docs/recordings.md has what may differ.
  case semantic
}

/// A difference between a replay and its recording.
public struct Difference: Hashable, Sendable {
  /// The place, such as "connection 1, stream 3, Generate".
  public var place: String
  /// What differs, such as "text, from its character 12 on".
  public var subject: String
  /// What the recording has at this place.
  public var recorded: String
  /// What the replay has at this place.
  public var replayed: String

  /// Four lines for people; the recorded one has "-", the replayed one "+".
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
  /// The meaning of the frames; docs/recordings.md lists what may differ.
  case semantic
}

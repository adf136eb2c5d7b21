/// Where an entry is when it is acknowledged.
public enum LogDurability: Hashable, Sendable {
  /// In the log itself, where no crash can lose it.
  case synced
  /// On a disk of this machine, where no crash can lose it, and not in the log yet.
  case localSynced
}

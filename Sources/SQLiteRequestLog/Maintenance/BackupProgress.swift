/// How far a copy of the log is, in bytes of the database file.
public struct BackupProgress: Hashable, Sendable {
  /// What is copied so far.
  public var copiedBytes: Int
  /// What there is to copy.
  public var totalBytes: Int
}

/// The progress of a copy of the log, in bytes of the database file.
public struct BackupProgress: Hashable, Sendable {
  /// The bytes copied so far.
  public var copiedBytes: Int
  /// All bytes.
  public var totalBytes: Int
}

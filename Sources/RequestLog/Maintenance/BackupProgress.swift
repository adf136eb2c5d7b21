/// How far a copy of the log is, in bytes of the database file.
public struct BackupProgress: Hashable, Sendable {
  public var copiedBytes: Int
  public var totalBytes: Int
}

/// What an import has done.
public struct ImportSummary: Hashable, Sendable {
  /// Entries that are new in the log.
  public var added: Int
  /// Entries that it had already.
  public var skipped: Int
}

/// What an import has done.
public struct ImportSummary: Hashable, Sendable {
  /// How many entries are new in the log.
  public var added: Int
  /// How many entries the log had already.
  public var skipped: Int
}

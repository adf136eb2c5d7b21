/// The result of an import.
public struct ImportSummary: Hashable, Sendable {
  /// How many entries were added.
  public var added: Int
  /// How many entries the log already had.
  public var skipped: Int

  /// Creates a result.
  public init(added: Int, skipped: Int) {
    self.added = added
    self.skipped = skipped
  }
}

package import RequestLog

/// The words of entries as the index of a database has them.
package final class IndexedWords {
  /// The longest word of the index, in bytes. Longer ones are cut.
  package static let maximumLength = 255
  /// The most bytes of an entry's words; a `tsvector` of PostgreSQL could have 1 MiB with what it adds
  /// to each. Searches read entries with more words than that, whatever is in them.
  private static let maximumBytes = 256 << 10

  private let words: EntryWords

  /// - Throws: `unavailable` when this SQLite has no FTS5.
  package init() throws(LogError) {
    self.words = try EntryWords(maximumLength: Self.maximumLength)
  }

  /// - Returns: nil when there are no texts, or too many words.
  package func words(of content: EntryContent) -> Set<[UInt8]>? {
    guard case .text(let prompt, let response) = content else { return nil }
    let words = self.words.words(of: prompt, response)
    return words.reduce(0) { $0 + $1.count + 4 } > Self.maximumBytes ? nil : words
  }

  /// The words that an entry must have to be found; none when nothing can be found.
  package func words(of search: SearchTerms) -> Set<EntryWords.Word> {
    self.words.words(of: search)
  }
}

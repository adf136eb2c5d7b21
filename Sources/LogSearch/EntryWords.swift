package import RequestLog
internal import SQLite

/// The words of entries and of searches, as `WordTokenizer` splits them: for a store whose index of
/// words is not FTS5's. All stores then find the same.
///
/// A word in such an index has a maximum length; longer ones are cut, in the index and in searches,
/// so that a search finds too much rather than too little. `SearchMatcher` removes what is too much.
package final class EntryWords {
  /// A word in a search.
  package struct Word: Hashable, Sendable {
    /// UTF-8.
    package let bytes: [UInt8]
    /// Whether it is only the beginning of a word.
    package let isPrefix: Bool
  }

  private let maximumLength: Int
  private let splitter: WordSplitter

  /// - Parameter maximumLength: of a word, in bytes.
  /// - Throws: `unavailable` when this SQLite has no FTS5.
  package init(maximumLength: Int) throws(LogError) {
    self.maximumLength = maximumLength
    do throws(SQLiteError) {
      self.splitter = try WordSplitter()
    } catch {
      throw LogError(.unavailable, "Texts cannot be split into words", cause: error)
    }
  }

  /// The different words of texts.
  package func words(of texts: String...) -> Set<[UInt8]> {
    var words: Set<[UInt8]> = []
    for text in texts { self.splitter.split(text) { words.insert(self.cut($0)) } }
    return words
  }

  /// The words that an entry must have to be found; none when nothing can be found.
  package func words(of search: SearchTerms) -> Set<Word> {
    var found: Set<Word> = []
    for term in search.terms {
      var words: [[UInt8]] = []
      self.splitter.split(term.text, isQuery: true) { words.append(self.cut($0)) }
      for (index, word) in words.enumerated() {
        let isLast = index == words.count - 1
        found.insert(Word(bytes: word, isPrefix: isLast && term.matchesBeginning))
      }
    }
    return found
  }

  private func cut(_ word: UnsafeRawBufferPointer) -> [UInt8] {
    guard word.count > self.maximumLength else { return Array(word) }
    var end = self.maximumLength
    // Not within a character.
    while end > 0, word[end] & 0xC0 == 0x80 { end -= 1 }
    return Array(word[..<end])
  }
}

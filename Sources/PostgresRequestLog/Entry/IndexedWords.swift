internal import LogSearch
internal import RequestLog

/// The words of entries as the table's index has them.
final class IndexedWords {
  /// The longest word of the index, in bytes; a `tsvector` could have 2,046. Longer ones are cut.
  static let maximumLength = 255
  /// The most bytes of an entry's words; a `tsvector` could have 1 MiB with what it adds to each.
  /// Searches read entries with more words than that, whatever is in them.
  private static let maximumBytes = 256 << 10

  private let words: EntryWords

  init() throws(LogError) {
    self.words = try EntryWords(maximumLength: Self.maximumLength)
  }

  /// - Returns: nil when there are no texts, or too many words.
  func words(of content: EntryContent) -> Set<[UInt8]>? {
    guard case .text(let prompt, let response) = content else { return nil }
    let words = self.words.words(of: prompt, response)
    return words.reduce(0) { $0 + $1.count + 4 } > Self.maximumBytes ? nil : words
  }

  /// A `tsquery` that finds at least all that a search finds; nil when that is nothing.
  func query(_ search: SearchTerms) -> String? {
    let words = self.words.words(of: search).map { word in
      // Words have neither quotes nor backslashes in them: these separate words.
      "'\(String(decoding: word.bytes, as: UTF8.self))'\(word.isPrefix ? ":*" : "")"
    }
    return words.isEmpty ? nil : words.sorted().joined(separator: " & ")  // compares words of ours
  }
}

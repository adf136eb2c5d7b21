/// The terms of a search, which must all be in an entry's prompt or response.
///
/// `LogQuery.search` describes the syntax.
public struct SearchTerms: Sendable {
  /// A word or a phrase.
  public struct Term: Sendable {
    /// The words with the text between them.
    public fileprivate(set) var text = ""
    /// Whether the last word is a prefix.
    public fileprivate(set) var isPrefix = false
  }

  /// The longest search, in bytes.
  private static let maximumSize = 1024

  /// At least one; each contains a letter or a number.
  public let terms: [Term]

  /// - Throws: `invalid` when there is nothing to search for, or it is too long.
  init(_ search: String) throws(LogError) {
    let size = search.utf8.count
    guard size <= Self.maximumSize else {
      throw LogError(
        .invalid,
        "search may have at most \(Self.maximumSize) bytes. Given: \(size)"
      )
    }
    // Punctuation separates words, but alone it would find nothing.
    let terms = Self.terms(of: search).filter { term in
      term.text.contains { $0.isLetter || $0.isNumber }
    }
    guard !terms.isEmpty else {
      throw LogError(
        .invalid,
        "search has no word in it: punctuation alone is not found"
      )
    }
    self.terms = terms
  }

  private static func terms(of search: String) -> [Term] {
    var terms: [Term] = []
    var term = Term()
    var isPhrase = false
    func endTerm() {
      if !term.text.isEmpty { terms.append(term) }
      term = Term()
    }
    var isAfterPhrase = false
    for character in search {
      defer { isAfterPhrase = character == "\"" && !isPhrase && !terms.isEmpty }
      switch character {
      case "\"":
        endTerm()
        isPhrase.toggle()
      case "\u{0}":
        // NUL would end the text in C libraries.
        if isPhrase { term.text.append(" ") } else { endTerm() }
      case _ where character.isWhitespace && !isPhrase:
        endTerm()
      case "*" where !isPhrase:
        if !term.text.isEmpty {
          term.isPrefix = true
          endTerm()
        } else if isAfterPhrase {
          terms[terms.count - 1].isPrefix = true
        }
      default:
        term.text.append(character)
      }
    }
    endTerm()
    return terms
  }
}

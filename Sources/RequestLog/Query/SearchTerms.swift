/// What a user searches for: terms that must all be in an entry's prompt or response.
///
/// `LogQuery.search` says how a search is written, and what is found.
public struct SearchTerms: Sendable {
  /// A word, or words that stand side by side.
  public struct Term: Sendable {
    /// The words, with what parts them.
    public fileprivate(set) var text = ""
    /// Whether words that begin with the last one are found, too.
    public fileprivate(set) var isPrefix = false
  }

  /// The longest search, in bytes.
  private static let maximumSize = 1024

  /// At least one; each has a letter or a number in it.
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
    // A sign between words parts them, but alone it would find nothing.
    let terms = Self.terms(of: search).filter { term in
      term.text.contains { $0.isLetter || $0.isNumber }
    }
    guard !terms.isEmpty else {
      throw LogError(
        .invalid,
        "search has no word in it: signs alone are not found"
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
        // Would end the text for libraries in C.
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

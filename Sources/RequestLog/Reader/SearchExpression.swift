internal import SQLite

/// What a user searches for, as an expression of FTS5 (https://sqlite.org/fts5.html section 3).
///
/// Each word is a quoted string there, so that what else means something to FTS5 is only text.
struct SearchExpression: Hashable, Sendable {
  /// In bytes.
  static let maximumSize = 1024

  let text: String

  /// - Throws: `invalid` when there is nothing to search for, or it is too long.
  init(_ search: String) throws(LogError) {
    let size = search.utf8.count
    guard size <= Self.maximumSize else {
      throw LogError(
        .invalid,
        "search may have at most \(Self.maximumSize) bytes. Given: \(size)"
      )
    }
    var terms = Self.terms(of: search)
    // A sign between words parts them for FTS5, too, but alone it would find nothing.
    terms.removeAll { term in !term.text.contains { $0.isLetter || $0.isNumber } }
    guard !terms.isEmpty else {
      throw LogError(
        .invalid,
        "search has no word in it: signs alone are not found"
      )
    }
    self.text = terms.map { "\"\($0.text)\"\($0.matchesBeginning ? " *" : "")" }
      .joined(separator: " ")
  }

  private struct Term {
    var text = ""
    var isPrefix = false

    /// A last character that would be a pair with its next one, if it had one, is found by what
    /// begins with it (`WordTokenizer`).
    var matchesBeginning: Bool {
      if self.isPrefix { return true }
      let end = self.text.unicodeScalars.reversed().drop {
        !$0.properties.isAlphabetic && $0.properties.numericType == nil && !$0.isUnspaced
      }
      guard let last = end.first, last.isUnspaced else { return false }
      return end.dropFirst().first.map { !$0.isUnspaced } ?? true
    }
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
        // Would end the expression.
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

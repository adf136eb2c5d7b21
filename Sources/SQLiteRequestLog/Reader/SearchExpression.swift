internal import RequestLog
internal import SQLite

/// What a user searches for, as an expression of FTS5 (https://sqlite.org/fts5.html section 3).
///
/// Each term is a quoted string there, so that what else means something to FTS5 is only text.
struct SearchExpression: Sendable {
  let text: String

  init(_ search: SearchTerms) {
    self.text = search.terms.map { "\"\($0.text)\"\($0.matchesBeginning ? " *" : "")" }
      .joined(separator: " ")
  }
}

extension SearchTerms.Term {
  /// A last character that would be a pair with its next one, if it had one, is found by what
  /// begins with it (`WordTokenizer`).
  fileprivate var matchesBeginning: Bool {
    if self.isPrefix { return true }
    let end = self.text.unicodeScalars.reversed().drop {
      !$0.properties.isAlphabetic && $0.properties.numericType == nil && !$0.isUnspaced
    }
    guard let last = end.first, last.isUnspaced else { return false }
    return end.dropFirst().first.map { !$0.isUnspaced } ?? true
  }
}

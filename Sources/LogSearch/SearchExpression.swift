package import RequestLog
internal import SQLite

/// A search as an expression of FTS5 (https://sqlite.org/fts5.html section 3).
///
/// Each term is a quoted string, so that FTS5 takes its own syntax in it as text.
package struct SearchExpression: Sendable {
  package let text: String

  /// The expression that finds all of the terms.
  package init(_ search: SearchTerms) {
    self.text = search.terms.map { "\"\($0.text)\"\($0.matchesBeginning ? " *" : "")" }
      .joined(separator: " ")
  }
}

extension SearchTerms.Term {
  /// Whether the last word matches as a prefix. A single last character of an unspaced script does,
  /// too (`WordTokenizer`).
  var matchesBeginning: Bool {
    if self.isPrefix { return true }
    let end = self.text.unicodeScalars.reversed().drop {
      !$0.properties.isAlphabetic && $0.properties.numericType == nil && !$0.isUnspaced
    }
    guard let last = end.first, last.isUnspaced else { return false }
    return end.dropFirst().first.map { !$0.isUnspaced } ?? true
  }
}

package import RequestLog
internal import SQLite

/// Tells which texts a search finds, by FTS5 itself.
package final class SearchMatcher {
  private let connection: Connection

  /// - Throws: `unavailable` when this SQLite has no FTS5.
  package init() throws(LogError) {
    do throws(SQLiteError) {
      self.connection = try Connection()
      try self.connection.addWordTokenizer()
      try self.connection.execute(
        """
        CREATE VIRTUAL TABLE texts USING fts5 (
          prompt, response, content = '', tokenize = '\(WordTokenizer.name)'
        )
        """
      )
    } catch {
      throw LogError(.unavailable, "Texts cannot be searched", cause: error)
    }
  }

  /// The indices of the contents that a search finds; those without texts are not found.
  ///
  /// - Throws: `unavailable`.
  package func matches(
    _ search: SearchTerms,
    in contents: [EntryContent]
  ) throws(LogError) -> Set<Int> {
    do throws(SQLiteError) {
      return try self.connection.transaction { () throws(SQLiteError) in
        try self.connection.execute("INSERT INTO texts (texts) VALUES ('delete-all')")
        for (index, content) in contents.enumerated() {
          guard case .text(let prompt, let response) = content else { continue }
          let sql = "INSERT INTO texts (rowid, prompt, response) VALUES (?1, ?2, ?3)"
          try self.connection.withStatement(sql) { (statement) throws(SQLiteError) in
            try statement.bind(Int64(index), at: 1)
            try statement.bind(prompt, at: 2)
            try statement.bind(response, at: 3)
            try statement.run()
          }
        }
        let sql = "SELECT rowid FROM texts WHERE texts MATCH ?1"
        return try self.connection.withStatement(sql) { (statement) throws(SQLiteError) in
          try statement.bind(SearchExpression(search).text, at: 1)
          var found: Set<Int> = []
          while try statement.step() { found.insert(Int(statement.integer(at: 0) ?? 0)) }
          return found
        }
      }
    } catch {
      throw LogError(.unavailable, "Texts cannot be searched", cause: error)
    }
  }
}

/// The schema of a file, which grows by steps that are never changed once they were published.
extension Connection {
  /// Brings the file to the newest schema.
  ///
  /// The file itself counts the steps that it went (`PRAGMA user_version`). Those that are missing
  /// are run in one transaction, whatever other processes do to the file meanwhile.
  ///
  /// - Parameter steps: SQL, from the first step to the newest.
  /// - Throws: `newerSchema` when the file went more steps than there are: it belongs to a newer
  ///   version of the program, and is left as it is.
  public func migrate(_ steps: [String]) throws(SQLiteError) {
    // Most files are current, and need no lock.
    guard try self.missingSteps(of: steps) != [] else { return }
    try self.transaction { () throws(SQLiteError) in
      for step in try self.missingSteps(of: steps) { try self.execute(step) }
      try self.execute("PRAGMA user_version = \(steps.count)")
    }
  }

  private func missingSteps(of steps: [String]) throws(SQLiteError) -> ArraySlice<String> {
    let version = try self.withStatement("PRAGMA user_version") {
      (statement) throws(SQLiteError) in
      _ = try statement.step()
      return Int(statement.integer(at: 0) ?? 0)
    }
    guard version <= steps.count else {
      throw SQLiteError(
        .newerSchema,
        """
        the database has schema version \(version), but this version of the program knows only \
        \(steps.count): use a newer one
        """
      )
    }
    return steps[max(version, 0)...]
  }
}

/// Migrations of a file's schema. Published steps are never changed.
extension Connection {
  /// Upgrades the file to the newest schema.
  ///
  /// The file counts its steps (`PRAGMA user_version`). The missing ones run in one transaction,
  /// which is safe against other processes.
  ///
  /// - Parameter steps: SQL, from the first step to the newest.
  /// - Throws: `newerSchema` when the file has had more steps: it belongs to a newer version of the
  ///   program, and is not changed.
  public func migrate(_ steps: [String]) throws(SQLiteError) {
    // Most files are current and need no lock.
    guard try self.missingSteps(of: steps) != [] else { return }
    try self.transaction { () throws(SQLiteError) in
      for step in try self.missingSteps(of: steps) { try self.execute(step) }
      try self.execute("PRAGMA user_version = \(steps.count)")
    }
  }

  private func missingSteps(of steps: [String]) throws(SQLiteError) -> ArraySlice<String> {
    let version = Int(try self.integer("PRAGMA user_version") ?? 0)
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

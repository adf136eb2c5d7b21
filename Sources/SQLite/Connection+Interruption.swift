internal import CSQLite

extension Connection {
  /// How many SQLite instructions run between two checks: far below a millisecond.
  private static let stepsBetweenLooks: Int32 = 1000

  /// Runs `body`, and interrupts its statements, such as at a deadline or cancellation.
  ///
  /// - Parameter isOver: called often while a statement runs, on the same thread; true interrupts
  ///   it.
  /// - Throws: `interrupted`, besides what `body` throws. An interrupted write undoes its whole
  ///   transaction.
  public func interrupting<Result>(
    when isOver: @escaping () -> Bool,
    _ body: () throws(SQLiteError) -> Result
  ) throws(SQLiteError) -> Result {
    let check = Check(isOver: isOver)
    sqlite3_progress_handler(
      self.handle,
      Self.stepsBetweenLooks,
      { check in
        guard let check else { return 0 }
        return Unmanaged<Check>.fromOpaque(check).takeUnretainedValue().isOver() ? 1 : 0
      },
      Unmanaged.passUnretained(check).toOpaque()
    )
    // SQLite keeps only its address, until the handler is removed.
    defer { withExtendedLifetime(check) { sqlite3_progress_handler(self.handle, 0, nil, nil) } }
    return try body()
  }
}

private final class Check {
  let isOver: () -> Bool

  init(isOver: @escaping () -> Bool) {
    self.isOver = isOver
  }
}

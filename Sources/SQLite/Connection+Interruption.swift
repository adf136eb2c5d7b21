internal import CSQLite

extension Connection {
  /// How many steps of SQLite's machine there are between two looks: far below a millisecond.
  private static let stepsBetweenLooks: Int32 = 1000

  /// Runs `body`, whose statements end when something is over, such as a caller's time or wish.
  ///
  /// - Parameter isOver: asked again and again while a statement runs, on the same thread.
  /// - Throws: `interrupted`, besides what `body` throws. A statement that writes is undone then,
  ///   with its whole transaction.
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
    // SQLite has only its address, and until then.
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

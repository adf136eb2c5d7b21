public import Identifiers
public import SQLite
internal import Synchronization

/// The tokens that are revoked, in a database file that several processes may share.
///
/// Tokens are looked up in memory. A revocation is on disk when the call that made it returns, and
/// holds for every verification of this process that begins then. Those that another process makes
/// are looked for every `refreshInterval` at least, as long as there is something to verify.
public final class RevocationStore: Sendable {
  private let database: Mutex<RevocationDatabase>
  private let memory: Mutex<Memory>
  /// In seconds.
  private let refreshInterval: Double
  private let now: @Sendable () -> NumericDate

  private struct Memory {
    var revocations = Revocations()
    /// When the database was last looked at.
    var refreshed: NumericDate
  }

  /// Opens the file, or makes it, with mode 0600.
  ///
  /// - Parameter refreshInterval: for how long revocations of other processes may be overlooked. To
  ///   look for them takes as long as a few verifications.
  /// - Throws: when the file cannot be opened, or was written by a newer version.
  public init(
    path: String,
    refreshInterval: Duration = .milliseconds(100),
    now: @escaping @Sendable () -> NumericDate = { .now }
  ) throws(SQLiteError) {
    self.database = Mutex(try RevocationDatabase(path: path))
    self.memory = Mutex(Memory(refreshed: now()))
    self.refreshInterval = refreshInterval / .seconds(1)
    self.now = now
    try self.database.withLock { (database) throws(SQLiteError) in
      try self.refresh(from: &database, at: now())
    }
  }

  /// Revokes one token.
  ///
  /// - Parameters:
  ///   - jti: the token's `jti`.
  ///   - expiresAt: the token's `exp`, after which the revocation may be forgotten; nil is never.
  /// - Throws: when it could not be written, and the token is not revoked.
  public func revoke(jti: Identifier, expiresAt: NumericDate?) throws(SQLiteError) {
    try self.insert(Revocations.Entry(subject: .token(jti: jti), lastExpiry: expiresAt))
  }

  /// Revokes the tokens of a user that were issued before a time, and those that do not say when
  /// they were issued.
  ///
  /// - Parameters:
  ///   - date: nil is the end of this second: most libraries write whole seconds, and of a token that
  ///     was issued within this one nobody knows whether that was before or after. A token of which
  ///     `iat` is the same is not revoked.
  ///   - lastExpiry: when the last of these tokens expires, after which the revocation may be
  ///     forgotten; nil is never.
  /// - Returns: the time; tokens that are issued from then on are good.
  /// - Throws: when it could not be written, and the tokens are not revoked.
  @discardableResult
  public func revokeTokens(
    of userID: Identifier,
    issuedBefore date: NumericDate? = nil,
    lastExpiry: NumericDate? = nil
  ) throws(SQLiteError) -> NumericDate {
    let date = date ?? self.now().roundedUp
    try self.insert(
      Revocations.Entry(
        subject: .tokens(userID: userID, issuedBefore: date),
        lastExpiry: lastExpiry
      )
    )
    return date
  }

  /// - Throws: when the revocations of other processes are due and cannot be read.
  func isRevoked(_ token: VerifiedToken, now: NumericDate) throws(SQLiteError) -> Bool {
    let (isRevoked, isDue) = self.memory.withLock { memory in
      let age = abs(now.secondsSinceEpoch - memory.refreshed.secondsSinceEpoch)
      // Clocks are set back, too.
      return (memory.revocations.contains(token), age >= self.refreshInterval)
    }
    guard !isRevoked, isDue else { return isRevoked }
    // Whoever holds the database looks at it for all.
    _ = try self.database.withLockIfAvailable { (database) throws(SQLiteError) in
      try self.refresh(from: &database, at: now)
    }
    return self.memory.withLock { $0.revocations.contains(token) }
  }

  private func insert(_ entry: Revocations.Entry) throws(SQLiteError) {
    try self.database.withLock { (database) throws(SQLiteError) in
      let now = self.now()
      try database.insert(entry, at: now, forgetting: Self.forgettable(at: now))
      try self.refresh(from: &database, at: now)
    }
  }

  /// Takes what is new in the database into memory.
  private func refresh(
    from database: inout RevocationDatabase,
    at now: NumericDate
  ) throws(SQLiteError) {
    let entries = try database.newEntries()
    self.memory.withLock { memory in
      memory.refreshed = now
      guard !entries.isEmpty else { return }
      for entry in entries { memory.revocations.insert(entry) }
      memory.revocations.removeAll(expiredBy: Self.forgettable(at: now))
    }
  }

  /// What has expired by then is refused by every verifier, whatever its leeway.
  private static func forgettable(at now: NumericDate) -> NumericDate {
    now - TokenPolicy.maximumLeeway
  }
}

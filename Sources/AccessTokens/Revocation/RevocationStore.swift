internal import Foundation
public import Identifiers
public import SQLite
internal import Synchronization

/// The tokens that are revoked, in a database file that several processes may share.
///
/// Tokens are looked up in memory, which never waits for the disk. A revocation is on disk when the
/// call that made it returns, and holds for every verification of this process that begins then. A
/// thread looks for those of other processes every `refreshInterval`.
public final class RevocationStore: Sendable {
  private let shared: Shared
  /// Waits for other processes that write, where the thread's reads do not.
  private let writer: Mutex<RevocationDatabase>
  private let now: @Sendable () -> NumericDate

  /// Opens the file, or makes it, with mode 0600.
  ///
  /// - Parameters:
  ///   - refreshInterval: for how long revocations of other processes may be overlooked.
  ///   - maximumAge: for how long a file that does not answer may be overlooked; then no token is
  ///     good.
  /// - Throws: when the file cannot be opened, or was written by a newer version.
  public init(
    path: String,
    refreshInterval: Duration = .milliseconds(250),
    maximumAge: Duration = .seconds(5),
    now: @escaping @Sendable () -> NumericDate = { .now }
  ) throws(SQLiteError) {
    let shared = Shared(maximumAge: maximumAge)
    var reader = try RevocationDatabase(path: path)
    try shared.refresh(from: &reader, at: now())
    self.writer = Mutex(try RevocationDatabase(path: path))
    self.shared = shared
    self.now = now
    shared.startThread(reading: reader, refreshInterval: refreshInterval, now: now)
  }

  deinit {
    self.shared.close()
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

  /// - Throws: when the file could not be read lately.
  func isRevoked(_ token: VerifiedToken) throws(SQLiteError) -> Bool {
    try self.shared.isRevoked(token)
  }

  private func insert(_ entry: Revocations.Entry) throws(SQLiteError) {
    let now = self.now()
    try self.writer.withLock { (writer) throws(SQLiteError) in
      try writer.insert(entry, at: now, forgetting: Shared.forgettable(at: now))
    }
    self.shared.insert([entry], at: now)
  }
}

/// What the store has in common with its thread, which would keep it otherwise.
private final class Shared: Sendable {
  private struct Memory {
    var revocations = Revocations()
    /// When the file was last read. Not while the machine sleeps.
    var refreshed = SuspendingClock.now
    /// Why it could not be read since.
    var failure: SQLiteError?
  }

  private let memory = Mutex(Memory())
  private let maximumAge: Duration
  private let isClosed = DispatchSemaphore(value: 0)

  init(maximumAge: Duration) {
    self.maximumAge = maximumAge
  }

  func close() {
    self.isClosed.signal()
  }

  func startThread(
    reading database: consuming sending RevocationDatabase,
    refreshInterval: Duration,
    now: @escaping @Sendable () -> NumericDate
  ) {
    let microseconds = Int(refreshInterval / .microseconds(1))
    let database = Mutex(database)
    let thread = Thread {
      while self.isClosed.wait(timeout: .now() + .microseconds(microseconds)) == .timedOut {
        do throws(SQLiteError) {
          try database.withLock { (database) throws(SQLiteError) in
            try self.refresh(from: &database, at: now())
          }
        } catch {
          self.memory.withLock { $0.failure = error }
        }
      }
    }
    thread.start()
  }

  func isRevoked(_ token: VerifiedToken) throws(SQLiteError) -> Bool {
    try self.memory.withLock { (memory) throws(SQLiteError) in
      if memory.revocations.contains(token) { return true }
      if let failure = memory.failure { throw failure }
      guard memory.refreshed.duration(to: .now) <= self.maximumAge else {
        throw SQLiteError(.busy, "the file did not answer for \(self.maximumAge)")
      }
      return false
    }
  }

  /// Takes what is new in the database into memory.
  func refresh(
    from database: inout RevocationDatabase,
    at now: NumericDate
  ) throws(SQLiteError) {
    let begin = SuspendingClock.now
    let entries = try database.newEntries()
    self.insert(entries, at: now)
    self.memory.withLock { memory in
      memory.refreshed = begin
      memory.failure = nil
    }
  }

  func insert(_ entries: [Revocations.Entry], at now: NumericDate) {
    guard !entries.isEmpty else { return }
    self.memory.withLock { memory in
      for entry in entries { memory.revocations.insert(entry) }
      memory.revocations.removeAll(expiredBy: Self.forgettable(at: now))
    }
  }

  /// What has expired by then is refused by every verifier, whatever its leeway.
  static func forgettable(at now: NumericDate) -> NumericDate {
    now - TokenPolicy.maximumLeeway
  }
}

internal import Foundation
public import Identifiers
public import SQLite
internal import Synchronization

/// The revoked access tokens, in a database file that several processes may share.
///
/// Lookups are in memory and never wait for the disk. A revocation is on disk when the call that
/// makes it returns, and applies to every later verification of this process. A thread reads those
/// of other processes every `refreshInterval`.
public final class RevocationStore: Sendable {
  private let shared: Shared
  /// It waits for writers of other processes; the thread's reads do not.
  private let writer: Mutex<RevocationDatabase>
  private let now: @Sendable () -> NumericDate

  /// Opens the file, or creates it with mode 0600.
  ///
  /// - Parameters:
  ///   - refreshInterval: how late revocations of other processes may be noticed.
  ///   - maximumAge: how long the file may fail to respond before every token is refused.
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

  /// Revokes one access token.
  ///
  /// - Parameters:
  ///   - jti: the token's id.
  ///   - expiresAt: the token's `exp`, after which the revocation may be deleted; nil is never.
  /// - Throws: when it could not be written, and the token is not revoked.
  public func revoke(jti: Identifier, expiresAt: NumericDate?) throws(SQLiteError) {
    try self.insert(Revocations.Entry(subject: .token(jti: jti), lastExpiry: expiresAt))
  }

  /// Revokes the tokens of a user that were issued before a time, and those without `iat`.
  ///
  /// - Parameters:
  ///   - date: nil is the end of the current second, because most libraries write `iat` in whole
  ///     seconds. A token whose `iat` equals the date is not revoked.
  ///   - lastExpiry: when the last of these tokens expires, after which the revocation may be
  ///     deleted; nil is never.
  /// - Returns: the date; tokens issued from then on are valid.
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

/// The state shared with the thread, which would otherwise keep the store alive.
private final class Shared: Sendable {
  private struct Memory {
    var revocations = Revocations()
    /// When the file was last read; this clock stops while the machine sleeps.
    var refreshed = SuspendingClock.now
    /// Why reading it has failed since.
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
        throw SQLiteError(.busy, "the file did not respond for \(self.maximumAge)")
      }
      return false
    }
  }

  /// Reads what is new in the database into memory.
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

  /// Tokens that expired by then are refused by every verifier, whatever its leeway.
  static func forgettable(at now: NumericDate) -> NumericDate {
    now - TokenPolicy.maximumLeeway
  }
}

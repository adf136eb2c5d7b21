internal import Foundation
public import Identifiers
internal import Synchronization

/// The revoked access tokens, in a database that several processes share.
///
/// Lookups are in memory and never wait for the database. A revocation is durable when the call that
/// makes it returns, and applies to every later verification of this process. A thread reads those
/// of other processes every `refreshInterval`.
public final class RevocationStore: Sendable {
  private let shared: Shared
  /// It waits for writers of other processes; the thread's reads do not.
  private let writer: Mutex<any RevocationDatabase>
  private let now: @Sendable () -> NumericDate

  /// Opens a file, or creates it with mode 0600.
  ///
  /// - Parameters:
  ///   - refreshInterval: how late revocations of other processes may be noticed.
  ///   - maximumAge: how long the file may fail to respond before every token is refused.
  /// - Throws: when the file cannot be opened, or was written by a newer version.
  public convenience init(
    path: String,
    refreshInterval: Duration = .milliseconds(250),
    maximumAge: Duration = .seconds(5),
    now: @escaping @Sendable () -> NumericDate = { .now }
  ) throws(RevocationError) {
    try self.init(
      reader: SQLiteRevocations(path: path),
      writer: SQLiteRevocations(path: path),
      refreshInterval: refreshInterval,
      maximumAge: maximumAge,
      now: now
    )
  }

  /// Reads a database.
  ///
  /// - Parameters:
  ///   - reader: for the thread.
  ///   - writer: the same database, for revocations that this process makes.
  ///   - refreshInterval: how often the reader is asked for those of other processes.
  ///   - maximumAge: how long reading may fail before every token is refused; nil goes on with what
  ///     is known: for a database that, when it is lost, takes no revocations of others either.
  ///   - mayBeAway: whether the database need not be readable yet. Until it is, every token is refused,
  ///     as nobody knows which are revoked.
  /// - Throws: when the database cannot be read.
  public init(
    reader: consuming sending any RevocationDatabase,
    writer: consuming sending any RevocationDatabase,
    refreshInterval: Duration = .milliseconds(250),
    maximumAge: Duration?,
    mayBeAway: Bool = false,
    now: @escaping @Sendable () -> NumericDate = { .now }
  ) throws(RevocationError) {
    let shared = Shared(maximumAge: maximumAge)
    do throws(RevocationError) {
      try shared.refresh(from: &reader, at: now())
    } catch {
      guard mayBeAway else { throw error }
      shared.note(error)
    }
    self.writer = Mutex(writer)
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
  public func revoke(jti: Identifier, expiresAt: NumericDate?) throws(RevocationError) {
    try self.insert(Revocation(subject: .token(jti: jti), lastExpiry: expiresAt))
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
  ) throws(RevocationError) -> NumericDate {
    let date = date ?? self.now().roundedUp
    try self.insert(
      Revocation(
        subject: .tokens(userID: userID, issuedBefore: date),
        lastExpiry: lastExpiry
      )
    )
    return date
  }

  /// - Throws: when the database could not be read lately.
  func isRevoked(_ token: VerifiedToken) throws(RevocationError) -> Bool {
    try self.shared.isRevoked(token)
  }

  private func insert(_ revocation: Revocation) throws(RevocationError) {
    let now = self.now()
    try self.writer.withLock { (writer) throws(RevocationError) in
      try writer.insert(revocation, at: now, forgetting: Shared.forgettable(at: now))
    }
    self.shared.insert([revocation], at: now)
  }
}

/// The state shared with the thread, which would otherwise keep the store alive.
private final class Shared: Sendable {
  private struct Memory {
    var revocations = Revocations()
    /// When the database was last read; this clock stops while the machine sleeps.
    var refreshed = SuspendingClock.now
    /// Why reading it has failed since.
    var failure: RevocationError?
    var isRead = false
  }

  private let memory = Mutex(Memory())
  private let maximumAge: Duration?
  private let isClosed = DispatchSemaphore(value: 0)

  init(maximumAge: Duration?) {
    self.maximumAge = maximumAge
  }

  func close() {
    self.isClosed.signal()
  }

  func startThread(
    reading database: consuming sending any RevocationDatabase,
    refreshInterval: Duration,
    now: @escaping @Sendable () -> NumericDate
  ) {
    let microseconds = Int(refreshInterval / .microseconds(1))
    let database = Mutex(database)
    let thread = Thread {
      while self.isClosed.wait(timeout: .now() + .microseconds(microseconds)) == .timedOut {
        do throws(RevocationError) {
          try database.withLock { (database) throws(RevocationError) in
            try self.refresh(from: &database, at: now())
          }
        } catch {
          self.note(error)
        }
      }
    }
    thread.start()
  }

  /// Notes that the database could not be read.
  func note(_ failure: RevocationError) {
    self.memory.withLock { $0.failure = failure }
  }

  func isRevoked(_ token: VerifiedToken) throws(RevocationError) -> Bool {
    try self.memory.withLock { (memory) throws(RevocationError) in
      if memory.revocations.contains(token) { return true }
      if let failure = memory.failure, self.maximumAge != nil || !memory.isRead { throw failure }
      guard let maximumAge else { return false }
      guard memory.refreshed.duration(to: .now) <= maximumAge else {
        throw RevocationError("the file did not respond for \(maximumAge)")
      }
      return false
    }
  }

  /// Reads what is new in the database into memory.
  func refresh(
    from database: inout any RevocationDatabase,
    at now: NumericDate
  ) throws(RevocationError) {
    let begin = SuspendingClock.now
    self.insert(try database.newRevocations(), at: now)
    self.memory.withLock { memory in
      memory.refreshed = begin
      memory.failure = nil
      memory.isRead = true
    }
  }

  func insert(_ revocations: [Revocation], at now: NumericDate) {
    guard !revocations.isEmpty else { return }
    self.memory.withLock { memory in
      for revocation in revocations { memory.revocations.insert(revocation) }
      memory.revocations.removeAll(expiredBy: Self.forgettable(at: now))
    }
  }

  /// Tokens that expired by then are refused by every verifier, whatever its leeway.
  static func forgettable(at now: NumericDate) -> NumericDate {
    now - TokenPolicy.maximumLeeway
  }
}

internal import Identifiers

/// Which tokens are revoked, in memory.
struct Revocations {
  private struct User {
    var issuedBefore: NumericDate
    var lastExpiry: NumericDate?
  }

  /// The expiry of each, by `jti`.
  private var tokens: [Identifier: NumericDate?] = [:]
  private var users: [Identifier: User] = [:]

  /// Adds a revocation. It never shortens an earlier one.
  mutating func insert(_ revocation: Revocation) {
    switch revocation.subject {
    case .token(let jti):
      self.tokens.updateValue(
        self.tokens[jti].map { Self.later($0, revocation.lastExpiry) } ?? revocation.lastExpiry,
        forKey: jti
      )
    case .tokens(let userID, let issuedBefore):
      var user =
        self.users[userID]
        ?? User(issuedBefore: issuedBefore, lastExpiry: revocation.lastExpiry)
      user.issuedBefore = max(user.issuedBefore, issuedBefore)
      user.lastExpiry = Self.later(user.lastExpiry, revocation.lastExpiry)
      self.users[userID] = user
    }
  }

  /// Removes the revocations of tokens that expired by then.
  mutating func removeAll(expiredBy date: NumericDate) {
    self.tokens = self.tokens.filter { $0.value.map { $0 > date } ?? true }
    self.users = self.users.filter { $0.value.lastExpiry.map { $0 > date } ?? true }
  }

  func contains(_ token: VerifiedToken) -> Bool {
    if let jti = token.jti, !self.tokens.isEmpty, self.tokens[jti] != nil { return true }
    guard !self.users.isEmpty, let user = self.users[token.userID] else { return false }
    // A token without `iat` may have been issued before.
    return token.issuedAt.map { $0 < user.issuedBefore } ?? true
  }

  private static func later(_ left: NumericDate?, _ right: NumericDate?) -> NumericDate? {
    guard let left, let right else { return nil }
    return max(left, right)
  }
}

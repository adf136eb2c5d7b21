package import Identifiers

/// What users have left of their limits on all servers of a cluster together.
///
/// No call asks it: servers exchange with it now and then, and admit by what they know. A user can
/// therefore exceed a limit by what other servers admit between two exchanges.
package protocol SharedQuotas: Sendable {
  /// Tells what users have used here since the last exchange.
  ///
  /// - Returns: what each of them has left everywhere.
  /// - Throws: when nobody can be told now; the same use is told again later.
  func exchange(_ uses: [QuotaAmount]) async throws -> [QuotaAmount]
}

/// What a user has used, or has left.
package struct QuotaAmount: Hashable, Sendable {
  /// The user.
  package var userID: Identifier
  /// Calls. What is left may be below zero.
  package var requests: Double
  /// Generated tokens. What is left may be below zero.
  package var tokens: Double

  /// Creates an amount.
  package init(userID: Identifier, requests: Double, tokens: Double) {
    self.userID = userID
    self.requests = requests
    self.tokens = tokens
  }
}

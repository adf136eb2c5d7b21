public import Identifiers

/// Whether a store can be used now, as far as it knows.
public enum LogCondition: Hashable, Sendable {
  case working
  /// It cannot, and tries again and again. A sentence says why, for operators; it has no secret in
  /// it.
  case unavailable(Identifier)
}

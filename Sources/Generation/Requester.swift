public import Identifiers

/// Whom a request is for. Requests of different ones take turns.
public enum Requester: Hashable, Sendable {
  /// Somebody whose name is proved.
  case user(Identifier)
  /// Whoever calls from an address.
  case address(Identifier)
  /// The program itself, or callers that nobody tells apart.
  case anyone
}

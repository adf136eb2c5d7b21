/// Whom a request is for. Requests of different ones take turns.
public enum Requester: Hashable, Sendable {
  /// Somebody whose name is proved.
  case user(String)
  /// Whoever calls from an address.
  case address(String)
  /// The program itself, or callers that nobody tells apart.
  case anyone
}

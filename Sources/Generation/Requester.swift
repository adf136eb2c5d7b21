public import Identifiers

/// Who a request is for. Requests of different requesters take turns.
public enum Requester: Hashable, Sendable {
  /// An authenticated user.
  case user(Identifier)
  /// The anonymous callers at an address.
  case address(Identifier)
  /// The program itself, or callers that are not told apart.
  case anyone
}

public import RPC

/// What a client's connection does.
public enum ConnectionState: Hashable, Sendable {
  /// There is none: the next call opens one.
  case idle
  case connecting
  /// Calls can be made at once.
  case ready
  /// It could not be opened, and calls wait for the next attempt.
  case failed(CallError)
  /// The client was closed: no call can be made any more.
  case closed
}

public import RPC

/// The state of a client's connection.
public enum ConnectionState: Hashable, Sendable {
  /// There is no connection: the next call opens one.
  case idle
  case connecting
  /// The connection is open.
  case ready
  /// It could not be opened, and calls wait for the next attempt.
  case failed(CallError)
  /// The client was closed: no more calls can be made.
  case closed
}

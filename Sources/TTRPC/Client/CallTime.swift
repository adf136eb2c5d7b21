internal import NIOCore
internal import RPC

/// The timeout of a call, and what is left of it when the call is opened.
struct CallTime: Sendable {
  let left: TimeAmount
  /// The caller's timeout, part of which passed before the call could be opened.
  private let timeout: Duration

  init(left: TimeAmount, of timeout: Duration) {
    self.left = left
    self.timeout = timeout
  }

  /// The error when the timeout has passed.
  var isOver: CallError { .deadlineExceeded(self.timeout) }

  /// A server's error as the caller gets it: the server's own timeout error names only the time
  /// that was left.
  func told(_ error: CallError) -> CallError {
    error == .deadlineExceeded(.nanoseconds(self.left.nanoseconds)) ? self.isOver : error
  }
}

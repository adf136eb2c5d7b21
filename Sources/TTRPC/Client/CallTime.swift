internal import NIOCore
internal import RPC

/// How long a call may still take when it is opened.
struct CallTime: Sendable {
  let left: TimeAmount
  /// What its caller gave it: some of that went by before the call could be opened.
  private let timeout: Duration

  init(left: TimeAmount, of timeout: Duration) {
    self.left = left
    self.timeout = timeout
  }

  /// The error of a call whose time is over.
  var isOver: CallError { .deadlineExceeded(self.timeout) }

  /// What the caller is told of a server's error: a server that ends the call first knows only of the
  /// time that was left.
  func told(_ error: CallError) -> CallError {
    error == .deadlineExceeded(.nanoseconds(self.left.nanoseconds)) ? self.isOver : error
  }
}

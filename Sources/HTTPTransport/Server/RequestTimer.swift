package import Listening
package import NIOCore

/// How long a connection waits for a request.
package struct RequestTimer {
  /// What it waits for.
  package enum Purpose {
    /// The first request of a connection.
    case firstRequest
    /// The next request.
    case idle
    /// The rest of a request.
    case request
  }

  package private(set) var purpose = Purpose.firstRequest
  private var task: Scheduled<Void>?
  private var restart: (() -> Scheduled<Void>)?
  /// What has arrived of the content since the time began.
  private var received = 0

  /// A client that sends less than this in the time is too slow.
  private static let leastProgress = 16 << 10

  /// Creates a timer that does not run.
  package init() {}

  /// Starts the time anew.
  ///
  /// - Parameter action: called when the time is over.
  package mutating func start(
    _ purpose: Purpose,
    _ connection: ServerConnection,
    on eventLoop: any EventLoop,
    _ action: @escaping @Sendable () -> Void
  ) {
    self.task?.cancel()
    self.purpose = purpose
    let time = TimeAmount(
      purpose == .idle ? connection.timeouts.idle : connection.timeouts.firstRequest
    )
    self.received = 0
    let restart = { eventLoop.scheduleTask(in: time, action) }
    self.restart = restart
    if purpose == .firstRequest {
      self.task = eventLoop.scheduleTask(deadline: connection.begin + time, action)
    } else {
      self.task = restart()
    }
  }

  /// More of the content has arrived: the time begins anew.
  package mutating func progress(_ count: Int) {
    self.received += count
    guard self.received >= Self.leastProgress, let restart else { return }
    self.received = 0
    self.task?.cancel()
    self.task = restart()
  }

  /// The first bytes of a request have arrived.
  package mutating func began() {
    self.purpose = .request
  }

  /// Nothing is waited for.
  package mutating func stop() {
    self.task?.cancel()
    self.task = nil
    self.restart = nil
  }
}

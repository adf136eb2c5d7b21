internal import EventLoops
package import NIOCore
package import RPC

/// One accepted connection: its channel and its calls.
package struct ServerConnection: Sendable {
  /// The accepted channel.
  package let channel: any Channel
  /// The calls of the connection.
  package let calls: ConnectionCalls
  /// How long to wait for the peer.
  package let timeouts: ConnectionTimeouts
  /// The answer to every call before the connection is closed; nil serves the calls.
  package let refusal: CallError?
  /// When it was accepted.
  package let begin: NIODeadline

  /// Creates a connection with an accepted channel.
  package init(
    channel: any Channel,
    calls: ConnectionCalls,
    timeouts: ConnectionTimeouts,
    refusal: CallError? = nil,
    begin: NIODeadline = .now()
  ) {
    self.channel = channel
    self.calls = calls
    self.timeouts = timeouts
    self.refusal = refusal
    self.begin = begin
  }

  /// Serves the connection until it is closed and its calls have ended. Closes it when this task is
  /// cancelled.
  ///
  /// Everything runs on the connection's event loop: see `EventLoopTaskExecutor`.
  package func serve() async {
    self.channel.closeFuture.whenComplete { [calls] _ in calls.finish() }
    await withTaskExecutorPreference(EventLoopTaskExecutor(self.channel.eventLoop)) {
      await self.calls.serve()
    }
    self.channel.close(promise: nil)
    // Failure is not an outcome here: the promise behind this future only ever succeeds.
    try? await self.channel.closeFuture.get()
  }

  /// Lets the calls end, refuses new ones, and closes.
  func drain(_ event: DrainEvent) {
    self.channel.pipeline.fireUserInboundEventTriggered(event)
  }
}

internal import NIOCore

/// One accepted connection: its channel, and the calls that come on it.
struct ServerConnection: Sendable {
  let channel: any Channel
  let calls: CallQueue

  /// Serves the connection until it is closed and its calls have ended. Closes it when this task is
  /// cancelled.
  ///
  /// All of it runs on the connection's event loop: see `EventLoopTaskExecutor`.
  func serve() async {
    await withTaskExecutorPreference(EventLoopTaskExecutor(self.channel.eventLoop)) {
      await withTaskCancellationHandler {
        await withDiscardingTaskGroup { group in
          while true {
            let calls = await self.calls.next()
            if calls.isEmpty { return }
            for call in calls { group.addTask { await call.run() } }
          }
        }
      } onCancel: {
        self.calls.finish()
      }
    }
    self.channel.close(promise: nil)
    // Failure is not an outcome here: the promise behind this future only ever succeeds.
    try? await self.channel.closeFuture.get()
  }

  /// Lets the calls end, refuses new ones, and closes.
  func drain(gracePeriod: Duration) {
    self.channel.pipeline.fireUserInboundEventTriggered(DrainEvent(gracePeriod: gracePeriod))
  }
}

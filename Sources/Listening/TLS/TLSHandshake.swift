internal import NIOCore

/// The beginning of a client's TLS connection, which its user waits for.
package struct TLSHandshake: Sendable {
  private let channel: any Channel
  /// Completed by the handler.
  let promise: EventLoopPromise<Void>

  init(_ channel: any Channel) {
    self.channel = channel
    self.promise = channel.eventLoop.makePromise()
  }

  /// Returns when both sides have agreed.
  ///
  /// With TLS 1.3 a server looks at the client's certificate after that: that it refuses it comes
  /// with the first call.
  ///
  /// - Throws: `TLSFailure`; when this task is cancelled, too.
  package func complete() async throws {
    try await withTaskCancellationHandler {
      try await self.promise.futureResult.get()
    } onCancel: {
      self.channel.close(promise: nil)
    }
  }
}

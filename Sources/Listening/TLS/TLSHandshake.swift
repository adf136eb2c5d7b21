internal import NIOCore

/// A client's TLS handshake, which its caller waits for.
package struct TLSHandshake: Sendable {
  private let channel: any Channel
  /// Completed by the handler.
  let promise: EventLoopPromise<Void>

  init(_ channel: any Channel) {
    self.channel = channel
    self.promise = channel.eventLoop.makePromise()
  }

  /// Returns when the handshake is complete.
  ///
  /// With TLS 1.3 a server checks the client's certificate after that, so a refusal arrives with
  /// the first call.
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

internal import NIOCore
internal import NIOSSL
internal import NIOTLS

/// Follows the TLS handler of a connection: limits the time of its handshake, reports the outcome,
/// and explains its errors.
final class TLSHandshakeHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  /// Explains an error, given the peer's certificate if there was one.
  typealias Explanation = (any Error, NIOSSLCertificate?) -> TLSFailure

  private let handshake: TLSHandshake?
  private let timeLimit: TimeAmount
  private let explain: Explanation
  private var deadline: Scheduled<Void>?
  private var isComplete = false

  init(_ handshake: TLSHandshake? = nil, timeLimit: TimeAmount, explain: @escaping Explanation) {
    self.handshake = handshake
    self.timeLimit = timeLimit
    self.explain = explain
  }

  func channelActive(context: ChannelHandlerContext) {
    self.deadline = context.eventLoop.assumeIsolated().scheduleTask(in: self.timeLimit) {
      self.fail(TLSFailure("the TLS handshake takes too long"), context)
    }
    context.fireChannelActive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted? = event as? TLSUserEvent {
      self.complete(.success(()))
    }
    context.fireUserInboundEventTriggered(event)
    if event is DrainEvent && !self.isComplete {
      // No call runs before the handshake, so a drain need not wait.
      self.fail(TLSFailure("the server is shutting down"), context)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A killed peer closes without a TLS close_notify. Truncation cannot go unnoticed, because
    // every stream has an end of its own.
    if error as? NIOSSLError == .uncleanShutdown { return }
    guard !(self.isComplete && error is IOError) else {
      context.fireErrorCaught(error)
      return
    }
    let certificate = try? context.pipeline.syncOperations.nioSSL_peerCertificate()
    self.fail(self.explain(error, certificate), context)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.complete(.failure(TLSFailure("the connection was closed")))
  }

  private func fail(_ failure: TLSFailure, _ context: ChannelHandlerContext) {
    self.complete(.failure(failure))
    context.fireErrorCaught(failure)
    context.close(promise: nil)
  }

  /// Only the first outcome counts.
  private func complete(_ outcome: Result<Void, any Error>) {
    self.deadline?.cancel()
    guard !self.isComplete else { return }
    self.isComplete = true
    self.handshake?.promise.completeWith(outcome)
  }
}

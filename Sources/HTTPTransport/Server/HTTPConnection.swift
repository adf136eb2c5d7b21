internal import Listening
internal import NIOCore
internal import RPC

/// What the requests of one connection share. It lives on the connection's event loop.
final class HTTPConnection {
  let server: ServerConnection
  let router: Router
  let limits: HTTPLimits
  let crossOrigin: CrossOrigin
  /// Whether no more requests are taken.
  private(set) var isDraining = false
  /// The handlers of requests: one, or one for each stream of HTTP/2.
  private var handlers: [ObjectIdentifier: RequestHandler] = [:]
  /// Called when the last of them is gone.
  var onEmpty: (() -> Void)?

  init(
    _ server: ServerConnection,
    _ router: Router,
    _ limits: HTTPLimits,
    _ crossOrigin: CrossOrigin
  ) {
    self.server = server
    self.router = router
    self.limits = limits
    self.crossOrigin = crossOrigin
  }

  var isEmpty: Bool { self.handlers.isEmpty }

  func add(_ handler: RequestHandler) {
    self.handlers[ObjectIdentifier(handler)] = handler
  }

  func remove(_ handler: RequestHandler) {
    self.handlers[ObjectIdentifier(handler)] = nil
    if self.handlers.isEmpty { self.onEmpty?() }
  }

  /// Lets running requests end, and takes no more.
  func drain(gracePeriod: Duration) {
    self.isDraining = true
    for handler in self.handlers.values { handler.drain() }
    let bound = NIOLoopBound(self, eventLoop: self.server.channel.eventLoop)
    self.server.channel.eventLoop.scheduleTask(in: TimeAmount(gracePeriod)) {
      bound.value.endRequests()
    }
  }

  private func endRequests() {
    for handler in self.handlers.values { handler.fail(HTTPFailure(.endedByShutdown)) }
    let channel = self.server.channel
    // A client that does not read must not delay the end.
    channel.eventLoop.scheduleTask(in: ChannelHandlerContext.closeTimeout) {
      channel.close(promise: nil)
    }
  }
}

internal import Listening
internal import NIOCore
internal import RPC

/// What the requests of one connection share. It lives on the connection's event loop.
final class HTTPConnection {
  let server: ServerConnection
  let router: Router
  let limits: HTTPLimits
  let crossOrigin: CrossOrigin
  /// Nil: requests are those of the connection's peer.
  let forwardedFields: ForwardedFields?
  /// What streams of HTTP/2 may carry besides requests of HTTP.
  let streamProtocols: [any StreamProtocol]
  let requests = OpenRequests()

  init(
    _ server: ServerConnection,
    _ router: Router,
    _ limits: HTTPLimits,
    _ crossOrigin: CrossOrigin,
    _ forwardedFields: ForwardedFields?,
    _ streamProtocols: [any StreamProtocol]
  ) {
    self.server = server
    self.router = router
    self.limits = limits
    self.crossOrigin = crossOrigin
    self.forwardedFields = forwardedFields
    self.streamProtocols = streamProtocols
  }

  var isDraining: Bool { self.requests.isDraining }

  /// Lets running requests end, and takes no more.
  ///
  /// - Parameter gracePeriod: nil gives them the time that they need.
  func drain(gracePeriod: Duration?) {
    self.requests.drain()
    guard let gracePeriod else { return }
    let bound = NIOLoopBound(self, eventLoop: self.server.channel.eventLoop)
    self.server.channel.eventLoop.scheduleTask(in: TimeAmount(gracePeriod)) {
      bound.value.endRequests()
    }
  }

  private func endRequests() {
    self.requests.fail()
    let channel = self.server.channel
    // A client that does not read must not delay the end.
    channel.eventLoop.scheduleTask(in: ChannelHandlerContext.closeTimeout) {
      channel.close(promise: nil)
    }
  }
}

internal import Listening
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import RPC

/// Chooses between HTTP/1 and HTTP/2 by a connection's first bytes, and then removes itself. ALPN
/// is not asked: clients of HTTP/2 begin with its preface anyway (RFC 9113 section 3.4).
final class HTTPVersionSelector: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private let connection: HTTPConnection
  private var received = ByteBuffer()
  private var deadline: Scheduled<Void>?

  private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

  init(_ connection: HTTPConnection) {
    self.connection = connection
  }

  func handlerAdded(context: ChannelHandlerContext) {
    let deadline =
      self.connection.server.begin + TimeAmount(self.connection.server.timeouts.firstRequest)
    self.deadline = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
      context.close(promise: nil)
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.deadline?.cancel()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case is DrainEvent, ChannelEvent.inputClosed: context.close(promise: nil)
    default: break
    }
    context.fireUserInboundEventTriggered(event)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    self.received.writeImmutableBuffer(self.unwrapInboundIn(data))
    let isHTTP2 = self.received.readableBytesView.starts(with: Self.preface)
    guard isHTTP2 || !Self.preface.starts(with: self.received.readableBytesView) else { return }
    do {
      let pipeline = context.pipeline.syncOperations
      try isHTTP2 ? self.connection.addHTTP2(to: pipeline) : self.connection.addHTTP1(to: pipeline)
    } catch {
      self.connection.server.calls.dispatcher.logger.debug(
        "A connection failed",
        metadata: ["error": "\(error)"]
      )
      return context.close(promise: nil)
    }
    context.fireChannelRead(self.wrapInboundOut(self.received))
    context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
  }
}

extension HTTPConnection {
  fileprivate func addHTTP1(to pipeline: ChannelPipeline.SynchronousOperations) throws {
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderFieldSize = self.limits.readableHeaderSize
    limits.maxHeaderListSize = self.limits.readableHeaderSize
    let handler = RequestHandler(self, isStream: false)
    try pipeline.addHandlers([
      ArrivalHandler {
        handler.didReceiveBytes()
        return true
      },
      HTTPResponseEncoder(),
      ByteToMessageHandler(
        HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits)
      ),
      handler,
    ])
  }
}

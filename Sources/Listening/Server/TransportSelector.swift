internal import Identifiers
internal import Logging
internal import NIOCore
internal import NIOTLS
internal import RPC

/// Chooses a new connection's transport by ALPN, or else by the first byte (WIRE.md section 5), and
/// then removes itself.
final class TransportSelector: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer

  private let connection: ServerConnection
  private let transports: [any ServerTransport]
  private var deadline: Scheduled<Void>?
  private var isEnding = false

  init(_ connection: ServerConnection, _ transports: [any ServerTransport]) {
    self.connection = connection
    self.transports = transports
  }

  private var logger: Logger { self.connection.calls.dispatcher.logger }

  func handlerAdded(context: ChannelHandlerContext) {
    let timeout = TimeAmount(self.connection.timeouts.firstRequest)
    self.deadline = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) {
      self.logger.debug("Closing a silent connection")
      context.close(promise: nil)
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.deadline?.cancel()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is DrainEvent {
      // No call has arrived that could be served.
      self.isEnding = true
      context.closeAfterWrites()
    }
    var transport: (any ServerTransport)?
    if case .handshakeCompleted(let name?)? = event as? TLSUserEvent {
      transport = self.transports.first {
        $0.applicationProtocols.contains { Identifier($0) == Identifier(name) }
      }
    }
    if let transport { self.begin(transport, context) }
    context.fireUserInboundEventTriggered(event)
    if transport != nil { self.leave(context) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = self.unwrapInboundIn(data)
    guard !self.isEnding, let first: UInt8 = bytes.getInteger(at: bytes.readerIndex) else { return }
    if let transport = self.transports.first(where: { $0.begins(with: first) }) {
      self.begin(transport, context)
    } else if HTTPRefusal.begins(with: first) {
      self.refuseHTTP(context)
    } else {
      self.logger.debug("Closing a connection that speaks no protocol of this server")
      context.close(promise: nil)
      return
    }
    context.fireChannelRead(data)
    self.leave(context)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    self.logger.debug("A connection failed", metadata: ["error": "\(error)"])
    context.close(promise: nil)
  }

  private func begin(_ transport: any ServerTransport, _ context: ChannelHandlerContext) {
    do {
      try transport.addHandlers(to: self.connection)
    } catch {
      self.errorCaught(context: context, error: error)
    }
  }

  private func refuseHTTP(_ context: ChannelHandlerContext) {
    let refusal = HTTPRefusal("This server does not speak HTTP here")
    let deadline = self.connection.begin + TimeAmount(self.connection.timeouts.firstRequest)
    do {
      try context.pipeline.syncOperations.addHandler(RefusalHandler(refusal, deadline: deadline))
    } catch {
      self.errorCaught(context: context, error: error)
    }
  }

  /// Later bytes go to the handlers after this one.
  private func leave(_ context: ChannelHandlerContext) {
    context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
  }
}

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
  /// Waits for the first bytes.
  private var drain: DrainEvent?
  private var isEnding = false

  /// How old a connection gets whose first bytes are waited for although the server stops.
  private static let patience = TimeAmount.seconds(1)

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
    if let drain = event as? DrainEvent { return self.hold(drain, context) }
    var transport: (any ServerTransport)?
    if case .handshakeCompleted(let name?)? = event as? TLSUserEvent {
      transport = self.transports.first {
        $0.applicationProtocols.contains { Identifier($0) == Identifier(name) }
      }
    }
    if let transport { self.begin(transport, context) }
    context.fireUserInboundEventTriggered(event)
    guard transport != nil else { return }
    if let drain { context.fireUserInboundEventTriggered(drain) }
    self.leave(context)
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
    if let drain { context.fireUserInboundEventTriggered(drain) }
    self.leave(context)
  }

  /// Lets the call of a client that has only just connected arrive and be served: it had no way to
  /// know. On a socket that was handed over, the next server would have served it.
  private func hold(_ drain: DrainEvent, _ context: ChannelHandlerContext) {
    let end = self.connection.begin + Self.patience
    let isHurried = self.drain != nil || drain.gracePeriod == .zero
    self.drain = drain
    guard !isHurried, end > .now() else { return self.end(context) }
    self.deadline?.cancel()
    self.deadline = context.eventLoop.assumeIsolated().scheduleTask(deadline: end) {
      self.end(context)
    }
  }

  /// No call has arrived that could be served.
  private func end(_ context: ChannelHandlerContext) {
    self.isEnding = true
    context.closeAfterWrites()
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

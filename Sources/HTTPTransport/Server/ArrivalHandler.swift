internal import NIOCore

/// Tells that bytes have arrived, before they are decoded.
final class ArrivalHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let onBytes: () -> Void

  init(_ onBytes: @escaping () -> Void) {
    self.onBytes = onBytes
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    self.onBytes()
    context.fireChannelRead(data)
  }
}

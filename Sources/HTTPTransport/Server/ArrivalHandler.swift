internal import NIOCore

/// Tells that bytes have arrived, before they are decoded, and drops those that are not wanted.
final class ArrivalHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let onBytes: () -> Bool

  /// - Parameter onBytes: returns whether they are decoded.
  init(_ onBytes: @escaping () -> Bool) {
    self.onBytes = onBytes
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if self.onBytes() { context.fireChannelRead(data) }
  }
}

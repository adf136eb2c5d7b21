internal import NIOCore
internal import RPC

/// Stands before the TLS handler of a server, and answers a client that begins without TLS in its
/// own protocol instead of with a TLS alert. The first byte decides (WIRE.md section 5).
final class PlaintextRefusal: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer

  private let transports: [any ServerTransport]
  private let deadline: NIODeadline

  /// - Parameter deadline: when a client must have sent what is answered.
  init(_ transports: [any ServerTransport], deadline: NIODeadline) {
    self.transports = transports
    self.deadline = deadline
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = self.unwrapInboundIn(data)
    guard let first: UInt8 = bytes.getInteger(at: bytes.readerIndex) else { return }
    if let refusal = self.refusal(of: first) {
      do {
        try context.pipeline.syncOperations.addHandler(
          RefusalHandler(refusal, deadline: self.deadline),
          position: .after(self)
        )
      } catch {
        context.close(promise: nil)
        return
      }
    }
    context.fireChannelRead(data)
    context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
  }

  /// Nil for the first byte of TLS, and for unknown ones.
  private func refusal(of first: UInt8) -> (any ConnectionRefusal)? {
    if let transport = self.transports.first(where: { $0.begins(with: first) }) {
      return transport.refusal(Self.error)
    }
    return HTTPRefusal.begins(with: first) ? HTTPRefusal(Self.error.message) : nil
  }

  private static let error = CallError(
    .failedPrecondition,
    "The server speaks TLS there: connect with TLS"
  )
}

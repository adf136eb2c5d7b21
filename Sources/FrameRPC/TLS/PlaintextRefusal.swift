internal import NIOCore

/// Stands before the TLS handler of a server and answers a client that begins without TLS in its
/// own protocol, which an alert of TLS would not be. WIRE.md section 5: the first byte tells.
final class PlaintextRefusal: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Larger frames are not kept, because nobody will read them.
  private static let maximumFrame = 64 << 10

  /// Nil until the first byte was that of a frame.
  private var decoder: NIOSingleStepByteToMessageProcessor<FrameDecoder>?

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = self.unwrapInboundIn(data)
    if self.decoder == nil {
      guard bytes.getInteger(at: bytes.readerIndex, as: UInt8.self) == 0 else {
        context.fireChannelRead(data)
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        return
      }
      self.decoder = NIOSingleStepByteToMessageProcessor(
        FrameDecoder(maximumDataLength: Self.maximumFrame)
      )
    }
    self.refuse(bytes, context)
  }

  /// Answers requests once they are there as a whole: the answer to a client that still writes can
  /// get lost when the connection is closed.
  private func refuse(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
    var answers = ByteBuffer()
    do {
      try self.decoder?.process(buffer: bytes) { input in
        let (stream, type) =
          switch input {
          case .frame(let frame): (frame.stream, frame.type)
          case .oversized(let header): (header.stream, header.type)
          }
        if type == .request { answers.writeError(Self.error, stream: stream) }
      }
    } catch {
      context.close(promise: nil)
      return
    }
    guard answers.readableBytes > 0 else { return }
    let channel = context.channel
    context.writeAndFlush(self.wrapOutboundOut(answers)).whenComplete { _ in
      channel.close(promise: nil)
    }
  }

  private static let error = CallError(
    .failedPrecondition,
    "The server speaks TLS there: connect with TLS"
  )
}

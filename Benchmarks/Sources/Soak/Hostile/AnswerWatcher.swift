import NIOCore

/// Closes a connection when a call of it has its whole answer. Of frames it looks at the headers only.
final class AnswerWatcher: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private var bytes = ByteBuffer()

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var more = self.unwrapInboundIn(data)
    self.bytes.writeBuffer(&more)
    while let frame = self.nextFrame() {
      let isResponse = frame.type == FrameKind.response.rawValue
      let isEnd = frame.type == FrameKind.data.rawValue && frame.flags & 1 == 1
      if isResponse || isEnd { context.close(promise: nil) }
    }
    self.bytes.discardReadBytes()
  }

  private func nextFrame() -> (type: UInt8, flags: UInt8)? {
    let start = self.bytes.readerIndex
    guard
      let (length, _, type, flags) = self.bytes.readMultipleIntegers(
        as: (UInt32, UInt32, UInt8, UInt8).self
      ), self.bytes.readSlice(length: Int(length)) != nil
    else {
      self.bytes.moveReaderIndex(to: start)
      return nil
    }
    return (type, flags)
  }
}

internal import Logging
internal import NIOCore

/// Closes a connection whose socket accepts none of the waiting bytes (WIRE.md section 3).
///
/// It is next to the socket, so it counts the bytes that the socket gets, encrypted or not.
final class WriteStallHandler: ChannelOutboundHandler {
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let interval: TimeAmount
  private let logger: Logger
  private var written = 0
  /// Bytes that the socket had accepted at the last check.
  private var taken = 0
  private var checksWithoutProgress = 0
  private var check: Scheduled<Void>?

  /// How many checks there are in one timeout.
  private static let checksPerTimeout = 4

  init(timeout: TimeAmount, logger: Logger) {
    self.interval = .nanoseconds(max(1, timeout.nanoseconds / Int64(Self.checksPerTimeout)))
    self.logger = logger
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    self.written += self.unwrapOutboundIn(data).readableBytes
    context.write(data, promise: promise)
    if self.check == nil {
      self.checksWithoutProgress = 0
      self.scheduleCheck(context)
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.check?.cancel()
  }

  private func scheduleCheck(_ context: ChannelHandlerContext) {
    let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
    self.check = context.eventLoop.scheduleTask(in: self.interval) {
      bound.value.handler.checkProgress(bound.value.context)
    }
  }

  private func checkProgress(_ context: ChannelHandlerContext) {
    self.check = nil
    // A channel without this option counts as never stalled.
    let waiting = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    guard waiting > 0 else { return }
    let taken = self.written - waiting
    self.checksWithoutProgress = taken > self.taken ? 0 : self.checksWithoutProgress + 1
    self.taken = taken
    if self.checksWithoutProgress < Self.checksPerTimeout {
      self.scheduleCheck(context)
    } else {
      self.logger.info(
        "Closing a connection that takes no bytes",
        metadata: ["peer": "\(context.remoteAddress?.description ?? "")"]
      )
      context.close(promise: nil)
    }
  }
}

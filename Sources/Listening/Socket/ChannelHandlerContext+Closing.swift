package import NIOCore

extension ChannelHandlerContext {
  /// How long a peer may take to see that this side has closed.
  package static var closeTimeout: TimeAmount { .seconds(2) }

  /// Closes this side when what was written has gone out, and then waits for the peer's side: a
  /// connection that is closed while bytes still come takes the last words with it.
  package func closeAfterWrites() {
    self.close(mode: .output, promise: nil)
    let channel = self.channel
    self.eventLoop.scheduleTask(in: Self.closeTimeout) { channel.close(promise: nil) }
  }
}

package import NIOCore

extension ChannelHandlerContext {
  /// How long a peer may take to close its side.
  package static var closeTimeout: TimeAmount { .seconds(2) }

  /// Closes this side when everything written has gone out, and then waits for the peer to close:
  /// closing while bytes still arrive could lose what was written last.
  package func closeAfterWrites() {
    self.close(mode: .output, promise: nil)
    let channel = self.channel
    self.eventLoop.scheduleTask(in: Self.closeTimeout) { channel.close(promise: nil) }
  }
}

import NIOCore
import NIOPosix

/// A connection that sends whatever bytes it is given, and looks at none that come.
struct RawConnection: Sendable {
  private let channel: any Channel

  init(_ channel: any Channel) {
    self.channel = channel
  }

  func send(_ bytes: ByteBuffer) async throws {
    try Task.checkCancellation()
    try await self.channel.writeAndFlush(bytes).get()
  }

  func close() async {
    try? await self.channel.close().get()
  }

  /// Ends this side's sending.
  func halfClose() async throws {
    try await self.channel.close(mode: .output).get()
  }

  /// Ends the connection with a RST.
  func reset() async throws {
    if let options = self.channel as? any SocketOptionProvider {
      try await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
    }
    try await self.channel.close().get()
  }

  /// Waits until the server ends the connection, at most so long.
  func waitForEnd(atMost seconds: Int64) async throws {
    let timer = self.channel.eventLoop.scheduleTask(in: .seconds(seconds)) {
      self.channel.close(promise: nil)
    }
    defer { timer.cancel() }
    try await withTaskCancellationHandler {
      try await self.channel.closeFuture.get()
    } onCancel: {
      self.channel.close(promise: nil)
    }
  }
}

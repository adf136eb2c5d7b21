internal import Listening
internal import NIOCore
internal import NIOHTTP2
internal import RPC

extension HTTPConnection {
  /// How many streams a client may reset in half a minute. A call that is cancelled keeps its place
  /// until its handler has ended, so resets alone bring a client no more work than its calls may do.
  private static let resetLimit = 1000

  /// Adds the handlers for HTTP/2.
  func addHTTP2(to pipeline: ChannelPipeline.SynchronousOperations) throws {
    let eventLoop = self.server.channel.eventLoop
    let load = self.server.calls.dispatcher.load
    var connection = NIOHTTP2Handler.ConnectionConfiguration()
    connection.initialSettings = [
      HTTP2Setting(
        parameter: .maxConcurrentStreams,
        value: load.limits.callsPerConnection
      ),
      HTTP2Setting(parameter: .maxHeaderListSize, value: self.limits.readableHeaderSize),
    ]
    // A client may send for a while on streams that were reset here: all that it had open, when many
    // calls are refused at once.
    connection.maximumRecentlyResetStreams = min(load.limits.callsPerConnection, 1000)
    // Clients of gRPC measure the way with PINGs, many in a second, while they receive: those that
    // come for nothing, and settings, have limits of their own.
    connection.controlFrameRateLimit.maximumCount = 200
    connection.controlFrameRateLimit.windowLength = .milliseconds(20)
    var stream = NIOHTTP2Handler.StreamConfiguration()
    stream.outboundBufferSizeHighWatermark = 32 << 10
    stream.outboundBufferSizeLowWatermark = 16 << 10
    stream.streamResetFrameRateLimit.maximumCount = Self.resetLimit
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    let handler = HTTP2ConnectionHandler(self)
    try pipeline.addHandlers([
      FlushGate { handler.didSendData() },
      ArrivalHandler { handler.didReceiveBytes() },
      NIOHTTP2Handler(
        mode: .server,
        eventLoop: eventLoop,
        connectionConfiguration: connection,
        streamConfiguration: stream,
        streamDelegate: handler.streamDelegate
      ) { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers([
            UnsentBytes(load.memory), StreamSelector(bound.value),
          ])
        }
      },
      handler,
    ])
  }
}

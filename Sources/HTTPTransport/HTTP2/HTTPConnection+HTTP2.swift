internal import Listening
internal import NIOCore
internal import NIOHTTP2
internal import RPC

extension HTTPConnection {
  /// How many streams a client may reset in half a minute. A call that is cancelled keeps its place
  /// until its handler has ended, so resets alone bring a client no more work than its calls may do.
  private static let resetLimit = 1000

  /// How many PING, SETTINGS and PRIORITY frames a client may send in `controlFrameWindow`. gRPC's
  /// client in Go sends a PING for each piece that it receives, once the one before is answered: on
  /// one machine, thousands a second. `HTTP2ConnectionHandler` bounds PINGs without such a reason,
  /// and SETTINGS, which have to be answered, too.
  private static let controlFrameLimit = 1000
  private static let controlFrameWindow = TimeAmount.milliseconds(50)

  /// Adds the handlers for HTTP/2.
  func addHTTP2(to pipeline: ChannelPipeline.SynchronousOperations) throws {
    let eventLoop = self.server.channel.eventLoop
    var connection = NIOHTTP2Handler.ConnectionConfiguration()
    connection.initialSettings = [
      HTTP2Setting(
        parameter: .maxConcurrentStreams,
        value: self.server.calls.dispatcher.load.limits.callsPerConnection
      ),
      HTTP2Setting(parameter: .maxHeaderListSize, value: self.limits.headerSize),
    ]
    connection.controlFrameRateLimit.maximumCount = Self.controlFrameLimit
    connection.controlFrameRateLimit.windowLength = Self.controlFrameWindow
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
          try channel.pipeline.syncOperations.addHandler(StreamSelector(bound.value))
        }
      },
      handler,
    ])
  }
}

internal import Listening
internal import NIOCore
internal import NIOHTTP2
internal import NIOPosix

/// A client's connection of HTTP/2.
struct HTTP2Connection: Sendable {
  let channel: any Channel
  private let multiplexer: NIOHTTP2Handler.StreamMultiplexer

  /// - Parameters:
  ///   - tls: nil is the clear.
  ///   - controlFrames: how many the server may send in half a minute; nil is NIO's default.
  static func connect(
    to endpoint: Endpoint,
    tls: ClientTLS?,
    controlFrames: Int? = nil
  ) async throws -> HTTP2Connection {
    let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
    return try await endpoint.connect(bootstrap) { channel in
      channel.eventLoop.makeCompletedFuture {
        _ = try tls?.addHandlers(to: channel, endpoint, timeLimit: .seconds(60))
        var connection = NIOHTTP2Handler.ConnectionConfiguration()
        if let controlFrames { connection.controlFrameRateLimit.maximumCount = controlFrames }
        let handler = NIOHTTP2Handler(
          mode: .client,
          eventLoop: channel.eventLoop,
          connectionConfiguration: connection,
          streamConfiguration: .init()
        ) { $0.close() }
        try channel.pipeline.syncOperations.addHandler(handler)
        return HTTP2Connection(channel: channel, multiplexer: try handler.syncMultiplexer())
      }
    }
  }

  /// Opens a stream.
  ///
  /// - Parameter reads: whether what the server sends is read.
  func open(
    reads: Bool,
    _ handlers: @escaping @Sendable () -> [any ChannelHandler]
  ) async throws -> any Channel {
    let opened = self.channel.eventLoop.makePromise(of: (any Channel).self)
    self.channel.eventLoop.execute {
      self.multiplexer.createStreamChannel(promise: opened) { stream in
        stream.eventLoop.makeCompletedFuture {
          try stream.syncOptions?.setOption(.autoRead, value: reads)
          try stream.pipeline.syncOperations.addHandlers(handlers())
        }
      }
    }
    return try await opened.futureResult.get()
  }
}

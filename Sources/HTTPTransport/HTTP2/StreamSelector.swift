internal import Listening
internal import Logging
internal import NIOCore
internal import NIOHTTP2
internal import RPC

/// Chooses what answers a stream by its header fields, and then removes itself.
final class StreamSelector: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTP2Frame.FramePayload

  private let connection: HTTPConnection

  init(_ connection: HTTPConnection) {
    self.connection = connection
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .headers(let payload) = self.unwrapInboundIn(data) else { return }
    let connection = self.connection
    do {
      let other = connection.streamProtocols.first { $0.begins(with: payload.headers) }
      if let other {
        try other.addHandlers(
          to: HTTP2Stream(
            channel: context.channel,
            connection: connection.server,
            requests: connection.requests,
            headerSizeLimit: connection.limits.headerSize
          )
        )
      } else {
        try context.pipeline.syncOperations.addHandlers([
          UnindexedFields(),
          HTTP2FramePayloadToHTTP1ServerCodec(),
          RequestHandler(connection, isStream: true),
        ])
      }
    } catch {
      connection.server.calls.dispatcher.logger.debug(
        "A stream failed",
        metadata: ["error": "\(error)"]
      )
      return context.close(promise: nil)
    }
    context.fireChannelRead(data)
    context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
  }
}

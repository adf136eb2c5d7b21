internal import NIOCore
internal import NIOHPACK
internal import NIOHTTP2

/// Keeps most of a response's header fields out of the table of the connection's encoder, which is as
/// large as the client asks for, up to 4 GiB, and is searched from end to end for each field.
final class UnindexedFields: ChannelOutboundHandler {
  typealias OutboundIn = HTTP2Frame.FramePayload
  typealias OutboundOut = HTTP2Frame.FramePayload

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard case .headers(var payload) = self.unwrapOutboundIn(data) else {
      return context.write(data, promise: promise)
    }
    var headers = HPACKHeaders()
    for (name, value, _) in payload.headers {
      headers.add(name: name, value: value, indexing: Self.indexing(of: name))
    }
    payload.headers = headers
    context.write(self.wrapOutboundOut(.headers(payload)), promise: promise)
  }

  /// Those of few values may be in it.
  private static func indexing(of name: String) -> HPACKIndexing {
    name.utf8.elementsEqual(":status".utf8) || name.utf8.elementsEqual("content-type".utf8)
      ? .indexable : .nonIndexable
  }
}

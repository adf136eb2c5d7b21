import Listening
import NIOCore
import NIOHPACK
import NIOHTTP1
import NIOHTTP2
import NIOPosix

/// One request of HTTP, on a connection of its own.
struct WebRequest: Sendable {
  var path: String
  var contentType: String
  var body: ByteBuffer

  enum Version {
    case http1
    case http2
  }

  /// What came before the connection or the stream ended.
  struct Answer: Sendable {
    var status = ""
    var body = ByteBuffer()
    /// "grpc-status" in the trailers.
    var code: String?
  }

  /// Sends it, and reads the answer to its end.
  func answer(from endpoint: Endpoint, over version: Version) async throws -> Answer {
    guard case .tcp(let host, let port) = endpoint else {
      throw Failure("\(endpoint) is no TCP port")
    }
    let promise = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: Answer.self)
    let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          switch version {
          case .http1: try self.begin(on: channel, promise)
          case .http2: try self.beginStream(on: channel, promise)
          }
        }
      }
      .connect(host: host, port: port)
      .flatMapErrorThrowing {
        promise.fail($0)
        throw $0
      }
      .get()
    defer { channel.close(promise: nil) }
    return try await withTaskCancellationHandler {
      try await promise.futureResult.get()
    } onCancel: {
      channel.close(promise: nil)
    }
  }

  private func begin(on channel: any Channel, _ promise: EventLoopPromise<Answer>) throws {
    try channel.pipeline.syncOperations.addHTTPClientHandlers()
    try channel.pipeline.syncOperations.addHandler(ResponseReader(self, promise))
  }

  private func beginStream(on channel: any Channel, _ promise: EventLoopPromise<Answer>) throws {
    let handler = NIOHTTP2Handler(
      mode: .client,
      eventLoop: channel.eventLoop,
      connectionConfiguration: .init(),
      streamConfiguration: .init()
    ) { $0.close() }
    try channel.pipeline.syncOperations.addHandler(handler)
    try handler.syncMultiplexer().createStreamChannel(promise: nil) { stream in
      stream.eventLoop.makeCompletedFuture {
        try stream.pipeline.syncOperations.addHandler(StreamReader(self, promise))
      }
    }
  }
}

private final class ResponseReader: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  private let request: WebRequest
  private let promise: EventLoopPromise<WebRequest.Answer>
  private var answer = WebRequest.Answer()

  init(_ request: WebRequest, _ promise: EventLoopPromise<WebRequest.Answer>) {
    (self.request, self.promise) = (request, promise)
  }

  func channelActive(context: ChannelHandlerContext) {
    let head = HTTPRequestHead(
      version: .http1_1,
      method: .POST,
      uri: self.request.path,
      headers: [
        "host": "soak", "content-type": self.request.contentType,
        "content-length": "\(self.request.body.readableBytes)",
      ]
    )
    context.write(self.wrapOutboundOut(.head(head)), promise: nil)
    context.write(self.wrapOutboundOut(.body(.byteBuffer(self.request.body))), promise: nil)
    context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch self.unwrapInboundIn(data) {
    case .head(let head): self.answer.status = "\(head.status.code)"
    case .body(let bytes): self.answer.body.writeImmutableBuffer(bytes)
    case .end:
      self.promise.succeed(self.answer)
      context.close(promise: nil)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    self.promise.fail(Failure("an answer of HTTP/1.1 has no end"))
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    self.promise.fail(error)
    context.close(promise: nil)
  }
}

private final class StreamReader: ChannelInboundHandler {
  typealias InboundIn = HTTP2Frame.FramePayload
  typealias OutboundOut = HTTP2Frame.FramePayload

  private let request: WebRequest
  private let promise: EventLoopPromise<WebRequest.Answer>
  private var answer = WebRequest.Answer()

  init(_ request: WebRequest, _ promise: EventLoopPromise<WebRequest.Answer>) {
    (self.request, self.promise) = (request, promise)
  }

  func channelActive(context: ChannelHandlerContext) {
    let headers: HPACKHeaders = [
      ":method": "POST", ":scheme": "http", ":authority": "soak", ":path": self.request.path,
      "content-type": self.request.contentType, "te": "trailers",
    ]
    context.write(self.wrapOutboundOut(.headers(.init(headers: headers))), promise: nil)
    context.writeAndFlush(
      self.wrapOutboundOut(
        .data(.init(data: .byteBuffer(self.request.body), endStream: true))
      ),
      promise: nil
    )
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch self.unwrapInboundIn(data) {
    case .headers(let payload):
      if let status = payload.headers.first(name: ":status") { self.answer.status = status }
      self.answer.code = payload.headers.first(name: "grpc-status")
      if payload.endStream { self.promise.succeed(self.answer) }
    case .data(let payload):
      if case .byteBuffer(let bytes) = payload.data { self.answer.body.writeImmutableBuffer(bytes) }
      if payload.endStream { self.promise.succeed(self.answer) }
    default: break
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    self.promise.fail(Failure("an answer of HTTP/2 has no end"))
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    self.promise.fail(error)
    context.close(promise: nil)
  }
}

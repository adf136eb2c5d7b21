import Listening
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix

@testable import Listening

/// A client of HTTP/2 with one connection.
struct HTTP2Peer: Sendable {
  private let channel: any Channel
  private let multiplexer: NIOHTTP2Handler.StreamMultiplexer

  /// - Parameter tls: nil is the clear.
  static func connect(to endpoint: Endpoint, tls: ClientTLS? = nil) async throws -> HTTP2Peer {
    let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
    return try await endpoint.connect(bootstrap) { channel in
      channel.eventLoop.makeCompletedFuture {
        _ = try tls?.addHandlers(to: channel, endpoint, timeLimit: .seconds(60))
        let handler = NIOHTTP2Handler(
          mode: .client,
          eventLoop: channel.eventLoop,
          connectionConfiguration: .init(),
          streamConfiguration: .init()
        ) { $0.close() }
        try channel.pipeline.syncOperations.addHandler(handler)
        return HTTP2Peer(channel: channel, multiplexer: try handler.syncMultiplexer())
      }
    }
  }

  func close() async throws {
    try await self.channel.close()
  }

  /// A request that has begun.
  struct Stream {
    let channel: any Channel
    let response: EventLoopFuture<Response>

    /// Resets the stream.
    func cancel() { self.channel.close(promise: nil) }
  }

  struct Response: Sendable {
    var head: HTTPResponseHead?
    var body = ""
    /// Whether the response ended as it should.
    var isWhole = false
  }

  func request(_ method: HTTPMethod, _ path: String, body: String? = nil) async throws -> Response {
    try await self.begin(method, path, body: body).response.get()
  }

  func begin(_ method: HTTPMethod, _ path: String, body: String? = nil) async throws -> Stream {
    let promise = self.channel.eventLoop.makePromise(of: Response.self)
    let opened = self.channel.eventLoop.makePromise(of: (any Channel).self)
    self.channel.eventLoop.execute {
      self.multiplexer.createStreamChannel(promise: opened) { stream in
        stream.eventLoop.makeCompletedFuture {
          try stream.pipeline.syncOperations.addHandlers([
            HTTP2FramePayloadToHTTP1ClientCodec(httpProtocol: .http),
            ResponseCollector(promise),
          ])
        }
      }
    }
    let stream = try await opened.futureResult.get()
    var head = HTTPRequestHead(version: .http2, method: method, uri: path)
    head.headers.add(name: "host", value: "test")
    if body != nil { head.headers.add(name: "content-type", value: "application/json") }
    stream.write(HTTPClientRequestPart.head(head), promise: nil)
    if let body {
      stream.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(string: body))), promise: nil)
    }
    stream.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
    return Stream(channel: stream, response: promise.futureResult)
  }
}

private final class ResponseCollector: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart

  private let promise: EventLoopPromise<HTTP2Peer.Response>
  private var response = HTTP2Peer.Response()

  init(_ promise: EventLoopPromise<HTTP2Peer.Response>) {
    self.promise = promise
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch self.unwrapInboundIn(data) {
    case .head(let head): self.response.head = head
    case .body(let bytes): self.response.body += String(buffer: bytes)
    case .end:
      self.response.isWhole = true
      self.promise.succeed(self.response)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    self.promise.succeed(self.response)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}

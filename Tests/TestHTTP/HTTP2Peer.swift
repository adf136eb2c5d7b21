package import Listening
package import NIOCore
package import NIOHTTP1
internal import NIOHTTP2

/// A client of HTTP/2 with one connection.
package struct HTTP2Peer: Sendable {
  private let connection: HTTP2Connection

  private var channel: any Channel { self.connection.channel }

  /// - Parameter tls: nil is the clear.
  package static func connect(
    to endpoint: Endpoint,
    tls: ClientTLS? = nil
  ) async throws -> HTTP2Peer {
    HTTP2Peer(connection: try await .connect(to: endpoint, tls: tls))
  }

  package func close() async throws {
    try await self.channel.close()
  }

  /// A request that has begun.
  package struct Stream: Sendable {
    package let channel: any Channel
    /// The response, when the stream has ended.
    package let response: EventLoopFuture<Response>
    /// Completes when the first bytes of the response's content are there, or the stream has ended.
    package let begun: EventLoopFuture<Void>

    /// Resets the stream.
    package func cancel() { self.channel.close(promise: nil) }
  }

  package struct Response: Sendable {
    package var head: HTTPResponseHead?
    package var body = ""
    /// Whether the response ended as it should.
    package var isWhole = false
  }

  package func request(
    _ method: HTTPMethod,
    _ path: String,
    _ fields: HTTPHeaders = [:],
    body: String? = nil
  ) async throws -> Response {
    try await self.begin(method, path, fields, body: body).response.get()
  }

  /// - Parameter reads: whether the response is read; otherwise the server has to wait after as much
  ///   as a window of HTTP/2 holds.
  package func begin(
    _ method: HTTPMethod,
    _ path: String,
    _ fields: HTTPHeaders = [:],
    body: String? = nil,
    reads: Bool = true
  ) async throws -> Stream {
    let promise = self.channel.eventLoop.makePromise(of: Response.self)
    let begun = self.channel.eventLoop.makePromise(of: Void.self)
    let stream = try await self.connection.open(reads: reads) {
      [
        HTTP2FramePayloadToHTTP1ClientCodec(httpProtocol: .http),
        ResponseCollector(promise, begun: begun),
      ]
    }
    var head = HTTPRequestHead(version: .http2, method: method, uri: path, headers: fields)
    head.headers.add(name: "host", value: "test")
    if body != nil { head.headers.add(name: "content-type", value: "application/json") }
    stream.write(HTTPClientRequestPart.head(head), promise: nil)
    if let body {
      stream.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(string: body))), promise: nil)
    }
    stream.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
    return Stream(channel: stream, response: promise.futureResult, begun: begun.futureResult)
  }
}

private final class ResponseCollector: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart

  private let promise: EventLoopPromise<HTTP2Peer.Response>
  private let begun: EventLoopPromise<Void>
  private var response = HTTP2Peer.Response()

  init(_ promise: EventLoopPromise<HTTP2Peer.Response>, begun: EventLoopPromise<Void>) {
    self.promise = promise
    self.begun = begun
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch self.unwrapInboundIn(data) {
    case .head(let head): self.response.head = head
    case .body(let bytes):
      self.response.body += String(buffer: bytes)
      self.begun.succeed()
    case .end:
      self.response.isWhole = true
      self.complete()
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    self.complete()
  }

  private func complete() {
    self.begun.succeed()
    self.promise.succeed(self.response)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}

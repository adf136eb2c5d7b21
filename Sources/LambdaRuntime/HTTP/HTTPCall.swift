internal import Listening
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// One request over HTTP/1.1, on a connection of its own.
///
/// Both servers that are called are on this machine, where a connection costs less than 0.1 ms. One
/// that was kept could have died while Lambda had frozen the process.
struct HTTPCall {
  typealias Outbound = NIOAsyncChannelOutboundWriter<HTTPClientRequestPart>

  let server: Endpoint
  let head: HTTPRequestHead

  /// How long a connection may take.
  private static let connectTimeout = TimeAmount.seconds(5)

  /// - Parameter headers: without those of a proxy; `Host` is added when it is missing.
  init(
    _ method: HTTPMethod,
    _ target: String,
    of server: Endpoint,
    headers: HTTPHeaders = [:]
  ) {
    self.server = server
    var head = HTTPRequestHead(version: .http1_1, method: method, uri: target, headers: headers)
    if !head.headers.contains(name: "host") {
      head.headers.add(name: "host", value: server.port == 0 ? "localhost" : "\(server)")
    }
    self.head = head
  }

  /// Sends the request, and has the response read.
  ///
  /// - Parameters:
  ///   - body: the content, of a known size.
  ///   - timeout: the connection is closed then; nil waits for ever.
  ///   - read: the connection is closed when it returns.
  @concurrent func run<Result: Sendable>(
    _ body: ByteBuffer = ByteBuffer(),
    timeout: Duration? = nil,
    _ read: @concurrent (HTTPResponseHead, inout ResponseBody) async throws -> Result
  ) async throws -> Result {
    var head = self.head
    if body.readableBytes > 0 || head.method == .POST {
      head.headers.replaceOrAdd(name: "content-length", value: "\(body.readableBytes)")
    }
    return try await self.connected(timeout: timeout) { inbound, outbound in
      var response = ResponseBody(inbound)
      let answer = try await response.head {
        try await outbound.write(.head(head))
        if body.readableBytes > 0 { try await outbound.write(.body(.byteBuffer(body))) }
        try await outbound.write(.end(nil))
      }
      return try await read(answer, &response)
    }
  }

  /// Sends a request whose content is written piece by piece, and reads the response's head.
  ///
  /// - Parameter write: returns the trailer fields.
  @concurrent func upload(
    _ write: @concurrent (Outbound) async throws -> HTTPHeaders?
  ) async throws -> HTTPResponseHead {
    var head = self.head
    head.headers.replaceOrAdd(name: "transfer-encoding", value: "chunked")
    return try await self.connected(timeout: nil) { inbound, outbound in
      var response = ResponseBody(inbound)
      return try await response.head {
        try await outbound.write(.head(head))
        let trailers = try await write(outbound)
        try await outbound.write(.end(trailers))
      }
    }
  }

  @concurrent private func connected<Result: Sendable>(
    timeout: Duration?,
    _ body:
      @concurrent (NIOAsyncChannelInboundStream<HTTPClientResponsePart>, Outbound) async throws
      -> Result
  ) async throws -> Result {
    let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .connectTimeout(Self.connectTimeout)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
    let channel = try await self.server.connect(bootstrap) { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHTTPClientHandlers()
        return try NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>(
          wrappingChannelSynchronously: channel
        )
      }
    }
    let timer = timeout.map { timeout in
      channel.channel.eventLoop.scheduleTask(in: TimeAmount(timeout)) {
        channel.channel.close(promise: nil)
      }
    }
    defer { timer?.cancel() }
    return try await channel.executeThenClose(body)
  }
}

/// What a server answers, as it arrives.
struct ResponseBody {
  private var iterator: NIOAsyncChannelInboundStream<HTTPClientResponsePart>.AsyncIterator

  init(_ parts: NIOAsyncChannelInboundStream<HTTPClientResponsePart>) {
    self.iterator = parts.makeAsyncIterator()
  }

  /// The connection was closed before the end.
  struct Incomplete: Error {}

  /// The head, after a request.
  ///
  /// - Parameter send: sends the request. A server that refuses it may say so before it has read all,
  ///   and close the connection: then the reason counts, not that it could not be sent.
  mutating func head(
    after send: @concurrent () async throws -> Void
  ) async throws -> HTTPResponseHead {
    do {
      try await send()
    } catch {
      if let head = try? await self.head(), head.status.code >= 400 { return head }
      throw error
    }
    return try await self.head()
  }

  private mutating func head() async throws -> HTTPResponseHead {
    guard case .head(let head) = try await self.iterator.next(isolation: #isolation) else {
      throw Incomplete()
    }
    return head
  }

  /// The next bytes; nil at the end.
  mutating func next() async throws -> ByteBuffer? {
    switch try await self.iterator.next(isolation: #isolation) {
    case .body(let bytes): return bytes
    case .end: return nil
    case .head, nil: throw Incomplete()
    }
  }

  /// All of the bytes.
  ///
  /// - Throws: `Incomplete` also for more than `limit`.
  mutating func whole(limit: Int) async throws -> ByteBuffer {
    var body = ByteBuffer()
    while let bytes = try await self.next() {
      guard body.readableBytes + bytes.readableBytes <= limit else { throw Incomplete() }
      body.writeImmutableBuffer(bytes)
    }
    return body
  }
}

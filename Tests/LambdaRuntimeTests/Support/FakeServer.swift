import Concurrency
import Listening
import NIOCore
import NIOHTTP1
import NIOPosix

/// An HTTP server that answers as a test says, on a port of this machine that was free.
final class FakeServer: Sendable {
  /// A request that has arrived as a whole.
  struct Request: Sendable {
    var head: HTTPRequestHead
    var body = ByteBuffer()
    var trailers: HTTPHeaders?

    var text: String { String(buffer: self.body) }

    func field(_ name: String) -> String? { self.head.headers.first(name: name) }
  }

  /// What it does with one request, after another.
  enum Step: Sendable {
    case head(HTTPResponseStatus, HTTPHeaders)
    case body([UInt8])
    case end
    /// Breaks the connection off.
    case close
    case pause(Duration)
  }

  let endpoint: Endpoint
  private let listener: any Channel

  private init(_ listener: any Channel) {
    self.listener = listener
    self.endpoint = Endpoint(host: "127.0.0.1", port: listener.localAddress?.port ?? 0)
  }

  /// Starts a server; `stop` ends it.
  ///
  /// - Parameter refuse: what is done at the first bytes of a request, of which then no more is read;
  ///   empty to answer when it is whole.
  static func start(
    _ answer: @escaping @Sendable (Request) async -> [Step],
    refuse: @escaping @Sendable (Request) -> [Step] = { _ in [] }
  ) async throws -> FakeServer {
    let connections = Monitor<[any Channel]>([])
    let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        connections.update { $0.append(channel) }
        return channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(Connection(answer, refuse))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    listener.closeFuture.whenComplete { _ in
      for channel in connections.withLock({ $0 }) { channel.close(promise: nil) }
    }
    return FakeServer(listener)
  }

  func stop() async {
    try? await self.listener.close()
  }

  private final class Connection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let answer: @Sendable (Request) async -> [Step]
    private let refuse: @Sendable (Request) -> [Step]
    private var request: Request?

    init(
      _ answer: @escaping @Sendable (Request) async -> [Step],
      _ refuse: @escaping @Sendable (Request) -> [Step]
    ) {
      self.answer = answer
      self.refuse = refuse
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch self.unwrapInboundIn(data) {
      case .head(let head): self.request = Request(head: head)
      case .body(let bytes):
        guard var request = self.request else { return }
        request.body.writeImmutableBuffer(bytes)
        let steps = self.refuse(request)
        self.request = steps.isEmpty ? request : nil
        if !steps.isEmpty { Self.serve(request, { _ in steps }, on: context.channel) }
      case .end(let trailers):
        self.request?.trailers = trailers
        if let request = self.request { Self.serve(request, self.answer, on: context.channel) }
      }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }

    private static func serve(
      _ request: Request,
      _ answer: @escaping @Sendable (Request) async -> [Step],
      on channel: any Channel
    ) {
      Task {
        // A function that has gone away is what some tests want.
        for step in await answer(request) { try await Self.perform(step, on: channel) }
      }
    }

    private static func perform(_ step: Step, on channel: any Channel) async throws {
      switch step {
      case .head(let status, let headers):
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        try await channel.writeAndFlush(HTTPServerResponsePart.head(head))
      case .body(let bytes):
        let part = HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: bytes)))
        try await channel.writeAndFlush(part)
      case .end: try await channel.writeAndFlush(HTTPServerResponsePart.end(nil))
      case .close: try await channel.close()
      case .pause(let time): try await Task.sleep(for: time)
      }
    }
  }
}

extension [FakeServer.Step] {
  /// A whole answer.
  static func answer(
    _ body: some Sequence<UInt8>,
    _ status: HTTPResponseStatus = .ok,
    headers: HTTPHeaders = ["content-type": "text/plain"]
  ) -> [FakeServer.Step] {
    let bytes = [UInt8](body)
    return [.head(status, headers), .body(bytes), .end]
  }
}

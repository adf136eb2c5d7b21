import Concurrency
import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A server of models that answers with given bytes: it can misbehave in each way.
final class FakeUpstream: Sendable {
  /// What it does with one request.
  enum Step: Sendable {
    case send([UInt8])
    /// Waits before the next step.
    case pause(Duration)
    /// Ends the connection in order.
    case close
    /// Breaks the connection off.
    case reset
  }

  struct Request: Sendable {
    /// The line of the request and its headers.
    var head: String
    var body: String
  }

  struct State: Sendable {
    var requests: [Request] = []
    /// The connections that are open.
    var connections = 0
  }

  let state = Monitor(State())
  private let channel: any Channel

  /// - Parameters:
  ///   - models: the steps for a request for its models, which is not among `requests`.
  ///   - answer: the steps for another request; it gets the number of those before it.
  static func start(
    models: @autoclosure @escaping @Sendable () -> [Step] = .refusal(
      "404 Not Found",
      headers: "connection: close\r\n"
    ) + [.close],
    _ answer: @escaping @Sendable (_ request: Request, _ number: Int) -> [Step]
  ) async throws -> FakeUpstream {
    let relay = Relay()
    let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Connection(relay, models, answer))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let upstream = FakeUpstream(channel)
    relay.upstream.update { $0 = upstream }
    return upstream
  }

  private init(_ channel: any Channel) {
    self.channel = channel
  }

  var baseURL: String { "http://127.0.0.1:\(self.channel.localAddress?.port ?? 0)/v1" }

  var requests: [Request] { self.state.withLock { $0.requests } }

  func stop() async throws {
    try await self.channel.close()
  }

  /// Returns when no connection is open.
  func waitUntilLeft() async {
    await self.state.wait { $0.connections == 0 }
  }

  /// Returns when there were so many requests.
  func waitForRequests(_ count: Int) async {
    await self.state.wait { $0.requests.count >= count }
  }

  /// Gives connections the server that they belong to, which is made after the first may come.
  private final class Relay: Sendable {
    let upstream = Monitor<FakeUpstream?>(nil)
  }

  private final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let relay: Relay
    private let models: @Sendable () -> [Step]
    private let answer: @Sendable (Request, Int) -> [Step]
    private var received = ByteBuffer()

    init(
      _ relay: Relay,
      _ models: @escaping @Sendable () -> [Step],
      _ answer: @escaping @Sendable (Request, Int) -> [Step]
    ) {
      self.relay = relay
      self.models = models
      self.answer = answer
    }

    private func update(_ body: (inout State) -> Void) {
      self.relay.upstream.withLock { $0 }?.state.update { body(&$0) }
    }

    func channelActive(context: ChannelHandlerContext) {
      self.update { $0.connections += 1 }
    }

    func channelInactive(context: ChannelHandlerContext) {
      self.update { $0.connections -= 1 }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      var bytes = self.unwrapInboundIn(data)
      self.received.writeBuffer(&bytes)
      let text = String(buffer: self.received)
      guard let end = text.firstRange(of: "\r\n\r\n") else { return }
      let head = String(text[..<end.lowerBound])
      let length =
        head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
        .flatMap { Int($0.dropFirst("content-length:".count).drop { $0 == " " }) } ?? 0
      let body = text[end.upperBound...]
      guard body.utf8.count >= length else { return }
      self.received.clear()
      if head.utf8.starts(with: "GET".utf8) { return self.perform(self.models()[...], context) }
      let request = Request(head: head, body: String(body))
      var number = 0
      self.update { state in
        number = state.requests.count
        state.requests.append(request)
      }
      self.perform(self.answer(request, number)[...], context)
    }

    private func perform(_ steps: ArraySlice<Step>, _ context: ChannelHandlerContext) {
      var rest = steps
      while let step = rest.popFirst(), context.channel.isActive {
        switch step {
        case .send(let bytes):
          context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
        case .pause(let time):
          let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
          let later = rest
          context.eventLoop.scheduleTask(in: TimeAmount(time)) {
            let (handler, context) = bound.value
            handler.perform(later, context)
          }
          return
        case .close: return context.close(promise: nil)
        case .reset: return self.reset(context)
        }
      }
    }

    private func reset(_ context: ChannelHandlerContext) {
      // Without lingering the kernel sends a reset.
      let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
      (context.channel as? any SocketOptionProvider)?
        .setSoLinger(linger(l_onoff: 1, l_linger: 0))
        .whenComplete { _ in bound.value.close(promise: nil) }
    }
  }
}

extension [FakeUpstream.Step] {
  /// A whole answer, with its length.
  static func answer(
    _ body: String,
    status: String = "200 OK",
    type: String = "text/event-stream",
    headers: String = ""
  ) -> [FakeUpstream.Step] {
    let head =
      "HTTP/1.1 \(status)\r\ncontent-type: \(type)\r\ncontent-length: \(body.utf8.count)\r\n"
      + "\(headers)\r\n"
    return [.send([UInt8]((head + body).utf8))]
  }

  /// The beginning of an answer whose end is that of the connection.
  static func beginning(_ body: String) -> [FakeUpstream.Step] {
    [
      .send(
        [UInt8](
          "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n".utf8
        )
      ), .send([UInt8](body.utf8)),
    ]
  }

  /// A refusal.
  static func refusal(
    _ status: String,
    _ body: String = "",
    headers: String = ""
  ) -> [FakeUpstream.Step] {
    .answer(body, status: status, type: "application/json", headers: headers)
  }
}

/// Texts of events.
enum Events {
  /// A chunk of a chat with this delta.
  static func chunk(_ delta: String, finish: String? = nil, index: Int = 0) -> String {
    let reason = finish.map { "\"\($0)\"" } ?? "null"
    return
      "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m-1\",\"choices\":"
      + "[{\"index\":\(index),\"delta\":\(delta),\"finish_reason\":\(reason)}]}\n\n"
  }

  static func text(_ text: String, index: Int = 0) -> String {
    self.chunk("{\"content\":\"\(text)\"}", index: index)
  }

  static func usage(_ prompt: Int, _ completion: Int) -> String {
    "data: {\"model\":\"m-1\",\"choices\":[],\"usage\":{\"prompt_tokens\":\(prompt),"
      + "\"completion_tokens\":\(completion),\"total_tokens\":\(prompt + completion)}}\n\n"
  }

  static let done = "data: [DONE]\n\n"

  /// A whole answer.
  static func answer(_ texts: String..., finish: String = "stop") -> String {
    self.chunk("{\"role\":\"assistant\",\"content\":\"\"}") + texts.map { self.text($0) }.joined()
      + self.chunk("{}", finish: finish) + self.usage(3, texts.count) + self.done
  }
}

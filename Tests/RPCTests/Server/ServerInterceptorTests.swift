import Identifiers
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing
import TokenwireAPI

@testable import RPC

/// What goes around each call, whatever its kind and transport.
@Suite struct ServerInterceptorTests {
  /// What has happened to a call, in order.
  final class Story: Sendable {
    private let events = Mutex<[String]>([])

    func add(_ event: String) { self.events.withLock { $0.append(event) } }

    var all: [String] { self.events.withLock { $0 } }
  }

  final class Teller: ServerInterceptor {
    private let story: Story
    private let refusal: CallError?
    private let isRefused: Bool

    init(story: Story, refusal: CallError? = nil, isRefused: Bool = false) {
      self.story = story
      self.refusal = refusal
      self.isRefused = isRefused
    }

    struct Unknown: Error {}

    func check(_ method: MethodDescriptor) throws {
      if self.isRefused { throw Unknown() }
    }

    func begin(_ call: CallContext, accessToken: String) throws(CallError) {
      self.story.add("begin \(accessToken)")
      if let refusal { throw refusal }
    }

    func handlerReturned(_ call: CallContext) { self.story.add("returned") }

    func end(_ call: CallContext, _ error: CallError?) {
      self.story.add("end \(error?.code.description ?? "OK")")
    }
  }

  /// The way back of a call.
  final class Sink: ResponseSink {
    private let story: Story
    private let hasFinished = Atomic(false)

    init(_ story: Story) { self.story = story }

    func enqueue(_ serialize: (inout ByteBuffer) -> Void) throws(CallError) -> Bool {
      self.story.add("response")
      return true
    }

    func waitForRoom() async throws(CallError) {}

    func finish(_ error: CallError?, unsent: UnsentResponses) {
      guard !self.hasFinished.exchange(true, ordering: .relaxed) else { return }
      self.story.add("finish \(error?.code.description ?? "OK")")
    }
  }

  /// Makes one call, and tells what has happened.
  private func story(
    of handler: MethodHandler,
    named method: Identifier = "Method",
    timeout: Duration? = nil,
    request: AbortRequest = AbortRequest(),
    refusal: CallError? = nil
  ) async throws -> [String] {
    let story = Story()
    let dispatcher = CallDispatcher(
      services: [ServiceDefinition(name: "test", methods: ["Method": handler])],
      interceptors: [Teller(story: story, refusal: refusal)],
      limits: CallLimits(),
      logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    )
    let calls = ConnectionCalls(
      dispatcher,
      peer: "peer",
      peerAddress: "peer",
      on: MultiThreadedEventLoopGroup.singleton.next()
    )
    var message = ByteBuffer()
    request.serialize(into: &message)
    let requests = MessageQueue(window: 1 << 10)
    requests.finish()
    let call = CallRequest(
      method: MethodDescriptor(service: "test", method: method),
      timeout: timeout,
      message: message,
      length: message.readableBytes
    )
    do throws(CallError) {
      calls.run(try calls.open(call, requests: requests, responses: Sink(story)))
    } catch {
      story.add("refused \(error.code)")
    }
    calls.finish()
    await calls.serve()
    return story.all
  }

  private static let unary = MethodHandler.unary { (request: AbortRequest, _) in request }

  /// What the call has held is free before its caller can make another.
  @Test func `a unary handler has returned before its response goes out`() async throws {
    #expect(
      try await self.story(of: Self.unary) == [
        "begin ", "returned", "response", "finish OK", "end OK",
      ]
    )
  }

  @Test(arguments: [
    MethodHandler.serverStreaming { (request: AbortRequest, responses, _) in
      try await responses.write(request)
    },
    .bidirectionalStreaming { (_: RequestStream<AbortRequest>, responses, _) in
      try await responses.write(AbortRequest())
    },
  ])
  func `a handler that streams has returned before its call ends`(
    handler: MethodHandler
  ) async throws {
    #expect(
      try await self.story(of: handler) == [
        "begin ", "response", "returned", "finish OK", "end OK",
      ]
    )
  }

  @Test func `a handler that reads a stream is told of like others`() async throws {
    let handler = MethodHandler.clientStreaming { (requests: RequestStream<AbortRequest>, _) in
      for try await _ in requests {}
      return AbortRequest()
    }
    #expect(
      try await self.story(of: handler) == [
        "begin ", "returned", "response", "finish OK", "end OK",
      ]
    )
  }

  @Test func `an interceptor has the access token of the request`() async throws {
    let handler = MethodHandler.unary(accessToken: \.generationID) {
      (request: AbortRequest, _) in request
    }
    let story = try await self.story(of: handler, request: AbortRequest(generationID: "secret"))
    #expect(story.first == "begin secret")
  }

  @Test func `a call that is refused has no handler`() async throws {
    let handler = MethodHandler.unary { (request: AbortRequest, _) in
      Issue.record("the handler has run")
      return request
    }
    let refusal = CallError(.permissionDenied, "no")
    let story = try await self.story(of: handler, refusal: refusal)
    #expect(story == ["begin ", "returned", "finish PERMISSION_DENIED", "end PERMISSION_DENIED"])
  }

  @Test func `an error of the handler is the call's`() async throws {
    let handler = MethodHandler.unary { (_: AbortRequest, _) -> AbortRequest in
      throw CallError(.notFound, "nothing")
    }
    let story = try await self.story(of: handler)
    #expect(story == ["begin ", "returned", "finish NOT_FOUND", "end NOT_FOUND"])
  }

  @Test func `a call whose time is over ends with that, whatever its handler says`() async throws {
    let handler = MethodHandler.unary { (request: AbortRequest, _) in
      try await Task.sleep(for: .seconds(3600))
      return request
    }
    let story = try await self.story(of: handler, timeout: .milliseconds(1))
    // The time may be over before the handler has begun.
    #expect(Set(story.prefix(2)) == ["begin ", "finish DEADLINE_EXCEEDED"])
    #expect(story.dropFirst(2) == ["returned", "end DEADLINE_EXCEEDED"])
  }

  @Test func `a call of a method that is not there has an end and nothing else`() async throws {
    let story = try await self.story(of: Self.unary, named: "Other")
    #expect(story == ["end UNIMPLEMENTED", "refused UNIMPLEMENTED"])
  }

  @Test func `an interceptor can keep a method from being offered`() {
    let dispatcher = CallDispatcher(
      services: [ServiceDefinition(name: "test", methods: ["Method": Self.unary])],
      interceptors: [Teller(story: Story(), isRefused: true)],
      limits: CallLimits(),
      logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    )
    #expect(throws: Teller.Unknown.self) { try dispatcher.check() }
  }
}

/// The names of calls in the server's log.
@Suite struct RequestIDTests {
  @Test(arguments: [
    "a", "4bf92f3577b34da6a3ce929d0e0e4736", String(repeating: "x", count: 128),
  ])
  func `a caller names its call`(given: String) {
    #expect(RequestID(["X-Request-ID": given]).description == given)
  }

  @Test(arguments: [
    "", "two words", "a\nb", "a=b", "\"a\"", "é", String(repeating: "x", count: 129),
  ])
  func `a name with other characters, or too long, is replaced`(given: String) {
    let ids = (0 ..< 2).map { _ in RequestID(["x-request-id": given]).description }
    #expect(Set(ids.map { Identifier($0) }).count == 2)
    #expect(ids.allSatisfy { $0.utf8.count < 40 && $0.utf8.allSatisfy { 0x21 ... 0x7E ~= $0 } })
  }
}

import HTTPTransport
import Identifiers
import JSON
import Logging
import NIOCore
import NIOHTTP1
import Protobuf
import TestHTTP
import TestServers

@testable import Listening
@testable import RPC
@testable import TTRPC

/// A service for the routes of tests: messages have one text.
enum TestService {
  static let name: Identifier = "test.HTTP"

  static func request(_ method: Identifier, _ text: String) -> CallRequest {
    var message = ByteBuffer()
    KeyValue(key: text).serialize(into: &message)
    return CallRequest(
      method: MethodDescriptor(service: name, method: method),
      message: message,
      length: message.readableBytes
    )
  }

  /// - Parameter ended: how many calls that have no end were cancelled.
  static func definition(_ ended: EndCounter) -> ServiceDefinition {
    ServiceDefinition(
      name: name,
      methods: [
        "Say": .unary { (request: KeyValue, _) in
          if request.key.utf8.starts(with: "fail ".utf8) {
            throw CallError(
              .notFound,
              String(decoding: request.key.utf8.dropFirst(5), as: UTF8.self)
            )
          }
          return request
        },
        "Count": .serverStreaming { (request: KeyValue, responses: ResponseWriter<KeyValue>, _) in
          for number in 0 ..< (Int(request.key) ?? 0) {
            try await responses.write(KeyValue(key: "\(number)"))
          }
        },
        "Break": .serverStreaming { (request: KeyValue, responses: ResponseWriter<KeyValue>, _) in
          try await responses.write(KeyValue(key: "begun"))
          throw CallError(.aborted, request.key)
        },
        // Writes once, or as much as it can, and then waits for its end.
        "Hang": .serverStreaming { (request: KeyValue, responses: ResponseWriter<KeyValue>, _) in
          defer { ended.add() }
          try await responses.write(KeyValue(key: "begun"))
          let isFlood = Identifier(request.key) == "flood"
          while isFlood {
            try await responses.write(KeyValue(key: String(repeating: "x", count: 1000)))
          }
          try await Task.sleep(for: .seconds(3600))
        },
        "Note": .unary { (request: KeyValue, _) in
          ended.add()
          return request
        },
        "Silent": .serverStreaming { (_: KeyValue, _: ResponseWriter<KeyValue>, _) in
          defer { ended.add() }
          try await Task.sleep(for: .seconds(3600))
        },
      ]
    )
  }
}

/// Writes the texts of messages as JSON, or as events.
struct TextWriter: AnswerWriter {
  var streams = false
  var endsWithClient = true
  private var texts: [String] = []

  init(streams: Bool = false, endsWithClient: Bool = true) {
    self.streams = streams
    self.endsWithClient = endsWithClient
  }

  var contentType: String {
    self.streams ? ServerSentEvents.contentType : "application/json"
  }
  var keepalive: ByteBuffer? { self.streams ? ServerSentEvents.keepalive : nil }

  mutating func write(
    _ message: ByteBuffer,
    of call: Int,
    to body: inout ByteBuffer
  ) throws(HTTPFailure) {
    let text: String
    do {
      text = "\(call):" + (try KeyValue(serialized: message).key)
    } catch {
      throw .invalid(error.message)
    }
    if self.streams { body.writeEvent(data: text.utf8) } else { self.texts.append(text) }
  }

  mutating func finish(to body: inout ByteBuffer) {
    if self.streams {
      body.writeEvent(data: "[DONE]".utf8)
    } else {
      body.writeImmutableBuffer(ByteBuffer(object: { $0.member("texts", self.texts) }))
    }
  }

  mutating func fail(_ failure: HTTPFailure, to body: inout ByteBuffer) {
    body.writeEvent("error", data: failure.error.message.utf8)
  }
}

struct TestErrors: ErrorFormat {
  func response(to failure: HTTPFailure, requestID: String) -> HTTPResponse {
    var response = HTTPResponse(failure.status) { $0.member("wrong", failure.error.message) }
    response.headers.add(contentsOf: failure.headers)
    return response
  }
}

enum TestRoutes {
  static let all = [
    RouteGroup(
      prefix: "",
      errors: TestErrors(),
      routes: [
        Route(.GET, "/ready") { request in
          .ready(
            HTTPResponse { $0.member("query", request.query.map { "\($0.name)=\($0.value)" }) }
          )
        },
        Route(.GET, "/things/{id}") { request in
          .ready(HTTPResponse { $0.member("id", request.parameter) })
        },
        Route(.POST, "/echo") { request in .ready(HTTPResponse(json: request.body)) },
        Route(.POST, "/size") { request in
          .ready(HTTPResponse { $0.member("size", request.body.readableBytes) })
        },
        // The body names a method and a text.
        Route(.POST, "/call") { request in
          .calls([Self.call(request)], TextWriter(endsWithClient: false))
        },
        Route(.POST, "/stream") { request in
          .calls([Self.call(request)], TextWriter(streams: true))
        },
        Route(.POST, "/many") { request in
          .calls(
            CallRequests(count: 20, held: 0) { TestService.request("Say", "\($0)") },
            TextWriter()
          )
        },
      ]
    )
  ]

  static func call(_ request: HTTPRequest) -> CallRequest {
    let words = String(buffer: request.body).split(separator: " ", maxSplits: 1)
    return TestService.request(
      Identifier(words.first ?? ""),
      words.count > 1 ? String(words[1]) : ""
    )
  }
}

/// Runs a server for as long as `body` runs.
func withServer<Result: Sendable>(
  _ routes: [RouteGroup] = TestRoutes.all,
  tls: ServerTLS? = nil,
  at endpoint: Endpoint = .anyPort,
  limits: HTTPLimits = HTTPLimits(),
  callLimits: CallLimits = CallLimits(),
  connectionLimits: ConnectionLimits = ConnectionLimits(),
  crossOrigin: CrossOrigin = CrossOrigin(),
  timeouts: ConnectionTimeouts = .patient,
  _ body: @escaping @Sendable (RPCServer, Endpoint, EndCounter) async throws -> Result
) async throws -> Result {
  let ended = EndCounter()
  let server = RPCServer(
    endpoint: endpoint,
    services: [TestService.definition(ended)],
    transports: [
      TTRPCTransport(), HTTPTransport(routes, limits: limits, crossOrigin: crossOrigin),
    ],
    tls: tls,
    limits: callLimits,
    connectionLimits: connectionLimits,
    timeouts: timeouts,
    logger: .silent
  )
  return try await withEndpoint(of: server) { try await body(server, $0, ended) }
}

import HTTPTransport
import Identifiers
import JSON
import NIOCore
import NIOHTTP1
import Protobuf
import RPC
import Testing

@testable import HTTPAPI

/// A request, and what the server would answer.
struct Exchange {
  let call: CallRequest
  private var writer: any AnswerWriter
  private var body = ByteBuffer()

  /// Sends a request to the route of a group that has its method and path.
  init(
    _ group: OperationGroup,
    _ path: String,
    _ method: HTTPMethod = .POST,
    query: [(name: Identifier, value: String)] = [],
    headers: HTTPHeaders = [:],
    body: String = ""
  ) throws {
    let route = try #require(
      group.operations.first {
        $0.route.method == method && Identifier($0.route.path) == Identifier(path)
      }
    ).route
    let request = HTTPRequest(
      method: method,
      path: path,
      query: query,
      headers: headers,
      body: ByteBuffer(string: body),
      id: "req-1"
    )
    guard case .calls(let calls, let writer) = try route.answer(request) else {
      throw HTTPFailure(.internalServerError, "The route makes no call")
    }
    self.call = try #require(calls.first)
    #expect(calls.count == 1)
    self.writer = writer
  }

  /// The message of the call.
  func message<Request: Message>(_: Request.Type = Request.self) throws -> Request {
    try Request(serialized: self.call.message)
  }

  var contentType: String { self.writer.contentType }
  var endsWithClient: Bool { self.writer.endsWithClient }
  var keepalive: String? { self.writer.keepalive.map { String(buffer: $0) } }

  /// What has been answered so far.
  var text: String { String(buffer: self.body) }

  /// The server has a response.
  mutating func respond(_ response: some Message) throws {
    var bytes = ByteBuffer()
    response.serialize(into: &bytes)
    try self.writer.write(bytes, of: 0, to: &self.body)
  }

  mutating func finish() throws {
    try self.writer.finish(to: &self.body)
  }

  mutating func fail(_ error: CallError) {
    self.writer.fail(HTTPFailure(error), to: &self.body)
  }

  /// The whole answer to responses.
  mutating func answer(_ responses: any Message...) throws -> String {
    for response in responses { try self.respond(response) }
    try self.finish()
    return self.text
  }
}

/// What a group makes of a failure.
func errorResponse(_ group: OperationGroup, to failure: HTTPFailure) -> (status: UInt, body: String)
{
  let response = group.errors.response(to: failure, requestID: "req-1")
  return (response.status.code, String(buffer: response.body))
}

/// The failure of what must fail.
func expectFailure(_ body: () throws -> some Any) throws -> HTTPFailure {
  let error = #expect(throws: HTTPFailure.self) { _ = try body() }
  return try #require(error)
}

/// Compares texts by their bytes.
func expect(
  _ text: String?,
  is expected: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(text.map { Identifier($0) } == Identifier(expected), sourceLocation: sourceLocation)
}

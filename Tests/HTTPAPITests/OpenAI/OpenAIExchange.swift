import HTTPTransport
import Identifiers
import JSON
import NIOCore
import NIOHTTP1
import Protobuf
import RPC
import Testing
import TokenwireAPI

@testable import HTTPAPI

/// A request to a route, and what it answers.
struct OpenAIExchange {
  /// The calls that the route makes.
  let calls: [CallRequest]
  private var writer: any AnswerWriter
  /// What has been answered so far.
  private(set) var body = ByteBuffer()

  init(
    _ method: HTTPMethod = .POST,
    _ path: String,
    _ json: String = "",
    key: String? = nil,
    headers: HTTPHeaders = [:],
    allowsAnonymous: Bool = true
  ) throws {
    let api = HTTPAPI(allowsAnonymous: allowsAnonymous)
    let routes = api.openAI.flatMap(\.operations).map(\.route).filter { $0.method == method }
    let parts = try #require(
      routes.lazy.compactMap { route in Self.parameter(of: route, in: path).map { (route, $0) } }
        .first
    )
    let request = HTTPRequest(
      method: method,
      path: path,
      parameter: parts.1,
      headers: key.map { ["authorization": $0] } ?? headers,
      body: ByteBuffer(string: json),
      id: "r1"
    )
    guard case .calls(let calls, let writer) = try parts.0.answer(request) else {
      throw UnexpectedAnswer()
    }
    self.calls = Array(calls)
    self.writer = writer
  }

  struct UnexpectedAnswer: Error {}

  private static func parameter(of route: Route, in path: String) -> String? {
    let prefix = route.path.prefix { $0 != "{" }
    if prefix.utf8.count == route.path.utf8.count { return path == route.path ? "" : nil }
    return path.utf8.starts(with: prefix.utf8) ? String(path.dropFirst(prefix.count)) : nil
  }

  var contentType: String { self.writer.contentType }

  /// The requests for texts.
  var generations: [GenerateRequest] {
    get throws { try self.calls.map { try GenerateRequest(serialized: $0.message) } }
  }

  /// The only request for a text.
  var generation: GenerateRequest {
    get throws { try #require(try self.generations.first) }
  }

  /// Feeds the writer with responses of calls.
  mutating func respond(_ events: GenerateResponse.Event..., to call: Int = 0) throws {
    for event in events { try self.respond(GenerateResponse(event: event), to: call) }
  }

  mutating func respond(_ response: some Protobuf.Message, to call: Int = 0) throws {
    var bytes = ByteBuffer()
    response.serialize(into: &bytes)
    try self.writer.write(bytes, of: call, to: &self.body)
  }

  mutating func finish() throws { try self.writer.finish(to: &self.body) }

  mutating func fail(_ failure: HTTPFailure) { self.writer.fail(failure, to: &self.body) }

  /// The answer as text, with the time of the request as 1.
  var text: String {
    let text = String(buffer: self.body)
    var result = ""
    var rest = text[...]
    for name in [#""created":"#, #""created_at":"#] {
      while let range = rest.firstRange(of: name) {
        result += rest[..<range.upperBound]
        rest = rest[range.upperBound...]
        guard rest.first?.isNumber == true else { continue }
        result += "1"
        rest = rest.drop { $0.isNumber }
      }
      (rest, result) = ((result + rest)[...], "")
    }
    return String(rest)
  }

  /// The data of the events of a stream.
  var events: [String] {
    self.text.split(separator: "\n\n").map { event in
      event.split(separator: "\n").filter { $0.hasPrefix("data: ") }.map { $0.dropFirst(6) }
        .joined()
    }
  }

  /// The answer as JSON.
  var json: JSONValue {
    get throws { try Self.json(self.text) }
  }

  static func json(_ text: String) throws -> JSONValue {
    try JSONValue(text, limits: JSONLimits(depth: 64, members: 1000))
  }
}

extension JSONValue {
  /// The value at a path such as "choices.0.text".
  subscript(path: String) -> JSONValue? {
    path.split(separator: ".").reduce(self) { value, step in
      switch value {
      case .object(let members): members.first { $0.name == Identifier(step) }?.value
      case .array(let elements): Int(step).flatMap { $0 < elements.count ? elements[$0] : nil }
      default: nil
      }
    }
  }
}

/// The failure of a request that is refused.
func failure(
  _ path: String,
  _ json: String
) throws -> HTTPFailure {
  try #require(throws: HTTPFailure.self) { _ = try OpenAIExchange(.POST, path, json) }
}

extension GenerateResponse.Event {
  static let begin = GenerateResponse.Event.started(
    Started(generationID: "gen-1", model: "m", promptTokens: 5, cachedTokens: 2)
  )

  static func text(_ text: String, index: Int32 = 0) -> Self {
    .delta(Delta(text: text, index: index))
  }

  static func end(
    _ reason: FinishReason,
    index: Int32 = 0,
    tokens: Int32 = 3,
    reasoning: Int32 = 0
  ) -> Self {
    let usage = Usage(
      promptTokens: 5,
      completionTokens: tokens,
      cachedTokens: 2,
      reasoningTokens: reasoning
    )
    return .finished(Finished(finishReason: reason, usage: usage, index: index))
  }
}

extension TokenLogprobs {
  /// A token, and alternatives to it.
  init(_ token: String, _ logprob: Float, top: [(String, Float)] = []) {
    self.init(
      chosen: Logprob(token: ByteBuffer(string: token), logprob: logprob),
      top: top.map { Logprob(token: ByteBuffer(string: $0.0), logprob: $0.1) }
    )
  }
}

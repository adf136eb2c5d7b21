import Foundation
import Identifiers
import Listening
import NIOHTTP1
import Protobuf
import RPC
import TTRPC
import TestClients
import TestHTTP
import Testing
import TokenwireAPI

@testable import TokenwireServer

/// A way to a server's methods.
enum Way: String, CaseIterable, CustomTestStringConvertible {
  case native
  case http1
  case http2
  case grpc
  /// OpenAI's chats, which only generate.
  case chats

  /// Those that have all methods.
  static let ofMethods = [Way.native, .http1, .http2, .grpc]

  var testDescription: String { self.rawValue }

  /// Calls a method.
  ///
  /// - Parameters:
  ///   - request: the message as JSON.
  ///   - authorization: the whole value; nil is a call without one.
  func call(
    _ method: MethodDescriptor,
    _ request: String,
    authorization: String? = nil,
    at endpoint: Endpoint
  ) async throws -> Reply {
    switch self {
    case .native:
      return try await NamedCall(method, request, authorization).reply(at: endpoint)
    case .grpc:
      return try await NamedCall(method, request, authorization).replyOfGRPC(at: endpoint)
    case .http1, .http2:
      let path = "/\(method.service)/\(method.method)"
      return Reply(
        methods: try await self.post(path, request, authorization: authorization, at: endpoint)
      )
    case .chats:
      preconditionFailure("chats have no methods")
    }
  }

  /// Generates a text of three tokens, with `Generate` when there is no authorization and callers
  /// without one are served.
  func generate(authorization: String?, at endpoint: Endpoint, isOpen: Bool) async throws -> Reply {
    if self == .chats {
      return Reply(
        chats: try await self.post(
          "/v1/chat/completions",
          #"{"messages":[{"role":"user","content":"go"}],"max_tokens":3}"#,
          authorization: authorization,
          at: endpoint
        )
      )
    }
    let isAnonymous = authorization == nil && isOpen
    return try await self.call(
      isAnonymous ? TokenwireMethod.generate : TokenwireMethod.secureGenerate,
      #"{"prompt":"go","maxTokens":3}"#,
      authorization: authorization,
      at: endpoint
    )
  }

  private func post(
    _ path: String,
    _ body: String,
    authorization: String?,
    at endpoint: Endpoint
  ) async throws -> HTTPAnswer {
    guard self == .http2 else {
      let fields = authorization.map { ["Authorization: \($0)"] } ?? []
      let answer = try await endpoint.answer(to: .request("POST \(path)", fields, body: body))
      return HTTPAnswer(
        status: answer.status,
        retryAfter: answer.field("retry-after"),
        content: answer.content
      )
    }
    let peer = try await HTTP2Peer.connect(to: endpoint)
    let fields: HTTPHeaders = authorization.map { ["authorization": $0] } ?? [:]
    let response = try await peer.request(.POST, path, fields, body: body)
    try await peer.close()
    return HTTPAnswer(
      status: response.head.map { "\($0.status.code)" } ?? "none",
      retryAfter: response.head?.headers.first(name: "retry-after"),
      content: response.body
    )
  }
}

/// An answer of HTTP.
struct HTTPAnswer: Sendable {
  var status: String
  var retryAfter: String?
  var content: String

  /// The text at a path of members.
  func text(_ path: String...) -> String? {
    var value = try? JSONSerialization.jsonObject(with: Data(self.content.utf8))
    for name in path { value = (value as? [String: Any])?[name] }
    return value as? String
  }
}

/// What came of a call.
struct Reply: Sendable {
  /// Nil for a call that succeeded.
  var error: CallError?
  /// The responses, each as JSON.
  var content = ""
  /// The answer that said it; nil for the native wire.
  var answer: HTTPAnswer?

  /// - Parameter answer: of a method.
  init(methods answer: HTTPAnswer) {
    self.content = answer.content
    self.answer = answer
    guard answer.status != "200" else { return }
    let name = Identifier(answer.text("code") ?? "")
    let code = CallError.Code.allCases.first { Self.name(of: $0) == name }
    self.error = CallError(code ?? .unknown, answer.text("message") ?? answer.content)
  }

  /// - Parameter answer: of a chat.
  init(chats answer: HTTPAnswer) {
    self.content = answer.content
    self.answer = answer
    guard answer.status != "200" else { return }
    // OpenAI has other names.
    let code = CallError.Code.allCases.first { Self.statuses[$0] == answer.status }
    self.error = CallError(code ?? .unknown, answer.text("error", "message") ?? answer.content)
  }

  init(error: CallError? = nil, content: String = "") {
    self.error = error
    self.content = content
  }

  /// In Connect's protocol (https://connectrpc.com/docs/protocol#error-codes).
  private static func name(of code: CallError.Code) -> Identifier {
    code == .cancelled ? "canceled" : Identifier(code.description).lowercasedASCII
  }

  /// The statuses of the errors of access.
  private static let statuses: [CallError.Code: String] = [
    .invalidArgument: "400", .unauthenticated: "401", .permissionDenied: "403", .notFound: "404",
    .resourceExhausted: "429", .unimplemented: "501",
  ]

  /// Whether the call succeeded, or was refused for this reason in the way that its transport has.
  func isExactly(_ expected: CallError?) -> Bool {
    guard let expected else { return self.error == nil }
    guard self.error?.code == expected.code, self.error?.message == expected.message else {
      return false
    }
    guard let answer else {
      return (self.error?.retryAfter == nil) == (expected.retryAfter == nil)
    }
    let seconds = answer.retryAfter.flatMap { Int($0) } ?? 0
    return answer.status == Self.statuses[expected.code]
      && (seconds > 0) == (expected.code == .resourceExhausted)
  }
}

import Foundation
import Identifiers
import Listening
import NIOCore
import NIOHPACK
import Protobuf
import RPC
import TTRPC
import TestClients
import TestHTTP
import Testing
import TokenwireAPI

@testable import TokenwireServer

/// A call of a method that is known by its name, with protobuf on the wire.
struct NamedCall {
  private let method: MethodDescriptor
  private let request: String
  private let options: CallOptions

  init(_ method: MethodDescriptor, _ request: String, _ authorization: String?) {
    self.method = method
    self.request = request
    self.options = CallOptions(metadata: authorization.map { ["authorization": $0] } ?? [:])
  }

  /// The call on the native wire.
  func reply(at endpoint: Endpoint) async throws -> Reply {
    guard let messages = TokenwireMethod.messages[self.method] else {
      preconditionFailure("\(self.method) is not a method")
    }
    let client = try await RPCClient.connect(to: endpoint, options: .patient)
    let reply: Reply
    do {
      reply = Reply(content: try await self.responses(messages.request, messages.response, client))
    } catch let error as CallError {
      reply = Reply(error: error)
    }
    await client.close()
    return reply
  }

  private func responses<Request: Message & JSONMessage, Response: Message & JSONMessage>(
    _: Request.Type,
    _: Response.Type,
    _ client: RPCClient
  ) async throws -> String {
    let request = try Request(json: Array(self.request.utf8))
    guard TokenwireMethod.streaming.contains(self.method) else {
      let response: Response = try await client.unary(
        self.method,
        request,
        options: self.options
      )
      return response.json()
    }
    let responses: ResponseStream<Response> = try await client.serverStreaming(
      self.method,
      request,
      options: self.options
    )
    var lines = ""
    for try await response in responses { lines += response.json() + "\n" }
    return lines
  }

  /// The call over gRPC.
  func replyOfGRPC(at endpoint: Endpoint) async throws -> Reply {
    guard let messages = TokenwireMethod.messages[self.method] else {
      preconditionFailure("\(self.method) is not a method")
    }
    let peer = try await GRPCPeer.connect(to: endpoint)
    let reply = try await peer.call(
      "/\(self.method)",
      self.options.metadata.map { ("\($0.key)", $0.value) },
      [try Self.bytes(of: self.request, as: messages.request)]
    )
    try await peer.close()
    let lines = try reply.messages.map { try Self.json(of: $0, as: messages.response) }
    return Reply(error: try reply.error, content: lines.joined(separator: "\n"))
  }

  private static func bytes<Request: Message & JSONMessage>(
    of json: String,
    as _: Request.Type
  ) throws -> ByteBuffer {
    var bytes = ByteBuffer()
    try Request(json: Array(json.utf8)).serialize(into: &bytes)
    return bytes
  }

  private static func json<Response: Message & JSONMessage>(
    of bytes: ByteBuffer,
    as _: Response.Type
  ) throws -> String {
    try Response(serialized: bytes).json()
  }
}

extension GRPCReply {
  /// The error that the trailers tell, with what their details add.
  fileprivate var error: CallError? {
    get throws {
      guard let status = self.status, status != 0 else { return nil }
      let error = CallError(CallError.Code(rawValue: status) ?? .unknown, self.message)
      guard var details = self.trailers.first(name: "grpc-status-details-bin") else { return error }
      details += String(repeating: "=", count: (4 - details.utf8.count % 4) % 4)
      let bytes = try #require(Data(base64Encoded: details))
      let told = try #require(CallError(StatusMessage(serialized: ByteBuffer(bytes: bytes))))
      #expect(told.code == error.code && told.message == error.message)
      return told
    }
  }
}

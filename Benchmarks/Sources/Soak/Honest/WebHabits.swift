import Foundation
import Listening
import NIOCore
import Protobuf
import TokenwireAPI

/// What honest clients of HTTP and gRPC do. Each throws what a client should not see.
enum WebHabits {
  static func readEvents(_ endpoint: Endpoint, _ ledger: Ledger) async throws {
    try await self.readEvents(endpoint, ledger, over: .http1)
  }

  static func readEventsInAStream(_ endpoint: Endpoint, _ ledger: Ledger) async throws {
    try await self.readEvents(endpoint, ledger, over: .http2)
  }

  private struct Event: Decodable {
    struct Choice: Decodable {
      var text: String
    }
    var choices: [Choice]
  }

  private static func readEvents(
    _ endpoint: Endpoint,
    _ ledger: Ledger,
    over version: WebRequest.Version
  ) async throws {
    let tokens = Int.random(in: 1 ... 300)
    let answer = try await WebRequest(
      path: "/v1/completions",
      contentType: "application/json",
      body: ByteBuffer(string: #"{"prompt":"Go","max_tokens":\#(tokens),"stream":true}"#)
    ).answer(from: endpoint, over: version)
    guard answer.status == "200" else {
      throw Failure("HTTP answers \(answer.status): \(String(buffer: answer.body))")
    }
    let events = String(buffer: answer.body).components(separatedBy: "\n\n")
      .filter { $0.hasPrefix("data: ") }
      .map { $0.dropFirst(6) }
    guard events.last == "[DONE]" else { throw Failure("the events have no end") }
    let text = try events.dropLast()
      .map { try JSONDecoder().decode(Event.self, from: Data($0.utf8)) }
      .compactMap(\.choices.first?.text)
      .joined()
    let count = text.count / ServerProcess.text.count + 1
    guard !text.isEmpty, String(repeating: ServerProcess.text, count: count).hasPrefix(text) else {
      throw Failure("a text over HTTP is not what the generator says: \(text.prefix(200))")
    }
    ledger.countStream()
  }

  static func generateOverGRPC(_ endpoint: Endpoint, _ ledger: Ledger) async throws {
    let tokens = Int32.random(in: 1 ... 300)
    var request = ByteBuffer()
    GenerateRequest(input: .prompt("Go"), maxTokens: tokens).serialize(into: &request)
    let answer = try await WebRequest(
      path: "/tokenwire.v1.Tokenwire/Generate",
      contentType: "application/grpc",
      body: .grpcMessage(request)
    ).answer(from: endpoint, over: .http2)
    guard answer.code == "0" else {
      throw Failure("gRPC answers \(answer.status), \(answer.code ?? "no status")")
    }
    var text = TextCheck(tokens: tokens)
    var rest = answer.body
    while let (_, size) = rest.readMultipleIntegers(as: (UInt8, UInt32).self) {
      guard let message = rest.readSlice(length: Int(size)) else {
        throw Failure("a message of gRPC is cut off")
      }
      try text.take(GenerateResponse(serialized: message))
    }
    try text.finish()
    ledger.countStream()
  }
}

extension ByteBuffer {
  /// A message with the prefix that gRPC gives it.
  static func grpcMessage(_ message: ByteBuffer) -> ByteBuffer {
    var bytes = ByteBuffer()
    bytes.writeMultipleIntegers(UInt8(0), UInt32(message.readableBytes))
    bytes.writeImmutableBuffer(message)
    return bytes
  }
}

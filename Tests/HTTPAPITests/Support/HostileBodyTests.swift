import HTTPTransport
import Identifiers
import NIOCore
import NIOHTTP1
import RPC
import Testing

@testable import HTTPAPI

/// What strangers send is refused, and soon.
@Suite struct HostileBodyTests {
  private static let posts = HTTPAPI(allowsAnonymous: true).operations.flatMap(\.operations)
    .map(\.route).filter { $0.method == .POST }

  private static let bodies: [[UInt8]] =
    [
      "{", "[]", "null", "5", "\"x\"", "{} {}", "{\"a\":1,\"a\":2}", "{\"a\":01}", "{\"a\":1e999}",
      "{\"a\":\"\\ud800\"}", "{\"a\":NaN}", "{'a':1}", "{\"a\":1,}", "\u{FEFF}{}", " ", "{\"a\"",
      "{\"messages\":\(String(repeating: "[", count: 100_000))",
      "{\"prompt\":\(String(repeating: "{\"a\":", count: 100_000))",
    ].map { Array($0.utf8) } + [Array("{\"prompt\":\"".utf8) + [0xC0, 0xAF] + Array("\"}".utf8)]

  @Test(arguments: posts.map(\.path))
  func `what is not JSON, or not an object, is a 400`(path: String) throws {
    let route = try #require(Self.posts.first { Identifier($0.path) == Identifier(path) })
    for body in Self.bodies {
      let request = HTTPRequest(method: .POST, path: path, body: ByteBuffer(bytes: body))
      let failure = #expect(throws: HTTPFailure.self) { _ = try route.answer(request) }
      #expect(failure?.status == .badRequest)
      #expect((failure?.error.message.utf8.count ?? .max) < 300)
    }
  }

  @Test func `many small blocks take as long as they are`() throws {
    let block = #"{"type":"text","text":"\#(String(repeating: "x", count: 30))"}"#
    let blocks = [String](repeating: block, count: 30_000).joined(separator: ",")
    let exchange = try Exchange(
      HTTPAPI(allowsAnonymous: true).anthropic,
      "/v1/messages",
      body: #"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[\#(blocks)]}]}"#
    )
    #expect(exchange.call.message.readableBytes > 900_000)
  }
}

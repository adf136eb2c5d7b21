import HTTPTransport
import NIOCore
import NIOHTTP1
import RPC
import Testing
import TokenwireAPI

@testable import HTTPAPI

/// Requests with many values are read as short ones are.
@Suite struct LongBodyTests {
  private static let count = 20_000
  private static let numbers = [String](repeating: "1,", count: count).joined()

  @Test(arguments: [
    ("/v1/completions", #"{"model":"m","prompt":[\#(numbers)"x"]}"#, "prompt[20000]"),
    ("/v1/completions", #"{"model":"m","prompt":[[1],[\#(numbers)2.5]]}"#, "prompt[1][20000]"),
    ("/detokenize", #"{"tokens":[\#(numbers)9999999999]}"#, "tokens[20000]"),
    (
      "/v1/chat/completions",
      #"{"model":"m","messages":[{"role":"user","content":"\#(numbers)"},{"role":5}]}"#,
      "messages[1].role"
    ),
    (
      "/v1/chat/completions",
      #"{"model":"m","metadata":[\#(numbers)1],"messages":[{"role":"user","content":[{"type":5}]}]}"#,
      "messages[0].content[0].type"
    ),
    ("/v1/messages", #"{"model":"m","max_tokens":1,"messages":[\#(numbers)1]}"#, "messages[0]"),
  ])
  func `an error tells where the wrong value is`(path: String, body: String, place: String) throws {
    let failure = try expectFailure { try Self.answer(path, body) }
    #expect(failure.status == .badRequest && failure.parameter == place)
    #expect(failure.error.message.hasPrefix("\(place) "), "\(failure.error.message)")
  }

  @Test(arguments: [
    #""x""#, "2.5", "2147483648", "-2147483649", #""01""#, #""-""#, #""""#, #"" 1""#,
    "1000000000000000000000", "true",
  ])
  func `so does one of a method`(wrong: String) throws {
    let failure = try expectFailure {
      try Self.answer(
        "/tokenwire.v1.Tokenwire/SecureGenerate",
        #"{"prompt_token_ids":{"ids":[\#(Self.numbers)\#(wrong)]}}"#
      )
    }
    #expect(failure.status == .badRequest)
    let message = failure.error.message
    #expect(message.hasPrefix("prompt_token_ids.ids[20000] is "), "\(message)")
    #expect(message.hasSuffix("but must be an integer from -2147483648 to 2147483647"))
  }

  @Test func `an integer of a message is written in several ways`() throws {
    let written = [
      "0", "-0", "7", "-7", "2147483647", "-2147483648", #""12""#, #""-12""#, "1e2", "2.0",
      "1.50e1",
      #""3e0""#, "0.000000000000000000e5",
    ]
    let exchange = try Exchange(
      Methods.tokenwire,
      "/tokenwire.v1.Tokenwire/Generate",
      body: #"{"prompt_token_ids":{"ids":[\#(written.joined(separator: ","))]}}"#
    )
    let request: GenerateRequest = try exchange.message()
    let ids: [Int32] = [0, 0, 7, -7, .max, .min, 12, -12, 100, 2, 15, 3, 0]
    #expect(request.input == .promptTokenIDs(TokenIDs(ids: ids)))
  }

  private static func answer(_ path: String, _ body: String) throws -> Answer {
    let routes = HTTPAPI(allowsAnonymous: true).operations.flatMap(\.operations).map(\.route)
    let route = try #require(
      routes.first { $0.method == .POST && $0.path.utf8.elementsEqual(path.utf8) }
    )
    return try route.answer(
      HTTPRequest(method: .POST, path: path, body: ByteBuffer(string: body))
    )
  }
}

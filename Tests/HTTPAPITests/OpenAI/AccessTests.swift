import HTTPTransport
import Identifiers
import NIOCore
import NIOHTTP1
import RPC
import Testing
import TokenwireAPI

@testable import HTTPAPI

@Suite struct AccessTests {
  private static func call(_ key: String?, anonymous: Bool) throws -> CallRequest {
    try Self.call(key.map { ["authorization": $0] } ?? [:], anonymous: anonymous)
  }

  private static func call(_ headers: HTTPHeaders, anonymous: Bool) throws -> CallRequest {
    let exchange = try OpenAIExchange(
      .POST,
      ChatRequestTests.path,
      "{\(ChatRequestTests.hello)}",
      headers: headers,
      allowsAnonymous: anonymous
    )
    return try #require(exchange.calls.first)
  }

  @Test(arguments: [nil, "Bearer EMPTY", "Bearer sk-no-key", "Bearer a.b", "Bearer ", "Basic x"])
  func `a key that is no access token is an anonymous call, where there are such`(
    key: String?
  ) throws {
    let call = try Self.call(key, anonymous: true)
    #expect(call.method == TokenwireMethod.generate)
    #expect(call.metadata["authorization"] == nil)
    #expect(call.metadata["x-request-id"] == "r1")
  }

  @Test(arguments: ["Bearer a.b.c", "bearer a.b.c", "a.b.c", "BEARER   a.b.c"])
  func `an access token is one, with or without its scheme`(key: String) throws {
    for anonymous in [true, false] {
      let call = try Self.call(key, anonymous: anonymous)
      #expect(call.method == TokenwireMethod.secureGenerate)
      #expect(call.metadata["authorization"] == "Bearer a.b.c")
    }
  }

  @Test(arguments: [true, false])
  func `an access token may be a key, beside the signature of a function URL`(
    anonymous: Bool
  ) throws {
    let key: HTTPHeaders = ["x-api-key": "a.b.c"]
    let signature: HTTPHeaders = ["authorization": "AWS4-HMAC-SHA256 Credential=a, Signature=b"]
    let both: HTTPHeaders = ["x-api-key": "a.b.c", "authorization": "AWS4-HMAC-SHA256 x"]
    for headers in [key, both] {
      let call = try Self.call(headers, anonymous: anonymous)
      #expect(call.method == TokenwireMethod.secureGenerate)
      #expect(call.metadata["authorization"] == "Bearer a.b.c")
    }
    #expect(try Self.call(signature, anonymous: anonymous).metadata["authorization"] == nil)
  }

  @Test func `where there are no anonymous calls, each key is an access token`() throws {
    let call = try Self.call("Bearer EMPTY", anonymous: false)
    #expect(call.method == TokenwireMethod.secureGenerate)
    #expect(call.metadata["authorization"] == "Bearer EMPTY")
    let without = try Self.call(nil, anonymous: false)
    #expect(without.method == TokenwireMethod.secureGenerate)
    #expect(without.metadata["authorization"] == nil)
  }
}

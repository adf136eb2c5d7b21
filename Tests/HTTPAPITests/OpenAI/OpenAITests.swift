import HTTPTransport
import Identifiers
import NIOCore
import NIOHTTP1
import RPC
import Testing

@testable import HTTPAPI

@Suite struct OpenAITests {
  private static let operations = HTTPAPI(allowsAnonymous: true).openAI.flatMap(\.operations)

  @Test func `errors of each path are OpenAI's`() {
    for group in HTTPAPI(allowsAnonymous: true).openAI {
      #expect(group.errors is OpenAIErrors)
      for operation in group.operations { #expect(operation.route.path.hasPrefix(group.prefix)) }
    }
    #expect(
      Self.operations.map(\.route.path).sorted() == [
        "/detokenize", "/health", "/tokenize", "/tokenizer_info", "/v1/chat/completions",
        "/v1/completions", "/v1/models", "/v1/models/{id}", "/v1/responses",
      ]
    )
  }

  @Test func `each field is declared once`() {
    for operation in Self.operations {
      var names: Set<String> = []
      for field in operation.fields {
        #expect(names.insert(field.name).inserted, "\(operation.route.path): \(field.name)")
      }
    }
  }

  @Test func `requests that can never succeed are not repeated by clients`() {
    let response = OpenAIErrors().response(
      to: HTTPFailure(CallError(.unimplemented, "x")),
      requestID: "r"
    )
    #expect(response.headers["x-should-retry"] == ["false"])
  }
}

import Foundation
import HTTPTransport
import Identifiers
import JSON
import NIOCore
import NIOHTTP1
import Testing

@testable import HTTPAPI

@Suite struct OpenAPITests {
  private let api = HTTPAPI(allowsAnonymous: true)

  private func document() throws -> JSONValue {
    let group = try #require(self.api.operations.first { $0.prefix.hasPrefix("/openapi") })
    let request = HTTPRequest(method: .GET, path: "/openapi.json")
    guard case .ready(let response) = try #require(group.operations.first).route.answer(request)
    else { throw HTTPFailure(.internalServerError, "no document") }
    #expect(response.headers["content-type"] == ["application/json"])
    return try JSONValue(
      bytes: Array(response.body.readableBytesView),
      limits: JSONLimits(depth: 64, members: 1000)
    )
  }

  @Test func `every route is in the document, itself too`() throws {
    let paths = try #require(self.document().at("paths"))
    for group in self.api.operations {
      for route in group.operations.map(\.route) {
        let method = Identifier(route.method.rawValue).lowercasedASCII.text
        #expect(paths.at(route.path)?.at(method)?.at("responses") != nil, "\(route.path)")
      }
    }
    #expect(try self.document().at("openapi") == .string("3.1.0"))
  }

  @Test func `a field is described as it is read`() throws {
    let schema = try #require(
      self.document().at("paths")?.at("/v1/messages")?.at("post")?.at("requestBody")?.at("content")?
        .at("application/json")?.at("schema")
    )
    #expect(
      schema.at("required") == .array(["model", "messages", "max_tokens"].map { .string($0) })
    )
    let temperature = schema.at("properties")?.at("temperature")
    #expect(temperature?.at("maximum") == .number("1"))
    #expect(schema.at("properties")?.at("metadata")?.at("type") == nil)
    #expect(schema.at("properties")?.at("container") == nil)
  }

  @Test func `messages of the proto have their schemas`() throws {
    let post = try #require(
      self.document().at("paths")?.at("/tokenwire.v1.Tokenwire/Generate")?.at("post")
    )
    let fields = post.at("requestBody")?.at("content")?.at("application/json")?.at("schema")?
      .at("properties")
    #expect(fields?.at("max_tokens")?.at("maximum") == .number("2147483647"))
    #expect(fields?.at("metadata")?.at("additionalProperties")?.at("type") == .string("string"))
    let role = fields?.at("messages")?.at("properties")?.at("messages")?.at("items")?
      .at("properties")?.at("role")
    #expect(role?.at("type") == .string("string"))
    let answers = post.at("responses")?.at("200")?.at("content")
    #expect(answers?.at("application/json") == nil)
    #expect(answers?.at("application/x-ndjson")?.at("x-item-schema")?.at("type") != nil)
  }

  @Test func `no two operations have one route, nor one field twice`() {
    let operations = self.api.operations.flatMap(\.operations)
    let routes = operations.map { "\($0.route.method.rawValue) \($0.route.path)" }
    #expect(Set(routes.map { Identifier($0) }).count == routes.count)
    for operation in operations {
      let names = (operation.fields + operation.query).map { Identifier($0.name) }
      #expect(Set(names).count == names.count, "\(operation.route.path)")
    }
  }

  @Test func `the group of a path comes before those of its beginning`() {
    let prefixes = self.api.groups().map(\.prefix)
    for (index, prefix) in prefixes.enumerated() {
      for other in prefixes[..<index] { #expect(!prefix.hasPrefix(other), "\(prefix)") }
    }
    #expect(prefixes.last?.isEmpty == true)
  }

  @Test func `docs has the tables as they are`() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../docs/http.md")
    let page = try String(contentsOf: file, encoding: .utf8)
    let begin = try #require(page.range(of: "<!-- endpoints -->\n"))
    let end = try #require(page.range(of: "\n<!-- end of endpoints -->"))
    let tables = page[begin.upperBound ..< end.lowerBound]
    #expect(
      Identifier(tables) == Identifier(self.api.endpointTables),
      "make endpoints writes docs/http.md anew"
    )
  }
}

extension JSONValue {
  /// The member of an object.
  fileprivate func at(_ name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == Identifier(name) }?.value
  }
}

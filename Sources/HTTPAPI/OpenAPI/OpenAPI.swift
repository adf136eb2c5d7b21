internal import HTTPTransport
internal import NIOHTTP1

/// The description of all operations, as an operation.
enum OpenAPI {
  /// - Parameter groups: the others.
  static func group(describing groups: [OperationGroup]) -> OperationGroup {
    let itself = Self.group(answering: .ready(HTTPResponse { _ in }))
    let document = OpenAPIDocument(groups + [itself]).json
    return Self.group(answering: .ready(HTTPResponse(json: document)))
  }

  private static func group(answering answer: Answer) -> OperationGroup {
    OperationGroup(
      name: "OpenAPI",
      prefix: "/openapi.json",
      errors: CodeErrors(),
      operations: [
        Operation(
          Route(.GET, "/openapi.json") { _ in answer },
          "All of these, as OpenAPI 3.1 describes them.",
          response: ResponseDescription(schema: .object([]))
        )
      ]
    )
  }
}

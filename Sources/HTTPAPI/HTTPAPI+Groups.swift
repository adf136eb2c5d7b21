package import HTTPTransport

extension HTTPAPI {
  /// The routes of all APIs, for a `Router`.
  package func groups() -> [RouteGroup] {
    self.operations.map(\.routes)
  }

  /// The endpoints and their fields in Markdown, for docs/http.md.
  package var endpointTables: String {
    EndpointTables(groups: self.operations).text
  }

  /// What the APIs offer. A group whose paths are below another's comes before it.
  var operations: [OperationGroup] {
    let named =
      [Methods.tokenwire, Methods.health, self.anthropic, Logs.group] + self.openAI
    return named + [OpenAPI.group(describing: named + [Article.group]), Article.group]
  }
}

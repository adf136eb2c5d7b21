package import HTTPTransport

extension HTTPAPI {
  /// The routes of all APIs, for a `Router`.
  package func groups() -> [RouteGroup] {
    self.operations.map(\.routes)
  }

  /// What the APIs offer, in the order in which their prefixes are looked for.
  var operations: [OperationGroup] {
    // Anthropic's and the log's paths are below "/v1/", as OpenAI's are: those come after them.
    [Methods.tokenwire, Methods.health, Logs.group] + self.openAI + [Article.group]
  }
}

package import HTTPTransport

extension HTTPAPI {
  /// The routes of all APIs, for a `Router`.
  package func groups() -> [RouteGroup] {
    self.operations.map(\.routes)
  }

  /// What the APIs offer. A group whose paths are below another's comes before it.
  var operations: [OperationGroup] {
    [Methods.tokenwire, Methods.health, self.anthropic, Logs.group] + self.openAI
      + [Article.group]
  }
}

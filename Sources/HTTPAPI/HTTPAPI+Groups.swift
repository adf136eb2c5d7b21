package import HTTPTransport

extension HTTPAPI {
  /// The routes of all APIs, for a `Router`.
  package func groups() -> [RouteGroup] {
    self.operations.map(\.routes)
  }

  /// What the APIs offer, in the order in which their prefixes are looked for.
  var operations: [OperationGroup] {
    let described = [
      Methods.tokenwire,
      Methods.health,
      Logs.group,
    ]
    return described
  }
}

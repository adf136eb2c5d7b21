internal import Generation
public import Identifiers
internal import Logging

/// What a server of a model says when it is asked what it has.
public struct UpstreamReport: Sendable, Hashable {
  /// Whether the model can be asked there.
  public var isWell: Bool
  /// The length of the model's context, in tokens; nil when the server does not say it.
  public var contextLength: Int?
  /// One sentence.
  @Bytewise public var words: String

  /// Asks all servers of a model at once; for 10 seconds at most.
  ///
  /// - Returns: one for each, in their order.
  public static func reports(
    of model: UpstreamModel,
    proxies: ProxyRules
  ) async -> [UpstreamReport] {
    let logger = Logger(label: "tokenwire")
    let service = UpstreamService(
      pool: ReplicaPool(model),
      lessons: UpstreamLessons(model.kind),
      clients: UpstreamClients(model.limits, proxies),
      logger: logger,
      fallback: { nil }
    )
    let checks = await withTaskGroup(of: (Int, UpstreamCheck).self) { group in
      for server in model.replicas.indices {
        group.addTask { (server, await UpstreamCheck(service, server)) }
      }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    await service.clients.shutDown(logger)
    return model.replicas.indices.compactMap { checks[$0].map { UpstreamReport($0) } }
  }

  private init(_ check: UpstreamCheck) {
    self.contextLength = check.contextLength
    if let failure = check.failure {
      self.isWell = false
      self.words =
        failure.status == 404
        ? "It has no list of models: base_url may lack its end, which most servers have as /v1"
        : failure.error.message
    } else if check.hasModel == false {
      self.isWell = false
      self.words = "It answers, but does not list the model"
    } else {
      self.isWell = check.isReachable
      self.words =
        check.hasModel == true
        ? "It has the model" : "It answers, but does not tell whether it has the model"
    }
  }
}

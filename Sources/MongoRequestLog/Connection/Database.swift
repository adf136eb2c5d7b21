internal import Identifiers
internal import MongoDB

/// A log's database, and the connections to it.
struct Database: Sendable {
  /// The article's names: its programs find the entries there.
  static let defaultName: Identifier = "llm_api"
  static let entries = "requests"
  /// The collection of what the nodes tell one another.
  static let state = "tokenwire"
  static let simple: Value = ["locale": "simple"]

  let parameters: ConnectionParameters
  let name: Identifier
  private let configuration: MongoLogStore.Configuration
  /// For storing, and for all that takes no longer.
  let pool: ClientPool
  /// For reading.
  let readingPool: ClientPool

  init(
    _ parameters: ConnectionParameters,
    _ configuration: MongoLogStore.Configuration
  ) throws(MongoDBError) {
    self.parameters = parameters
    self.name = parameters.database ?? Self.defaultName
    self.configuration = configuration
    self.pool = try ClientPool(
      parameters,
      responseTime: configuration.responseTime,
      connectTime: configuration.connectTime
    )
    // A server ends a query in time by itself, and tells so.
    self.readingPool = try ClientPool(
      parameters,
      responseTime: max(configuration.listTime, configuration.searchTime)
        + configuration.responseTime,
      connectTime: configuration.connectTime
    )
  }

  /// Connections for what may take long.
  func makePatientPool() throws(MongoDBError) -> ClientPool {
    try ClientPool(
      self.parameters,
      responseTime: .seconds(3600),
      connectTime: self.configuration.connectTime
    )
  }
}

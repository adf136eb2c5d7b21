/// A service that a server offers: its name and its methods. Generated code makes these.
public struct ServiceDefinition: Sendable {
  /// With its package, such as "tokenwire.v1.Tokenwire".
  public let name: String
  /// By their names, such as "Generate".
  public let methods: [String: MethodHandler]

  /// Creates the definition of a service.
  public init(name: String, methods: [String: MethodHandler]) {
    self.name = name
    self.methods = methods
  }
}

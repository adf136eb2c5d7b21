public import Identifiers

/// A service that a server offers: its name and its methods. Generated code makes these.
public struct ServiceDefinition: Sendable {
  /// The name with its package, such as "tokenwire.v1.Tokenwire".
  public let name: Identifier
  /// The methods by name, such as "Generate".
  public let methods: [Identifier: MethodHandler]

  /// Creates the definition of a service.
  public init(name: Identifier, methods: [Identifier: MethodHandler]) {
    self.name = name
    self.methods = methods
  }
}

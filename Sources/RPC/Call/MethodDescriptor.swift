public import Identifiers

/// Names a method of a service.
public struct MethodDescriptor: Hashable, Sendable {
  /// The service with its package, such as "tokenwire.v1.Tokenwire".
  public var service: Identifier
  /// The method's name, such as "Generate".
  public var method: Identifier

  /// Creates the name of `method` in `service`.
  public init(service: Identifier, method: Identifier) {
    self.service = service
    self.method = method
  }
}

extension MethodDescriptor: CustomStringConvertible {
  /// "service/method", as gRPC writes it.
  public var description: String { "\(self.service)/\(self.method)" }
}

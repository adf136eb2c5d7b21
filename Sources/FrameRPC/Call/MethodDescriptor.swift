/// Names a method of a service.
public struct MethodDescriptor: Hashable, Sendable {
  /// With its package, such as "tokenwire.v1.Tokenwire".
  public var service: String
  /// Such as "Generate".
  public var method: String

  /// Creates the name of `method` in `service`.
  public init(service: String, method: String) {
    self.service = service
    self.method = method
  }
}

extension MethodDescriptor: CustomStringConvertible {
  /// "service/method", as gRPC writes it.
  public var description: String { "\(self.service)/\(self.method)" }
}
